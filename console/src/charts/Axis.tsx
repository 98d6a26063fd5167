import { usePreferences } from '../preferences';
import { clockTime, date, DAY } from '../time';
import { scale, timeTicks, type Range } from './scales';

/** A time axis under rows that are drawn in percent. */
export function Axis({ range, count = 6 }: { range: Range; count?: number }) {
  const { zone } = usePreferences();
  const at = scale(range, { from: 0, to: 100 });
  const show = range.to - range.from > 2 * DAY ? date : clockTime;
  const marks = timeTicks(range, count).filter((time) => at(time) > 4 && at(time) < 96);
  return (
    <div className="axis" aria-hidden="true">
      <span style={{ left: '0%' }}>{show(range.from, zone)}</span>
      {marks.map((time) => <span key={time} style={{ left: `${at(time)}%` }}>{at(time) > 10 && at(time) < 90 ? show(time, zone) : ''}</span>)}
      <span style={{ left: '100%' }}>{show(range.to, zone)}</span>
    </div>
  );
}
