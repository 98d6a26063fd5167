import type { Change, Insight } from '../../api/own';
import { Axis } from '../../charts/Axis';
import { span } from '../../charts/scales';
import { ChangeTable, changeSentence } from '../../parts/ChangeTable';
import { Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { usePreferences } from '../../preferences';
import { useServer } from '../../server';
import { moment } from '../../time';

/** Relevant events as a timeline and as a list. */
export function EventsSection({ insight, events }: { insight: Insight; events: Change[] }) {
  const { zone } = usePreferences();
  const { now } = useServer();
  const { StartTime = 0, EndTime = now() } = insight.InsightTimeRange ?? {};
  const times = [StartTime, EndTime, ...events.map(({ Time = StartTime }) => Time)];
  const margin = Math.max(600, (Math.max(...times) - Math.min(...times)) * 0.05);
  const range = { from: Math.min(...times) - margin, to: Math.max(...times) + margin };
  const bar = span(range, StartTime, EndTime);
  return (
    <Section title="Relevant events" count={events.length}>
      {events.length > 0 && (
        <div className="strip">
          <div className="lane" role="img" aria-label={`${events.length} events around the insight, listed below`}>
            {bar && <span className="bar low" style={{ left: `${bar.start}%`, width: `${bar.width}%` }} title="The insight" />}
            {events.map((event) => {
              const at = span(range, event.Time ?? 0, event.Time ?? 0);
              return at && <span className="diamond" key={event.Id} style={{ left: `${at.start}%` }} title={`${moment(event.Time ?? 0, zone)} ${changeSentence(event)}`} />;
            })}
          </div>
          <Axis range={range} />
        </div>
      )}
      <ChangeTable changes={events} label="Relevant events" empty={<Nothing title="No event is related to it" />} />
    </Section>
  );
}
