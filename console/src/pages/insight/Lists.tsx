import Box from '@cloudscape-design/components/box';
import type { ConsideredExplanation, InsightStep } from '../../api/types';
import { When } from '../../parts/labels';
import { Section } from '../../parts/Section';

export function Considered({ items }: { items: ConsideredExplanation[] }) {
  return (
    <Section title="Considered and ruled out" count={items.length}>
      {items.length === 0
        ? <Box color="text-body-secondary">Nothing else fitted as far as to be considered.</Box>
        : <ul className="plain">{items.map(({ What, Because }) => <li key={`${What} ${Because}`}><strong>{What}</strong>: {Because}</li>)}</ul>}
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
