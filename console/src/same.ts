/** `next`, with every part of `old` that is equal taken from it: what didn't change is not drawn again. */
export function same<T>(old: unknown, next: T): T {
  if (old === next || typeof old !== 'object' || typeof next !== 'object' || old === null || next === null) return next;
  if (Array.isArray(old) !== Array.isArray(next)) return next;
  const before = old as Record<string, unknown>, now = next as Record<string, unknown>;
  const keys = Object.keys(now);
  let isEqual = keys.length === Object.keys(before).length;
  const kept = (Array.isArray(next) ? [] : {}) as Record<string, unknown>;
  for (const key of keys) {
    kept[key] = same(before[key], now[key]);
    if (kept[key] !== before[key] || !(key in before)) isEqual = false;
  }
  return (isEqual ? old : kept) as T;
}
