import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { Insight } from '../../api/own';
import { When } from '../../parts/labels';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

export function Notes({ insight, reload }: { insight: Insight; reload: () => void }) {
  const [text, setText] = useState('');
  const { run, error, isBusy } = useAction(reload);
  const id = insight.Id ?? '', notes = insight.Notes ?? [];
  const add = () => run(async () => {
    await api.addNote(id, text.trim());
    setText('');
  });
  return (
    <Section title="Notes" count={notes.length}>
      <SpaceBetween size="m">
        {notes.length > 0 && (
          <ul className="plain">
            {notes.map((note) => (
              <li key={note.Id}>
                <strong>{note.By}</strong>, <When at={note.Time} />: {note.Text}{' '}
                <Button variant="inline-link" ariaLabel={`Remove the note of ${note.By}: ${note.Text}`} disabled={isBusy} onClick={() => run(() => api.removeNote(id, note.Id))}>Remove</Button>
              </li>
            ))}
          </ul>
        )}
        <FormField label="New note" errorText={error}>
          <Textarea value={text} rows={2} onChange={({ detail }) => setText(detail.value)} />
        </FormField>
        <Button disabled={!text.trim()} loading={isBusy} onClick={add}>Add the note</Button>
      </SpaceBetween>
    </Section>
  );
}
