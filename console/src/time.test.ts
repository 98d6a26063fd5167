import { expect, test } from 'vitest';
import { ago, duration, moment } from './time';

const AT = Date.UTC(2026, 0, 26, 12, 1) / 1000;

test('times are UTC and say so', () => {
  expect(moment(AT, 'utc')).toBe('2026-01-26 12:01 UTC');
});

test('a time of today goes without its date, of another day not', () => {
  expect(moment(AT, 'utc', AT + 3600)).toBe('12:01 UTC');
  expect(moment(AT, 'utc', AT + 86_400)).toBe('2026-01-26 12:01 UTC');
});

test.each([[0, '0 s'], [59, '59 s'], [60, '1 min'], [3599, '59 min'], [3600, '1 h'], [3900, '1 h 5 min'], [86_400, '1 d'], [180_000, '2 d 2 h'], [-5, '0 s']])(
  '%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test('ago looks both ways', () => {
  expect(ago(AT, AT + 720)).toBe('12 min ago');
  expect(ago(AT, AT - 720)).toBe('in 12 min');
  expect(ago(AT, AT)).toBe('now');
});
