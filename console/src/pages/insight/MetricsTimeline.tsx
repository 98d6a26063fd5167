import Button from '@cloudscape-design/components/button';
import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import type { Anomaly, Change, Insight } from '../../api/own';
import { AnomalyTimeline, type TimelineRow } from '../../charts/AnomalyTimeline';
import type { Range } from '../../charts/scales';
import { changeSentence } from '../../parts/ChangeTable';
import { Section } from '../../parts/Section';
import { usePreferences } from '../../preferences';
import { useServer } from '../../server';
import { DAY, duration, moment } from '../../time';
import { end, measure, resourceName, start } from './report';

const FIRST = 12;

export const markersOf = (events: Change[]) => events.map((event) => ({ time: event.Time ?? 0, label: changeSentence(event) }));

/** Every anomalous metric on one clock: who was first? */
export function MetricsTimeline({ anomalies, events, insight }: { anomalies: Anomaly[]; events: Change[]; insight: Insight }) {
  const { zone } = usePreferences();
  const { now } = useServer();
  const [isWhole, setWhole] = useState(false);
  if (anomalies.length === 0) return <Section title="Metrics on one clock"><Box color="text-body-secondary">No anomaly is kept of this insight.</Box></Section>;
  const rows = anomalies.map((anomaly): TimelineRow => ({
    id: anomaly.Id ?? '', label: measure(anomaly), resource: resourceName(anomaly), from: start(anomaly), to: end(anomaly),
    isCause: anomaly.CauseRank === 1, isContextual: anomaly.Type === 'CONTEXTUAL',
  }));
  const range = clock(rows, events, insight, now());
  const describe = ({ label, resource, from, to }: TimelineRow) =>
    `${label} of ${resource}: anomalous from ${moment(from, zone)} ${to ? `to ${moment(to, zone)}, ${duration(to - from)}` : 'until now'}`;
  return (
    <Section title="Metrics on one clock" count={rows.length} description="The cause’s metrics first, then what began first.">
      <p className="legend">
        <span><i className="key-bar" />anomalous</span><span><i className="key-bar bar-contextual" />adds detail</span><span><i className="key-change" />change</span>
      </p>
      <AnomalyTimeline rows={isWhole ? rows : rows.slice(0, FIRST)} range={range} markers={markersOf(events)} describe={describe} />
      {rows.length > FIRST && (
        <div className="tools"><Button onClick={() => setWhole(!isWhole)}>{isWhole ? `Show the first ${FIRST}` : `Show all ${rows.length}`}</Button></div>
      )}
    </Section>
  );
}

/** From a little before the first of all to a little after the last. Changes long before don't stretch it. */
function clock(rows: TimelineRow[], events: Change[], insight: Insight, now: number): Range {
  const first = Math.min(...rows.map(({ from }) => from), insight.InsightTimeRange?.StartTime ?? Infinity);
  const last = Math.max(...rows.map(({ to }) => to ?? now));
  const near = events.map(({ Time = first }) => Time).filter((time) => time > first - Math.max(3600, (last - first) / 2) && time < last + DAY);
  const from = Math.min(first, ...near), to = Math.max(last, ...near.filter((time) => time < last + 3600));
  const margin = Math.max(120, (to - from) * 0.06);
  return { from: from - margin, to: Math.min(to + margin, Math.max(now, to)) };
}
