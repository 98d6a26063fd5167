import Box from '@cloudscape-design/components/box';
import type { Insight } from '../../api/own';
import type { InsightCause } from '../../api/types';
import { PathMap } from '../../charts/PathMap';
import { percent } from '../../number';
import { Section } from '../../parts/Section';

/** The likeliest cause with the way to it, and the other candidates. */
export function CauseMap({ insight }: { insight: Insight }) {
  const [first, ...others] = [...(insight.Causes ?? [])].sort((a, b) => a.Rank - b.Rank);
  if (!first) {
    return <Section title="Cause"><Box color="text-body-secondary">No clear cause: the evidence does not single out one resource. What was ruled out is below.</Box></Section>;
  }
  const path = first.Path.length ? first.Path : [{ Resource: first.Resource, Metric: first.Metric, Text: first.Reason }];
  return (
    <Section title={path.length > 1 ? 'From symptom to cause' : 'Cause'} description={share(first)}>
      <PathMap steps={path} evidence={first.Reason} />
      {others.length > 0 && (
        <Box margin={{ top: 'm' }}>
          <Box variant="h3">Less likely</Box>
          <ul className="plain">{others.map((cause) => <li key={cause.Rank}>{cause.Resource.Label} {cause.Resource.Name}: {cause.Reason} {share(cause)}</li>)}</ul>
        </Box>
      )}
    </Section>
  );
}

function share({ Share }: InsightCause): string | undefined {
  return Share === undefined ? undefined : `${percent(Share)} of the harm is its own.`;
}
