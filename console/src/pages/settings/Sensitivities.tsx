import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { SensitivityTarget } from '../../api/types';
import { useLive } from '../../live';
import { When } from '../../parts/labels';
import { Loaded, Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { SensitivityDialog } from '../../parts/SensitivityDialog';
import { useAction } from '../../parts/useAction';
import { follow, link } from '../../route';

export function Sensitivities() {
  const live = useLive('sensitivities', api.sensitivities);
  const [isSetting, setSetting] = useState(false);
  const { run, error, isBusy } = useAction(live.reload);
  return (
    <Section
      title="What has a sensitivity of its own" description="Of an application, a resource or a metric; the narrowest counts. Feedback on an insight lowers its metrics. It ends by itself, and can be taken back."
      actions={<Button onClick={() => setSetting(true)}>Set</Button>}
    >
      {error && <p role="alert">{error}</p>}
      <Loaded live={live} what="sensitivities">
        {({ General, Sensitivities: items }) => (
          <Table
            variant="embedded" wrapLines items={items} trackBy="Id" ariaLabels={{ tableLabel: 'Sensitivities' }} empty={<Nothing title={`Everything is watched with ${General.toLowerCase()} sensitivity`} />}
            columnDefinitions={[
              { id: 'what', header: 'What', isRowHeader: true, cell: (item) => <span className="mono">{name(item.What)}</span> },
              { id: 'sensitivity', header: 'Sensitivity', cell: (item) => `${capital(item.Sensitivity)}; in general ${General.toLowerCase()}` },
              { id: 'by', header: 'By', cell: (item) => (item.InsightId ? <Link href={link(['insights', item.InsightId])} onFollow={follow}>Feedback of {item.By}</Link> : item.By) },
              { id: 'until', header: 'Until', cell: (item) => (item.Until ? <When at={item.Until} /> : 'taken back') },
              { id: 'remove', header: 'Change', cell: (item) => <Button variant="inline-link" disabled={isBusy} ariaLabel={`Take back ${name(item.What)}`} onClick={() => run(() => api.dropSensitivity(item.Id))}>Take back</Button> },
            ]}
          />
        )}
      </Loaded>
      {isSetting && <SensitivityDialog onClose={() => setSetting(false)} onDone={live.reload} />}
    </Section>
  );
}

const name = ({ Metric, Resource, Application }: SensitivityTarget) => Metric ?? Resource ?? Application;
const capital = (word: string) => word[0] + word.slice(1).toLowerCase();
