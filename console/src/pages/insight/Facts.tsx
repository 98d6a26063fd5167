import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { percent } from '../../number';
import { InsightStatusLabel, Severity, When } from '../../parts/labels';
import { follow, link } from '../../route';
import { useNow } from '../../server';
import { duration } from '../../time';
import type { Report } from './report';

/** Since when, how long, how bad, where, and who is on it. */
export function Facts({ report: { insight, type } }: { report: Report }) {
  const now = useNow();
  const { StartTime, EndTime } = insight.InsightTimeRange ?? {};
  const { Application, Impact, Acknowledgement, Assignee } = insight;
  const facts: [string, ReactNode][] = [
    ['Severity', <Severity value={insight.Severity} />],
    ['Status', <><InsightStatusLabel value={insight.Status} /> {type === 'PROACTIVE' && '(proactive)'}</>],
    ['Since', <When at={StartTime} />],
    [EndTime ? 'Lasted' : 'For', StartTime === undefined ? '–' : duration((EndTime ?? now) - StartTime)],
    ...(EndTime ? [['Until', <When at={EndTime} />] as [string, ReactNode]] : []),
    ['Application', Application ? <Link href={link(['topology', Application.Id])} onFollow={follow}>{Application.Name}</Link> : '–'],
    ['Assigned to', Assignee ?? (Acknowledgement ? `Nobody; seen by ${Acknowledgement.By}` : 'Nobody')],
    ['Last change', <When at={insight.UpdateTime} />],
    ...(insight.SsmOpsItemId ? [['OpsItem', insight.SsmOpsItemId] as [string, ReactNode]] : []),
  ];
  return (
    <Container>
      {Impact && <p className="impact"><strong>Impact{Impact.Share > 0 ? `: ${percent(Impact.Share)} of the requests` : ''}.</strong> {Impact.Sentence}</p>}
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </Container>
  );
}
