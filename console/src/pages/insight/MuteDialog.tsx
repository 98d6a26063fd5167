import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { Insight } from '../../api/own';
import type { MuteTarget } from '../../api/types';
import { muteCommand } from '../../commands';
import { Dialog } from '../../parts/Dialog';
import { useAction } from '../../parts/useAction';
import { useServer } from '../../server';

const HOURS = [1, 4, 8, 24, 72, 168];

/** Nobody is told of it for a while; it stays visible as muted. */
export function MuteDialog({ insight, onClose, onDone }: { insight: Insight; onClose: () => void; onDone: () => void }) {
  const { now } = useServer();
  const scopes = scopesOf(insight);
  const [scope, setScope] = useState(0);
  const [hours, setHours] = useState('8');
  const [reason, setReason] = useState('');
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const request = { What: scopes[scope]?.what ?? {}, Reason: reason.trim(), Until: hours ? Math.round(now()) + Number(hours) * 3600 : undefined };
  const scopeOptions = scopes.map(({ label }, index) => ({ value: String(index), label }));
  const hourOptions = [...HOURS.map((value) => ({ value: String(value), label: value < 48 ? `${value} h` : `${value / 24} days` })), { value: '', label: 'Until it is taken back' }];
  return (
    <Dialog
      title="Mute" confirm="Mute" command={muteCommand(request, Number(hours))} error={error} isBusy={isBusy} isReady={Boolean(request.Reason)} onClose={onClose}
      onConfirm={() => run(() => api.mute(request))}
    >
      <FormField label="What" description="Nobody is told of it. It stays visible here as muted.">
        <Select options={scopeOptions} selectedOption={scopeOptions[scope] ?? null} onChange={({ detail }) => setScope(Number(detail.selectedOption.value))} />
      </FormField>
      <FormField label="For how long">
        <Select options={hourOptions} selectedOption={hourOptions.find(({ value }) => value === hours) ?? null} onChange={({ detail }) => setHours(detail.selectedOption.value ?? '')} />
      </FormField>
      <FormField label="Why"><Input value={reason} onChange={({ detail }) => setReason(detail.value)} /></FormField>
    </Dialog>
  );
}

function scopesOf({ Causes = [], Check, Application }: Insight): { label: string; what: MuteTarget }[] {
  const resources = [...new Map(Causes.flatMap(({ Resource, Path }) => [Resource, ...Path.map((step) => step.Resource)]).map((item) => [`${item.Type}/${item.Name}`, item])).entries()];
  return [
    ...(Check ? [{ label: `The check ${Check}`, what: { Check } }] : []),
    ...resources.map(([id, { Label, Name }]) => ({ label: `${Label} ${Name}`, what: { Resource: id } })),
    ...(Application ? [{ label: `All of ${Application.Name}`, what: { Application: Application.Id } }] : []),
  ];
}
