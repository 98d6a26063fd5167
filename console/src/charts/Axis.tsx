import { usePreferences } from '../preferences';
import { useWidth } from './useWidth';
import { clockTime, date, DAY } from '../time';
import { scale, timeTicks, type Range } from './scales';

const LABEL = 64;

/** A time axis under rows that are drawn in percent. */
export function Axis({ range }: { range: Range }) {
  const { zone } = usePreferences();
  const { ref, width } = useWidth<HTMLDivElement>(600);
  const at = scale(range, { from: 0, to: 100 });
  const show = range.to - range.from > 2 * DAY ? date : clockTime;
  const margin = (LABEL / width) * 100;
  const marks = timeTicks(range, Math.max(1, Math.floor(width / LABEL / 1.5))).filter((time) => at(time) > margin && at(time) < 100 - margin);
  return (
    <div className="axis" aria-hidden="true" ref={ref}>
      <span style={{ left: '0%' }}>{show(range.from, zone)}</span>
      {marks.map((time) => <span key={time} style={{ left: `${at(time)}%` }}>{show(time, zone)}</span>)}
      <span style={{ left: '100%' }}>{show(range.to, zone)}</span>
    </div>
  );
}
