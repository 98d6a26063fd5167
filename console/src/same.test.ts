import { expect, test } from 'vitest';
import { same } from './same';

test('what is equal is the old one', () => {
  const old = { items: [{ id: 1, values: [1, null] }], at: undefined };
  expect(same(old, { items: [{ id: 1, values: [1, null] }], at: undefined })).toBe(old);
});

test('what changed is new, and its neighbours are old', () => {
  const old = { a: { x: 1 }, b: [1, 2] };
  const next = same(old, { a: { x: 2 }, b: [1, 2] });
  expect(next).toEqual({ a: { x: 2 }, b: [1, 2] });
  expect(next).not.toBe(old);
  expect(next.b).toBe(old.b);
});

test('a longer and a shorter list, and another kind', () => {
  expect(same([1], [1, 2])).toEqual([1, 2]);
  expect(same([1, 2], [1])).toEqual([1]);
  expect(same([1], { 0: 1 })).toEqual({ 0: 1 });
  expect(same({ a: 1 }, { a: 1, b: undefined })).toEqual({ a: 1, b: undefined });
});
