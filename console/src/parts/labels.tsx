import Badge from '@cloudscape-design/components/badge';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { CoverageState, InsightSeverity, InsightStatus } from '../api/types';
import { usePreferences } from '../preferences';
import { useNow } from '../server';
import { ago, moment } from '../time';

/** A word that a narrow column doesn't break. */
function Whole(props: StatusIndicatorProps) {
  return <span className="whole"><StatusIndicator {...props} /></span>;
}

const SEVERITIES = { HIGH: ['error', 'High'], MEDIUM: ['warning', 'Medium'], LOW: ['info', 'Low'] } as const;

export function Severity({ value }: { value?: InsightSeverity }) {
  if (!value) return <Whole type="success">Nothing open</Whole>;
  const [type, text] = SEVERITIES[value];
  return <Whole type={type}>{text}</Whole>;
}

export function InsightStatusLabel({ value }: { value?: InsightStatus }) {
  return value === 'ONGOING' ? <Whole type="in-progress">Ongoing</Whole> : <Whole type="success">Closed</Whole>;
}

const COVERAGE = { WATCHED: ['success', 'Watched'], WITHOUT_METRICS: ['warning', 'No metrics'], NOT_SUPPORTED: ['stopped', 'Not supported yet'] } as const;

export function Coverage({ value }: { value?: CoverageState }) {
  if (!value) return <Whole type="pending">Not known</Whole>;
  const [type, text] = COVERAGE[value];
  return <Whole type={type}>{text}</Whole>;
}

/** A time, with how long ago as its tip or beside it. */
export function When({ at, relative = false }: { at?: number; relative?: boolean }) {
  const { zone } = usePreferences();
  const now = useNow();
  if (at === undefined) return <>–</>;
  return (
    <time className={relative ? undefined : 'whole'} dateTime={new Date(at * 1000).toISOString()} title={ago(at, now)}>
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
