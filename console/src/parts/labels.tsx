import Badge from '@cloudscape-design/components/badge';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { CoverageState, InsightSeverity, InsightStatus } from '../api/types';
import { usePreferences } from '../preferences';
import { useNow } from '../server';
import { ago, moment } from '../time';

const SEVERITIES = { HIGH: ['error', 'High'], MEDIUM: ['warning', 'Medium'], LOW: ['info', 'Low'] } as const;

export function Severity({ value }: { value?: InsightSeverity }) {
  if (!value) return <StatusIndicator type="success">Nothing open</StatusIndicator>;
  const [type, text] = SEVERITIES[value];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

export function InsightStatusLabel({ value }: { value?: InsightStatus }) {
  return value === 'ONGOING' ? <StatusIndicator type="in-progress">Ongoing</StatusIndicator> : <StatusIndicator type="success">Closed</StatusIndicator>;
}

const COVERAGE = { WATCHED: ['success', 'Watched'], WITHOUT_METRICS: ['warning', 'No metrics'], NOT_SUPPORTED: ['stopped', 'Not supported yet'] } as const;

export function Coverage({ value }: { value?: CoverageState }) {
  if (!value) return <StatusIndicator type="pending">Not known</StatusIndicator>;
  const [type, text] = COVERAGE[value];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

/** A time, with how long ago as its tip or beside it. */
export function When({ at, relative = false }: { at?: number; relative?: boolean }) {
  const { zone } = usePreferences();
  const now = useNow();
  if (at === undefined) return <>–</>;
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={ago(at, now)}>
      {moment(at, zone, now)}{relative && `, ${ago(at, now)}`}
    </time>
  );
}

/** What people said about an insight, on one line. */
export function PeopleLabels({ insight }: { insight: { Acknowledgement?: { By: string }; Assignee?: string; MutedBy?: { Reason: string } } }) {
  return (
    <>
      {insight.MutedBy && <Badge color="grey">Muted</Badge>} {insight.Assignee ? <Badge color="blue">{insight.Assignee}</Badge>
        : insight.Acknowledgement && <Badge color="green">Seen by {insight.Acknowledgement.By}</Badge>}
    </>
  );
}
