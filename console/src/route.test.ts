import { expect, test } from 'vitest';
import { link, parse } from './route';

test('a link is parsed back', () => {
  const { path, query } = parse(link(['insights', 'a/b %'], { status: 'ONGOING', application: 'a&b' }));
  expect(path).toEqual(['insights', 'a/b %']);
  expect(query.get('application')).toBe('a&b');
});

test.each(['', '#', '#/'])('%s is the dashboard', (hash) => expect(parse(hash).path).toEqual([]));

test('a broken escape is taken as it is', () => expect(parse('#/insights/%E0%A4%A').path).toEqual(['insights', '%E0%A4%A']));
