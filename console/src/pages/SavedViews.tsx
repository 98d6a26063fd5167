import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { keep, kept } from '../preferences';

interface View { name: string; query: string }

/** Filters under a name, kept in this browser. */
export function SavedViews({ query, onChoose }: { query: string; onChoose: (query: string) => void }) {
  const [views, setViews] = useState<View[]>(() => kept<View[]>('views', []));
  const [name, setName] = useState<string>();
  const save = (next: View[]) => {
    keep('views', next);
    setViews(next);
  };
  const add = () => {
    if (name?.trim()) save([...views.filter((view) => view.name !== name.trim()), { name: name.trim(), query }]);
    setName(undefined);
  };
  const current = views.find((view) => view.query === query);
  return (
    <>
      <ButtonDropdown
        items={[
          { id: 'save', text: 'Save this view…' },
          ...(current ? [{ id: 'remove', text: `Remove “${current.name}”` }] : []),
          ...(views.length ? [{ id: 'views', text: 'Saved', items: views.map((view) => ({ id: `view ${view.name}`, text: view.name })) }] : []),
        ]}
        onItemClick={({ detail: { id } }) => {
          if (id === 'save') setName('');
          else if (id === 'remove') save(views.filter((view) => view !== current));
          else onChoose(views.find((view) => id === `view ${view.name}`)?.query ?? '');
        }}
      >
        {current?.name ?? 'Views'}
      </ButtonDropdown>
      <Modal
        visible={name !== undefined} header="Save this view" onDismiss={() => setName(undefined)} closeAriaLabel="Close"
        footer={<SpaceBetween direction="horizontal" size="xs"><Button variant="link" onClick={() => setName(undefined)}>Cancel</Button><Button variant="primary" onClick={add}>Save</Button></SpaceBetween>}
      >
        <form onSubmit={(event) => { event.preventDefault(); add(); }}>
          <FormField label="Name" description="It is kept in this browser. To share a view, copy the page’s address.">
            <Input value={name ?? ''} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
        </form>
      </Modal>
    </>
  );
}
