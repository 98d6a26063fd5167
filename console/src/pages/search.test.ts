import { expect, test } from 'vitest';
import { read, request, write } from './search';

const state = (text: string) => read(new URLSearchParams(text));

test('without anything said, what goes on now is asked for', () => {
  expect(state('').status).toEqual(['ONGOING']);
  expect(write(state('')).toString()).toBe('');
});

test('an empty status is any', () => {
  expect(state('status=').status).toEqual([]);
  expect(request(state('status='), 1000, 50).filters.Statuses).toBeUndefined();
});

test('every state is read back as it was written', () => {
  const text = 'type=PROACTIVE&status=CLOSED&severity=HIGH&severity=LOW&application=shop&service=LAMBDA&period=7&page=3&token=t';
  expect(write(state(text)).toString()).toBe(text);
});

test('a page without its token is the first', () => {
  expect(write(state('page=3')).toString()).toBe('');
  expect(request(state('page=3'), 1000, 50).token).toBeUndefined();
});

test('a period asks from then on', () => {
  expect(request(state('period=7'), 1_000_000, 50).from).toBe(1_000_000 - 7 * 86_400);
  expect(request(state('period=nonsense'), 1_000_000, 50).from).toBe(0);
});
