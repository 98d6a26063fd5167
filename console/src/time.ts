// Seconds since 1970 in and out, as the API has them.

export type Zone = 'utc' | 'local';

const MINUTE = 60, HOUR = 3600;
export const DAY = 86_400;

function parts(seconds: number, zone: Zone) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone === 'utc' ? 'UTC' : undefined, hourCycle: 'h23',
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]));
}

/** `14:05` */
export function clockTime(seconds: number, zone: Zone): string {
  const { hour, minute } = parts(seconds, zone);
  return `${hour}:${minute}`;
}

/** `2026-01-26` */
export function date(seconds: number, zone: Zone): string {
  const { year, month, day } = parts(seconds, zone);
  return `${year}-${month}-${day}`;
}

/** `2026-01-26 14:05 UTC`; today's go without the date. */
export function moment(seconds: number, zone: Zone, now?: number): string {
  const isToday = now !== undefined && date(seconds, zone) === date(now, zone);
  return `${isToday ? '' : `${date(seconds, zone)} `}${clockTime(seconds, zone)}${zone === 'utc' ? ' UTC' : ''}`;
}

/** The two largest units: `45 s`, `12 min`, `1 h 5 min`, `3 d 2 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return two(Math.floor(whole / HOUR), 'h', Math.floor((whole % HOUR) / MINUTE), 'min');
  return two(Math.floor(whole / DAY), 'd', Math.floor((whole % DAY) / HOUR), 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `12 min ago`, `in 3 d` */
export function ago(seconds: number, now: number): string {
  const since = now - seconds;
  if (Math.abs(since) < 5) return 'now';
  return since > 0 ? `${duration(since)} ago` : `in ${duration(-since)}`;
}
