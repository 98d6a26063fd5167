import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Advice } from '../../api/own';
import { Command } from '../../parts/Command';
import { Section } from '../../parts/Section';

/** Of what fails one check there may be hundreds. */
const FIRST = 20;

export function WhatToDo({ advice }: { advice: Advice[] }) {
  const [isWhole, setWhole] = useState(false);
  const rest = advice.length - FIRST;
  return (
    <Section title="What to do" count={advice.length}>
      {advice.length === 0 ? <Box color="text-body-secondary">There is no recommendation. Start at the first anomaly below, and at what was changed.</Box> : (
        <ol className="advice">
          {(isWhole ? advice : advice.slice(0, FIRST)).map((item) => (
            <li key={`${item.Name} ${item.Reason}`}>
              <h3>{item.Name}</h3>
              <p>{item.Description}</p>
              {item.Reason && <p className="why">Why: {item.Reason}</p>}
              <SpaceBetween size="xs">
                <Places item={item} />
                {item.Command && <Command text={item.Command} />}
                <Related item={item} />
              </SpaceBetween>
            </li>
          ))}
        </ol>
      )}
      {rest > 0 && <div className="tools"><Button onClick={() => setWhole(!isWhole)}>{isWhole ? `Only the first ${FIRST}` : `And ${rest} more`}</Button></div>}
    </Section>
  );
}

function Places({ item }: { item: Advice }) {
  if (!item.ConsoleUrl && !item.Place && !item.Link) return null;
  return (
    <SpaceBetween direction="horizontal" size="m">
      {item.ConsoleUrl ? <Link external href={item.ConsoleUrl}>{item.Place || 'Open in the AWS console'}</Link> : item.Place && <Box variant="span">Look at: {item.Place}</Box>}
      {item.Link && <Link external href={item.Link} ariaLabel={`Documentation: ${item.Name}`}>Documentation</Link>}
    </SpaceBetween>
  );
}

function Related({ item }: { item: Advice }) {
  const metrics = (item.RelatedAnomalies ?? []).flatMap(({ Resources = [], SourceDetails = [] }) => {
    const names = SourceDetails.flatMap(({ CloudWatchMetrics = [] }) => CloudWatchMetrics.map(({ MetricName }) => MetricName));
    return [`${names.join(', ')} of ${Resources.map(({ Name }) => Name).join(', ')}`.replace(/^ of /, '')];
  });
  const events = (item.RelatedEvents ?? []).map(({ Name, Resources = [] }) => `${Name} of ${Resources.map((resource) => resource.Name).join(', ')}`);
  const all = [...new Set([...events, ...metrics])].filter(Boolean);
  return all.length ? <Box color="text-body-secondary" fontSize="body-s">Because of {all.join('; ')}</Box> : null;
}
