import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import * as api from '../api/operations';
import type { SensitivityLevel, SensitivityTarget } from '../api/types';
import { sensitivityCommand } from '../commands';
import { useServer } from '../server';
import { DAY } from '../time';
import { Dialog } from './Dialog';
import { useAction } from './useAction';

type Kind = keyof SensitivityTarget;

const LEVELS: { value: SensitivityLevel; label: string; description: string }[] = [
  { value: 'LOW', label: 'Low', description: 'Only what is very rare is unusual' },
  { value: 'MEDIUM', label: 'Medium', description: 'As metrics are watched in general, where nothing else is set' },
  { value: 'HIGH', label: 'High', description: 'What is a little rare is unusual too' },
];
const DAYS = [{ value: '1', label: '1 day' }, { value: '7', label: '7 days' }, { value: '30', label: '30 days' }, { value: '', label: 'Until it is taken back' }];
const KINDS = (['Metric', 'Resource', 'Application'] as const).map((value) => ({ value, label: value }));
const HINTS: Record<Kind, string> = {
  Metric: 'Namespace, name, statistic and dimensions, as in: AWS/Lambda Errors Sum FunctionName=shop-checkout',
  Resource: 'Its id, as in: AWS::Lambda::Function/shop-checkout. It holds for all its metrics',
  Application: 'Its id. It holds for all its resources',
};

/** How rare something must be to be unusual, for a time: on the metric that is given, or on what is named here. */
export function SensitivityDialog({ metric, title, onClose, onDone }: { metric?: string; title?: string; onClose: () => void; onDone: () => void }) {
  const { now } = useServer();
  const [kind, setKind] = useState<Kind>('Metric');
  const [key, setKey] = useState(metric ?? '');
  const [level, setLevel] = useState<SensitivityLevel>('LOW');
  const [days, setDays] = useState('30');
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const what: SensitivityTarget = { [kind]: key.trim() };
  const set = () => api.setSensitivity({ What: what, Sensitivity: level, Until: days ? Math.round(now()) + Number(days) * DAY : undefined });
  return (
    <Dialog
      title={title ?? 'Set a sensitivity'} confirm="Set" command={sensitivityCommand(what, level, days)}
      error={error} isBusy={isBusy} isReady={Boolean(key.trim())} onClose={onClose} onConfirm={() => run(set)}
    >
      {metric === undefined && (
        <FormField label="What" description="Of several that are set the narrowest counts.">
          <Select options={KINDS} selectedOption={KINDS.find(({ value }) => value === kind) ?? null} onChange={({ detail }) => setKind(detail.selectedOption.value as Kind)} />
        </FormField>
      )}
      <FormField label={kind} description={HINTS[kind]}>
        <Input value={key} readOnly={metric !== undefined} onChange={({ detail }) => setKey(detail.value)} />
      </FormField>
      <FormField label="Sensitivity"><RadioGroup value={level} items={LEVELS} onChange={({ detail }) => setLevel(detail.value as SensitivityLevel)} /></FormField>
      <FormField label="For how long" description="Then it is as before, by itself.">
        <Select options={DAYS} selectedOption={DAYS.find(({ value }) => value === days) ?? null} onChange={({ detail }) => setDays(detail.selectedOption.value ?? '')} />
      </FormField>
    </Dialog>
  );
}
