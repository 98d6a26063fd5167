import type { InsightSummary } from '../api/own';
import { usePreferences } from '../preferences';
import { link } from '../route';
import { moment } from '../time';
import { Axis } from './Axis';
import { scale, span, type Range } from './scales';

/** What was wrong in the last hours: a bar per insight that leads to it, and a diamond per change. */
export function DayStrip({ range, reactive, changes }: { range: Range; reactive: InsightSummary[]; changes: { time: number; label: string }[] }) {
  const { zone } = usePreferences();
  const lanes = stacked(reactive, range);
  const at = scale(range, { from: 0, to: 100 });
  return (
    <div className="strip">
      {lanes.map((lane, index) => (
        <div className="lane" key={index}>
          {lane.map((insight) => {
            const { StartTime = range.from, EndTime } = insight.InsightTimeRange ?? {};
            const bar = span(range, StartTime, EndTime ?? range.to);
            const label = `${insight.Headline ?? insight.Name}: ${moment(StartTime, zone, range.to)} to ${EndTime ? moment(EndTime, zone, range.to) : 'now'}`;
            return bar && (
              <a
                key={insight.Id} className={insight.Severity === 'HIGH' ? 'bar' : 'bar low'} href={link(['insights', insight.Id ?? ''])}
                style={{ left: `${bar.start}%`, width: `${bar.width}%` }} aria-label={label} title={label}
              />
            );
          })}
        </div>
      ))}
      <div className="lane" role="img" aria-label={`${changes.length} changes`}>
        {changes.map(({ time, label }) => <span className="diamond" key={`${time} ${label}`} style={{ left: `${at(time)}%` }} title={`${moment(time, zone, range.to)} ${label}`} />)}
      </div>
      <Axis range={range} />
    </div>
  );
}

/** Insights that overlap go to lanes of their own; at least one lane, five at most. */
function stacked(insights: InsightSummary[], range: Range): InsightSummary[][] {
  const lanes: { end: number; items: InsightSummary[] }[] = [{ end: -Infinity, items: [] }];
  const sorted = [...insights].sort((a, b) => (a.InsightTimeRange?.StartTime ?? 0) - (b.InsightTimeRange?.StartTime ?? 0));
  for (const insight of sorted) {
    const start = insight.InsightTimeRange?.StartTime ?? range.from;
    let lane = lanes.find(({ end }) => end <= start);
    if (!lane && lanes.length < 5) lanes.push((lane = { end: -Infinity, items: [] }));
    lane ??= lanes[lanes.length - 1]!;
    lane.items.push(insight);
    lane.end = insight.InsightTimeRange?.EndTime ?? range.to;
  }
  return lanes.map(({ items }) => items);
}
