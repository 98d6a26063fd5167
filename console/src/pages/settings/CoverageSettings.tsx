import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { CoverageSetting, ResourceCollection } from '../../api/types';
import { collectionCommand } from '../../commands';
import { useLive } from '../../live';
import { Command } from '../../parts/Command';
import { Dialog } from '../../parts/Dialog';
import { Loaded, Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

interface Item { name: string; collection?: ResourceCollection }

function covered({ Region, ResourceCollection: { CloudFormation, Tags = [] } }: CoverageSetting): Item[] {
  return [
    ...(Region ? [{ name: 'The whole Region: every stack, and what is in none' }] : []),
    ...(CloudFormation?.StackNames ?? []).map((name) => ({ name: `Stack ${name}`, collection: { CloudFormation: { StackNames: [name] } } })),
    ...Tags.flatMap(({ AppBoundaryKey, TagValues }) => TagValues.map((value) => ({
      name: `Tag ${AppBoundaryKey} = ${value}`, collection: { Tags: [{ AppBoundaryKey, TagValues: [value] }] },
    }))),
  ];
}

export function CoverageSettings() {
  const live = useLive('coverage', () => api.settings().then(({ Coverage }) => Coverage));
  const [change, setChange] = useState<'ADD' | Item>();
  const close = () => setChange(undefined);
  return (
    <Section title="What is watched" actions={<Button onClick={() => setChange('ADD')}>Add</Button>}>
      <Loaded live={live} what="coverage">
        {(coverage) => (
          <Table
            variant="embedded" items={covered(coverage)} trackBy="name" ariaLabels={{ tableLabel: 'What is watched' }} empty={<Nothing title="Nothing is covered">Add a stack or a tag.</Nothing>}
            columnDefinitions={[
              { id: 'name', header: 'Covered', isRowHeader: true, cell: (item) => item.name },
              { id: 'remove', header: 'Change', cell: (item) => item.collection && <Button variant="inline-link" ariaLabel={`Remove: ${item.name}`} onClick={() => setChange(item)}>Remove</Button> },
            ]}
            footer={<Command text={coverage.Command} />}
          />
        )}
      </Loaded>
      {change === 'ADD' && <Add onClose={close} onDone={live.reload} />}
      {change && change !== 'ADD' && change.collection && <Remove name={change.name} collection={change.collection} onClose={close} onDone={live.reload} />}
    </Section>
  );
}

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [kind, setKind] = useState('stack');
  const [name, setName] = useState('');
  const [value, setValue] = useState('*');
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const collection: ResourceCollection = kind === 'stack'
    ? { CloudFormation: { StackNames: [name.trim()] } }
    : { Tags: [{ AppBoundaryKey: name.trim(), TagValues: [value.trim()] }] };
  return (
    <Dialog
      title="Watch more" confirm="Add" command={collectionCommand('ADD', collection)} error={error} isBusy={isBusy} isReady={Boolean(name.trim())}
      onClose={onClose} onConfirm={() => run(() => api.updateCollection('ADD', collection))}
    >
      <RadioGroup
        ariaLabel="By" value={kind} onChange={({ detail }) => setKind(detail.value)}
        items={[{ value: 'stack', label: 'A CloudFormation stack', description: '* covers the whole Region' }, { value: 'tag', label: 'A tag', description: 'Each value is an application' }]}
      />
      <SpaceBetween size="s">
        <FormField label={kind === 'stack' ? 'Stack' : 'Tag key, starts with devops-guru-'}><Input value={name} onChange={({ detail }) => setName(detail.value)} /></FormField>
        {kind === 'tag' && <FormField label="Value, * for every"><Input value={value} onChange={({ detail }) => setValue(detail.value)} /></FormField>}
      </SpaceBetween>
    </Dialog>
  );
}

function Remove({ name, collection, onClose, onDone }: { name: string; collection: ResourceCollection; onClose: () => void; onDone: () => void }) {
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  return (
    <Dialog
      title={`No longer watch: ${name}`} confirm="Remove" command={collectionCommand('REMOVE', collection)} error={error} isBusy={isBusy}
      onClose={onClose} onConfirm={() => run(() => api.updateCollection('REMOVE', collection))}
    >
      What is wrong in it is then no longer seen, and its open insights are closed as no longer watched.
    </Dialog>
  );
}

