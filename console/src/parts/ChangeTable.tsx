import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { Change } from '../api/own';
import { When } from './labels';
import { useNarrow } from './useNarrow';

const CLASSES: Record<string, string> = {
  INFRASTRUCTURE: 'Infrastructure', DEPLOYMENT: 'Deployment', SECURITY_CHANGE: 'Security', CONFIG_CHANGE: 'Configuration', SCHEMA_CHANGE: 'Schema',
};

export const className = (change: Change) => CLASSES[change.EventClass ?? ''] ?? change.EventClass ?? '';

/** What somebody did, as a sentence. */
export function changeSentence(change: Change): string {
  const names = (change.Resources ?? []).map(({ Name }) => Name).filter(Boolean).join(', ');
  return change.Sentence ?? `${change.Name ?? 'Change'}${names && ` of ${names}`}`;
}

const VERDICTS = { BETTER: 'success', SAME: 'success', WORSE: 'error', NOT_JUDGED: 'info' } as const;

/** Of a release, what it did half an hour later. */
function VerdictLine({ change: { Verdict } }: { change: Change }) {
  if (!Verdict) return null;
  const line = Verdict.Sentence.charAt(0).toUpperCase() + Verdict.Sentence.slice(1);
  return <Box fontSize="body-s"><StatusIndicator type={VERDICTS[Verdict.Outcome]}>{line}</StatusIndicator></Box>;
}

/** The sentence, and what kinds of resources its names are of; with the time where no column has it. */
function What({ change, isTimed }: { change: Change; isTimed: boolean }) {
  const kinds = [...new Set((change.Resources ?? []).map(({ Label, Type }) => Label || Type).filter(Boolean))].join(', ');
  return (
    <>
      {changeSentence(change)}
      <VerdictLine change={change} />
      {(isTimed || kinds) && <Box color="text-body-secondary" fontSize="body-s">{isTimed && <When at={change.Time} />}{isTimed && kinds && ', '}{kinds}</Box>}
    </>
  );
}

const isLink = (text?: string) => text?.startsWith('https://');

export function ChangeTable({ changes, label = 'Changes', empty, showApplication = false }: {
  changes: Change[]; label?: string; empty: ReactNode; showApplication?: boolean;
}) {
  const isNarrow = useNarrow();
  const more = [
    ...(showApplication ? [{ id: 'application', header: 'Application', cell: (change: Change) => change.Application?.Name ?? '–' }] : []),
    { id: 'class', header: 'Kind', cell: className },
    { id: 'source', header: 'Source', cell: (change: Change) => (isLink(change.EventSource) ? <Link external href={change.EventSource}>Open</Link> : change.EventSource ?? change.DataSource ?? '–') },
  ];
  return (
    <Table
      variant="embedded"
      items={changes}
      trackBy={(change) => change.Id ?? `${change.Time} ${change.Name}`}
      wrapLines
      empty={empty}
      ariaLabels={{ tableLabel: label }}
      columnDefinitions={[
        ...(isNarrow ? [] : [{ id: 'time', header: 'Time', cell: (change: Change) => <When at={change.Time} /> }]),
        { id: 'what', header: 'What', cell: (change) => <What change={change} isTimed={isNarrow} />, isRowHeader: true, minWidth: isNarrow ? 180 : 300 },
        ...(isNarrow ? [] : more),
      ]}
    />
  );
}
