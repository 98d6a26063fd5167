import { expect, test } from 'vitest';
import { layers } from './layers';

const edge = (From: string, To: string) => ({ From, To });
const column = (ids: string[], edges: { From: string; To: string }[]) => {
  const { cells } = layers(ids, edges);
  return Object.fromEntries(ids.map((id) => [id, cells.get(id)?.column]));
};

test('callers stand before whom they call, by the longest way', () => {
  expect(column(['table', 'api', 'fn'], [edge('api', 'fn'), edge('fn', 'table'), edge('api', 'table')])).toEqual({ api: 0, fn: 1, table: 2 });
});

test('a long edge has a free cell in each column it passes', () => {
  const { ways, cells } = layers(['a', 'b', 'c'], [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')]);
  expect(ways.get('a c')).toHaveLength(1);
  expect(ways.get('a b')).toHaveLength(0);
  expect(ways.get('a c')![0]!.row).not.toBe(cells.get('b')!.row);
});

test('a circle and an edge to nowhere end', () => {
  expect(column(['a', 'b'], [edge('a', 'b'), edge('b', 'a'), edge('a', 'gone'), edge('a', 'a')])).toEqual({ a: 0, b: 1 });
});

test('no two nodes share a cell', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const { cells } = layers(ids, ids.slice(1).map((id, index) => edge(ids[Math.floor(index / 3)]!, id)));
  expect(new Set([...cells.values()].map(({ column, row }) => `${column} ${row}`)).size).toBe(cells.size);
});
