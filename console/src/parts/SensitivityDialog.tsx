import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import * as api from '../api/operations';
import type { SensitivityLevel } from '../api/types';
import { useServer } from '../server';
import { DAY } from '../time';
import { Dialog } from './Dialog';
import { useAction } from './useAction';

const LEVELS: { value: SensitivityLevel; label: string; description: string }[] = [
  { value: 'LOW', label: 'Low', description: 'Only what is very rare is unusual' },
  { value: 'MEDIUM', label: 'Medium', description: 'As metrics are watched in general, where nothing else is set' },
  { value: 'HIGH', label: 'High', description: 'What is a little rare is unusual too' },
];
const DAYS = [{ value: '1', label: '1 day' }, { value: '7', label: '7 days' }, { value: '30', label: '30 days' }, { value: '', label: 'Until it is taken back' }];

/** How rare something must be on one metric to be unusual, for a time. */
export function SensitivityDialog({ metric, title, onClose, onDone }: { metric?: string; title?: string; onClose: () => void; onDone: () => void }) {
  const { now } = useServer();
  const [key, setKey] = useState(metric ?? '');
  const [level, setLevel] = useState<SensitivityLevel>('LOW');
  const [days, setDays] = useState('30');
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const set = () => api.setSensitivity({ Metric: key.trim(), Sensitivity: level, Until: days ? Math.round(now()) + Number(days) * DAY : undefined });
  return (
    <Dialog title={title ?? 'Set a sensitivity'} confirm="Set" error={error} isBusy={isBusy} isReady={Boolean(key.trim())} onClose={onClose} onConfirm={() => run(set)}>
      <FormField label="Metric" description="Namespace, name, statistic and dimensions, as in: AWS/Lambda Errors Sum FunctionName=shop-checkout">
        <Input value={key} readOnly={metric !== undefined} onChange={({ detail }) => setKey(detail.value)} />
      </FormField>
      <FormField label="Sensitivity"><RadioGroup value={level} items={LEVELS} onChange={({ detail }) => setLevel(detail.value as SensitivityLevel)} /></FormField>
      <FormField label="For how long" description="Then it is as before, by itself.">
        <Select options={DAYS} selectedOption={DAYS.find(({ value }) => value === days) ?? null} onChange={({ detail }) => setDays(detail.selectedOption.value ?? '')} />
      </FormField>
    </Dialog>
  );
}
