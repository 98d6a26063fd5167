import { useMemo, useState, type KeyboardEvent } from 'react';
import type { Series } from '../api/types';
import { number } from '../number';
import { usePreferences } from '../preferences';
import { clockTime, date, DAY, moment, type Zone } from '../time';
import { linePath, scale, ticks, timeTicks, valueRange, type Range } from './scales';
import { useWidth } from './useWidth';

export interface Marker { time: number; label: string }
interface Props {
  series: Series;
  /** When it was anomalous; open-ended while it lasts. */
  window?: { from: number; to?: number };
  markers?: Marker[];
  unit?: string;
  /** What is drawn, for those who can't see it. */
  summary: string;
}

const HEIGHT = 170, TOP = 10, BOTTOM = 22, LEFT = 52, RIGHT = 12;

/** A metric over the band it was expected in, with the anomalous time, the points outside and the changes. */
export function MetricChart({ series, window: anomalous, markers = [], unit = '', summary }: Props) {
  const { zone } = usePreferences();
  const { ref, width } = useWidth<HTMLDivElement>(420);
  const [chosen, setChosen] = useState<number>();
  const drawn = useMemo(() => draw(series, width, anomalous), [series, width, anomalous?.from, anomalous?.to]);
  const { x, y, times, values } = drawn;
  const last = series.Timestamps.length - 1;

  const choose = (index: number) => setChosen(Math.min(last, Math.max(0, index)));
  const onKeyDown = (event: KeyboardEvent) => {
    const move: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 };
    const step = move[event.key];
    if (step !== undefined) choose((chosen ?? drawn.worst) + step);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(last);
    else if (event.key === 'Escape') setChosen(undefined);
    else return;
    event.preventDefault();
  };
  const onMove = (clientX: number, box: DOMRect) => {
    const time = times.from + ((clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * (times.to - times.from);
    choose(nearest(series.Timestamps, time));
  };

  return (
    <div className="chart" ref={ref}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} role="img" aria-label={`${summary} The arrow keys read single points.`} tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => onMove(event.clientX, event.currentTarget.getBoundingClientRect())}
        onPointerLeave={() => setChosen(undefined)}
        onBlur={() => setChosen(undefined)}
      >
        {ticks(values).map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
            <text className="faint" x={LEFT - 6} y={y(value) + 4} textAnchor="end">{number(value)}</text>
          </g>
        ))}
        {timeTicks(times, Math.max(2, Math.floor(width / 90))).map((time) => (
          <text className="faint" key={time} x={x(time)} y={HEIGHT - 6} textAnchor="middle">
            {times.to - times.from > 2 * DAY ? date(time, zone).slice(5) : clockTime(time, zone)}
          </text>
        ))}
        <path className="band" d={drawn.band} />
        {drawn.window && <rect className="window" x={drawn.window.start} y={TOP} width={drawn.window.width} height={HEIGHT - TOP - BOTTOM} />}
        <path className="expected" d={drawn.expected} />
        <path className="value" d={drawn.value} />
        {drawn.outside.map(([cx, cy]) => <circle className="dot" key={cx} cx={cx} cy={cy} r={2.2} />)}
        {markers.filter(({ time }) => time >= times.from && time <= times.to).map(({ time, label }) => (
          <line className="marker" key={`${time} ${label}`} x1={x(time)} x2={x(time)} y1={TOP} y2={HEIGHT - BOTTOM}><title>{label}</title></line>
        ))}
        {chosen !== undefined && <line className="cursor" x1={x(series.Timestamps[chosen] ?? 0)} x2={x(series.Timestamps[chosen] ?? 0)} y1={TOP} y2={HEIGHT - BOTTOM} />}
      </svg>
      <div className="reading" aria-live="polite">{chosen === undefined ? '' : reading(series, chosen, unit, zone)}</div>
    </div>
  );
}

function reading(series: Series, index: number, unit: string, zone: Zone): string {
  const show = (value: number | null | undefined) => (value === null || value === undefined ? 'nothing published' : `${number(value)}${unit && ` ${unit}`}`);
  const lower = series.Lower[index], upper = series.Upper[index];
  const band = typeof lower === 'number' && typeof upper === 'number' ? `, expected ${number(lower)} to ${number(upper)}` : '';
  return `${moment(series.Timestamps[index] ?? 0, zone)}: ${show(series.Values[index])}${band}`;
}

function nearest(times: number[], time: number): number {
  let best = 0;
  times.forEach((candidate, index) => {
    if (Math.abs(candidate - time) < Math.abs((times[best] ?? 0) - time)) best = index;
  });
  return best;
}

function draw(series: Series, width: number, anomalous: Props['window']) {
  const stamps = series.Timestamps;
  const times: Range = { from: stamps[0] ?? 0, to: stamps.at(-1) ?? 1 };
  // A count's band may reach below zero, the count can't.
  const isCount = series.Values.every((value) => value === null || value >= 0);
  const lower = series.Lower.map((value) => (isCount && value !== null ? Math.max(0, value) : value));
  const values = valueRange([...series.Values, ...series.Upper, ...lower]);
  const x = scale(times, { from: LEFT, to: width - RIGHT });
  const y = scale(values, { from: HEIGHT - BOTTOM, to: TOP });
  const points = (of: (number | null)[]) => stamps.map((time, index): [number, number] | undefined => {
    const value = of[index];
    return value === null || value === undefined ? undefined : [x(time), y(value)];
  });
  const outside = stamps.flatMap((time, index): [number, number][] => {
    const value = series.Values[index], low = series.Lower[index], high = series.Upper[index];
    const isOut = typeof value === 'number' && ((typeof high === 'number' && value > high) || (typeof low === 'number' && value < low));
    const isWithin = anomalous && time >= anomalous.from && time <= (anomalous.to ?? times.to);
    return isOut && isWithin ? [[x(time), y(value)]] : [];
  });
  const from = anomalous && Math.max(anomalous.from, times.from), to = anomalous && Math.min(anomalous.to ?? times.to, times.to);
  const high = points(series.Upper), low = points(lower);
  return {
    times, values, x, y, outside,
    worst: series.Values.reduce<number>((best, value, index) => ((value ?? -Infinity) > (series.Values[best] ?? -Infinity) ? index : best), 0),
    window: from !== undefined && to !== undefined && to > from ? { start: x(from), width: x(to) - x(from) } : undefined,
    value: linePath(points(series.Values)),
    expected: linePath(points(series.Expected)),
    band: bandPath(high, low),
  };
}

/** Out along the upper edge and back along the lower, piece by piece where some are missing. */
function bandPath(high: ([number, number] | undefined)[], low: ([number, number] | undefined)[]): string {
  const pieces: [[number, number][], [number, number][]][] = [];
  let isOpen = false;
  high.forEach((top, index) => {
    const bottom = low[index];
    if (!top || !bottom) {
      isOpen = false;
      return;
    }
    if (!isOpen) pieces.push([[], []]);
    isOpen = true;
    const piece = pieces.at(-1);
    piece?.[0].push(top);
    piece?.[1].unshift(bottom);
  });
  return pieces.map(([top, bottom]) => `${linePath([...top, ...bottom])}Z`).join('');
}
