import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { Insight } from '../../api/own';
import { assignCommand } from '../../commands';
import { Dialog } from '../../parts/Dialog';
import { useAction } from '../../parts/useAction';

export function AssignDialog({ insight, onClose, onDone }: { insight: Insight; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState(insight.Assignee ?? '');
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const id = insight.Id ?? '';
  return (
    <Dialog
      title="Assign the insight" confirm="Assign" command={assignCommand(id, name)} error={error} isBusy={isBusy} onClose={onClose}
      onConfirm={() => run(() => (name.trim() ? api.assign(id, name.trim()) : api.unassign(id)))}
    >
      <FormField label="To whom" description="Empty: to nobody.">
        <Input autoFocus value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </Dialog>
  );
}
