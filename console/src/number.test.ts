import { expect, test } from 'vitest';
import { count, number, percent } from './number';

test.each([[0, '0'], [0.00238, '0.0024'], [3.14159, '3.14'], [136, '136'], [855.4, '855'], [26433, '26,433'], [Number.NaN, '–']])(
  '%d is %s', (value, text) => expect(number(value)).toBe(text));

test('a small share is not nothing, and nothing is', () => {
  expect(percent(0.004)).toBe('< 1 %');
  expect(percent(0)).toBe('0 %');
  expect(percent(0.827)).toBe('83 %');
});

test('one and many', () => {
  expect(count(1, 'anomaly', 'anomalies')).toBe('1 anomaly');
  expect(count(2, 'anomaly', 'anomalies')).toBe('2 anomalies');
});
