import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { OptInStatus, UpdateServiceIntegrationConfig } from '../../api/types';
import { integrationCommand } from '../../commands';
import { useLive } from '../../live';
import { Dialog } from '../../parts/Dialog';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

const INTEGRATIONS = [
  { key: 'OpsCenter', name: 'Systems Manager OpsCenter', what: 'An OpsItem for each insight, resolved when it closes.' },
  { key: 'LogsAnomalyDetection', name: 'Log anomalies', what: 'New lines of the log groups that take part in an insight.' },
] as const;

export function Integrations() {
  const live = useLive('integrations', () => api.integrations().then((answer) => answer.ServiceIntegration ?? {}));
  const [change, setChange] = useState<UpdateServiceIntegrationConfig>();
  return (
    <Section title="Integrations">
      <Loaded live={live} what="integrations">
        {(integration) => (
          <SpaceBetween size="m">
            {INTEGRATIONS.map(({ key, name, what }) => {
              const isOn = integration[key]?.OptInStatus === 'ENABLED';
              const OptInStatus: OptInStatus = isOn ? 'DISABLED' : 'ENABLED';
              return <Toggle key={key} checked={isOn} description={what} onChange={() => setChange({ [key]: { OptInStatus } })}>{name}</Toggle>;
            })}
            <div><Box variant="awsui-key-label">Encryption</Box>{integration.KMSServerSideEncryption?.KMSKeyId ?? 'With a key of AWS'}</div>
          </SpaceBetween>
        )}
      </Loaded>
      {change && <Change change={change} onClose={() => setChange(undefined)} onDone={live.reload} />}
    </Section>
  );
}

function Change({ change, onClose, onDone }: { change: UpdateServiceIntegrationConfig; onClose: () => void; onDone: () => void }) {
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  return (
    <Dialog title="Change the integration" confirm="Change" command={integrationCommand(change)} error={error} isBusy={isBusy} onClose={onClose} onConfirm={() => run(() => api.setIntegrations(change))}>
      It holds from the next look on.
    </Dialog>
  );
}
