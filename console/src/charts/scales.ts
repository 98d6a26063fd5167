export interface Range { from: number; to: number }

/** A linear map of `domain` onto `range`. */
export function scale(domain: Range, range: Range): (value: number) => number {
  const width = domain.to - domain.from || 1;
  return (value) => range.from + ((value - domain.from) / width) * (range.to - range.from);
}

/** About `count` round numbers from 0 or below to the top. */
export function ticks({ from, to }: Range, count = 3): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Round times, at most `count` of them. */
export function timeTicks({ from, to }: Range, count = 6): number[] {
  const step = STEPS.find((candidate) => (to - from) / candidate <= count) ?? Math.ceil((to - from) / count / 604_800) * 604_800;
  const first = Math.ceil(from / step) * step;
  return first > to ? [] : Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}

/** From the least to the largest of what is there; counts start at 0 unless something is below. */
export function valueRange(values: (number | null | undefined)[], isFromZero = true): Range {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  if (known.length === 0) return { from: 0, to: 1 };
  const low = Math.min(...known), high = Math.max(...known);
  const from = isFromZero && low >= 0 ? 0 : low;
  return { from, to: high > from ? high : from + 1 };
}

/** An SVG path through points; a hole where one is missing. */
export function linePath(points: ([number, number] | undefined)[]): string {
  let isPenDown = false;
  return points.flatMap((point) => {
    if (!point) {
      isPenDown = false;
      return [];
    }
    const command = `${isPenDown ? 'L' : 'M'}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    isPenDown = true;
    return [command];
  }).join('');
}

/** Where in percent something starts, and how wide it is, clipped to the range. */
export function span(range: Range, from: number, to: number): { start: number; width: number } | undefined {
  if (to < range.from || from > range.to) return undefined;
  const at = scale(range, { from: 0, to: 100 });
  const start = at(Math.max(from, range.from));
  return { start, width: at(Math.min(to, range.to)) - start };
}
