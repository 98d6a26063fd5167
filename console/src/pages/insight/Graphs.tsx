import Button from '@cloudscape-design/components/button';
import { useMemo, useState } from 'react';
import type { Anomaly, Change } from '../../api/own';
import { Section } from '../../parts/Section';
import { AnomalyGraph } from './AnomalyGraph';
import { markersOf } from './MetricsTimeline';

const STEP = 8;

/** One graph per anomaly, some at a time: two hundred at once would help nobody. */
export function Graphs({ insightId, anomalies, events }: { insightId: string; anomalies: Anomaly[]; events: Change[] }) {
  const [shown, setShown] = useState(STEP);
  const markers = useMemo(() => markersOf(events), [events]);
  if (anomalies.length === 0) return null;
  return (
    <Section title="Graphed anomalies" count={anomalies.length}>
      <p className="legend">
        <span><i className="key-value" />value</span><span><i className="key-band" />expected</span><span><i className="key-window" />anomalous</span>
        <span><i className="key-dot" />outside</span><span><i className="key-change" />change</span>
      </p>
      <div className="charts">
        {anomalies.slice(0, shown).map((anomaly) => <AnomalyGraph key={anomaly.Id} insightId={insightId} anomaly={anomaly} markers={markers} />)}
      </div>
      {shown < anomalies.length && (
        <div className="tools">
          <Button onClick={() => setShown(shown + STEP)}>Show {Math.min(STEP, anomalies.length - shown)} more</Button>
        </div>
      )}
    </Section>
  );
}
