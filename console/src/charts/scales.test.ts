import { expect, test } from 'vitest';
import { linePath, scale, span, ticks, timeTicks, valueRange } from './scales';

test('a scale maps both ends, and a domain of nothing to the start', () => {
  const at = scale({ from: 10, to: 20 }, { from: 0, to: 100 });
  expect([at(10), at(15), at(20)]).toEqual([0, 50, 100]);
  expect(scale({ from: 5, to: 5 }, { from: 0, to: 100 })(5)).toBe(0);
});

test('ticks are round', () => {
  expect(ticks({ from: 0, to: 136 })).toEqual([0, 50, 100]);
  expect(ticks({ from: -3, to: 3 }, 3)).toEqual([-2, 0, 2]);
  expect(ticks({ from: 0, to: 0.3 })).toEqual([0, 0.1, 0.2, 0.3]);
});

test('times are round and few', () => {
  expect(timeTicks({ from: 3600, to: 14_400 }, 3)).toEqual([3600, 7200, 10_800, 14_400]);
  expect(timeTicks({ from: 0, to: 86_400 * 90 }, 6).length).toBeLessThanOrEqual(7);
});

test('counts start at zero, and what is below zero is seen', () => {
  expect(valueRange([5, 7, null])).toEqual({ from: 0, to: 7 });
  expect(valueRange([-2, 7])).toEqual({ from: -2, to: 7 });
  expect(valueRange([null])).toEqual({ from: 0, to: 1 });
});

test('a missing point is a hole', () => {
  expect(linePath([[0, 1], [1, 2], undefined, [3, 4]])).toBe('M0.0 1.0L1.0 2.0M3.0 4.0');
});

test('a span is clipped to what is shown, and not drawn outside of it', () => {
  expect(span({ from: 0, to: 100 }, -50, 50)).toEqual({ start: 0, width: 50 });
  expect(span({ from: 0, to: 100 }, 101, 120)).toBeUndefined();
});
