/** At most three significant digits above one, thousands grouped: `12,345`, `855`, `3.14`, `0.0024`. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-GB');
  if (size === 0) return '0';
  return String(Number(value.toPrecision(size >= 1 ? 3 : 2)));
}

/** `83 %`; what is small but there is never `0 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 1) return '< 1 %';
  return `${Math.round(value)} %`;
}

export function dollars(value: number): string {
  return value.toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: value !== 0 && Math.abs(value) < 1 ? 4 : 2 });
}

/** `1 anomaly`, `3 anomalies` */
export function count(many: number, one: string, several = `${one}s`): string {
  return `${number(many)} ${many === 1 ? one : several}`;
}
