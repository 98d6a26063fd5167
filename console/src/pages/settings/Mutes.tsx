import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { MuteRequest } from '../../api/own';
import type { Mute, MuteTarget } from '../../api/types';
import { muteCommand } from '../../commands';
import { useLive } from '../../live';
import { When } from '../../parts/labels';
import { Dialog } from '../../parts/Dialog';
import { Loaded, Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

export function Mutes() {
  const live = useLive('mutes', api.mutes);
  const [isAdding, setAdding] = useState(false);
  const { run, error, isBusy } = useAction(live.reload);
  return (
    <Section title="Mutes and maintenance windows" description="Nobody is told of what is muted; it stays visible as such." actions={<Button onClick={() => setAdding(true)}>Add</Button>}>
      {error && <p role="alert">{error}</p>}
      <Loaded live={live} what="mutes">
        {(mutes) => (
          <Table
            variant="embedded" wrapLines items={mutes} trackBy="Id" ariaLabels={{ tableLabel: 'Mutes' }} empty={<Nothing title="Nothing is muted" />}
            columnDefinitions={[
              { id: 'what', header: 'What', isRowHeader: true, cell: ({ What }) => scopeText(What) },
              { id: 'when', header: 'When', cell: whenText },
              { id: 'reason', header: 'Why', cell: (mute) => mute.Reason },
              { id: 'by', header: 'By', cell: (mute) => mute.By ?? '–' },
              { id: 'remove', header: 'Change', cell: (mute) => <Button variant="inline-link" disabled={isBusy} ariaLabel={`Take back the mute of ${scopeText(mute.What)}`} onClick={() => run(() => api.unmute(mute.Id))}>Take back</Button> },
            ]}
          />
        )}
      </Loaded>
      {isAdding && <Add onClose={() => setAdding(false)} onDone={live.reload} />}
    </Section>
  );
}

function scopeText(what: MuteTarget): string {
  return Object.entries(what).flatMap(([kind, value]: [string, string | undefined]) => (value ? [`${kind} ${value}`] : [])).join(', ');
}

function whenText({ Until, Window }: Mute) {
  return (
    <>
      {Window && `${Window.Cron} (${Window.TimeZone}), ${Window.Minutes} min each `}
      {Until ? <>until <When at={Until} /></> : !Window && 'until it is taken back'}
    </>
  );
}

const KINDS = (['Resource', 'Metric', 'Check', 'Application'] as const).map((value) => ({ value, label: value }));

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [kind, setKind] = useState<keyof MuteTarget>('Resource');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [window, setWindow] = useState({ Cron: '', Minutes: '60', TimeZone: 'UTC' });
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const request: MuteRequest = {
    What: { [kind]: name.trim() }, Reason: reason.trim(),
    Window: window.Cron.trim() ? { Cron: window.Cron.trim(), Minutes: Number(window.Minutes) || 60, TimeZone: window.TimeZone.trim() } : undefined,
  };
  return (
    <Dialog title="Mute" confirm="Mute" command={muteCommand(request)} error={error} isBusy={isBusy} isReady={Boolean(name.trim() && reason.trim())} onClose={onClose} onConfirm={() => run(() => api.mute(request))}>
      <FormField label="What"><Select options={KINDS} selectedOption={KINDS.find(({ value }) => value === kind) ?? null} onChange={({ detail }) => setKind(detail.selectedOption.value as keyof MuteTarget)} /></FormField>
      <FormField label="Its name" description={kind === 'Resource' ? 'AWS::Lambda::Function/shop-checkout' : undefined}><Input value={name} onChange={({ detail }) => setName(detail.value)} /></FormField>
      <FormField label="Why"><Input value={reason} onChange={({ detail }) => setReason(detail.value)} /></FormField>
      <ColumnLayout columns={3}>
        <FormField label="Window, as cron" description="Empty: always"><Input value={window.Cron} placeholder="0 2 * * SUN" onChange={({ detail }) => setWindow({ ...window, Cron: detail.value })} /></FormField>
        <FormField label="Minutes" description="Of each"><Input value={window.Minutes} inputMode="numeric" onChange={({ detail }) => setWindow({ ...window, Minutes: detail.value })} /></FormField>
        <FormField label="Time zone" description="Of the cron"><Input value={window.TimeZone} onChange={({ detail }) => setWindow({ ...window, TimeZone: detail.value })} /></FormField>
      </ColumnLayout>
    </Dialog>
  );
}
