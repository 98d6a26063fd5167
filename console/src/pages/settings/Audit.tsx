import Button from '@cloudscape-design/components/button';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { AuditedChange } from '../../api/types';
import { useLive } from '../../live';
import { When } from '../../parts/labels';
import { Loaded, Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

export function Audit() {
  const live = useLive('audit', () => api.audit());
  return (
    <Section title="Who changed what">
      <Loaded live={live} what="audit">{(first) => <Pages key={live.at} first={first} />}</Loaded>
    </Section>
  );
}

function Pages({ first }: { first: { Entries?: AuditedChange[]; NextToken?: string } }) {
  const [entries, setEntries] = useState(first.Entries ?? []);
  const [next, setNext] = useState(first.NextToken);
  const { run, error, isBusy } = useAction(() => undefined);
  const more = () => run(async () => {
    const page = await api.audit(next);
    setEntries([...entries, ...(page.Entries ?? [])]);
    setNext(page.NextToken);
  });
  return (
    <>
      <Table
        variant="embedded" wrapLines items={entries} ariaLabels={{ tableLabel: 'Who changed what' }} empty={<Nothing title="Nothing was changed yet" />}
        columnDefinitions={[
          { id: 'time', header: 'Time', cell: (item) => <When at={item.Time} /> },
          { id: 'who', header: 'Who', cell: (item) => item.Who },
          { id: 'what', header: 'What', isRowHeader: true, cell: (item) => item.What },
          { id: 'command', header: 'Command', cell: (item) => (item.Command ? <span className="mono">{item.Command}</span> : '–') },
        ]}
      />
      {next && <div className="tools"><Button loading={isBusy} onClick={more}>Older</Button>{error && <span role="alert">{error}</span>}</div>}
    </>
  );
}
