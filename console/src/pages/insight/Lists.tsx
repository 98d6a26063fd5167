import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { ConsideredExplanation, InsightStep } from '../../api/types';
import { When } from '../../parts/labels';
import { Section } from '../../parts/Section';

const FIRST = 6;

export function Considered({ items }: { items: ConsideredExplanation[] }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <Section title="Considered and ruled out" count={items.length}>
      {items.length === 0
        ? <Box color="text-body-secondary">Nothing else fitted as far as to be considered.</Box>
        : <ul className="plain">{(isWhole ? items : items.slice(0, FIRST)).map(({ What, Because }) => <li key={`${What} ${Because}`}><strong>{What}</strong>: {Because}</li>)}</ul>}
      {items.length > FIRST && <div className="tools"><Button onClick={() => setWhole(!isWhole)}>{isWhole ? `Only the first ${FIRST}` : `All ${items.length} that were considered`}</Button></div>}
    </Section>
  );
}

export function History({ items }: { items: InsightStep[] }) {
  return (
    <Section title="History" count={items.length}>
      <ol className="plain">
        {items.map(({ Time, Step, Sentence }, index) => <li key={index}><When at={Time} /> <strong>{Step}</strong>: {Sentence}</li>)}
      </ol>
    </Section>
  );
}
