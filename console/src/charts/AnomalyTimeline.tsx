import { Axis } from './Axis';
import type { Marker } from './MetricChart';
import { span, type Range } from './scales';

export interface TimelineRow {
  id: string; label: string; resource: string; from: number; to?: number; isCause: boolean; isContextual: boolean;
}

/** One bar per metric on one clock, the cause's first, with the changes. */
export function AnomalyTimeline({ rows, range, markers, describe }: {
  rows: TimelineRow[]; range: Range; markers: Marker[]; describe: (row: TimelineRow) => string;
}) {
  const ticks = markers.flatMap((marker) => {
    const place = span(range, marker.time, marker.time);
    return place ? [{ ...marker, left: place.start }] : [];
  });
  return (
    <div>
      <ol className="rows" aria-label="Anomalous metrics on one clock">
        {rows.map((row) => {
          const bar = span(range, row.from, row.to ?? range.to);
          return (
            <li key={row.id}>
              <div className="label">
                {row.label}{row.isCause && <strong> · cause</strong>}<br /><small>{row.resource}</small>
              </div>
              <div className="clockface" role="img" aria-label={describe(row)}>
                {bar && <span className={row.isContextual ? 'bar contextual' : 'bar'} style={{ left: `${bar.start}%`, width: `${bar.width}%` }} />}
                {ticks.map(({ left, label, time }) => <span className="tick" key={`${time} ${label}`} style={{ left: `${left}%` }} title={label} />)}
              </div>
            </li>
          );
        })}
      </ol>
      <div className="rows"><div className="timeaxis"><Axis range={range} /></div></div>
    </div>
  );
}
