import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browser, json, SIGN_IN, tokens } from './fake';
import { Session } from './session';

const MINUTE = 60_000;
const provider = vi.fn(async (_: string, __?: RequestInit) => json(tokens({ access_token: 'second', refresh_token: undefined })));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  provider.mockClear();
  vi.stubGlobal('fetch', provider);
  browser('/');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const session = () => new Session(SIGN_IN, { access: 'first', refresh: 'refresh', expires: Date.now() + 15 * MINUTE }, { sub: 'u', aud: 'client', iss: '', iat: 0, exp: 0 });
const shown = async (one: Session) => (await one.headers()).authorization;

test('a token is good until a minute before its end, and then there is another', async () => {
  const one = session();
  vi.advanceTimersByTime(14 * MINUTE);
  expect(await shown(one)).toBe('Bearer first');
  expect(provider).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(await Promise.all([shown(one), shown(one)])).toEqual(['Bearer second', 'Bearer second']);
  expect(provider).toHaveBeenCalledOnce();
  expect(new URLSearchParams(String(provider.mock.calls[0]?.[1]?.body)).get('refresh_token')).toBe('refresh');
  vi.advanceTimersByTime(15 * MINUTE);
  await shown(one);
  expect(new URLSearchParams(String(provider.mock.calls[1]?.[1]?.body)).get('refresh_token')).toBe('refresh');
});

test('it ends when there is no other, once', async () => {
  const one = session();
  const ended = vi.fn();
  one.onEnd(ended);
  vi.advanceTimersByTime(15 * MINUTE);
  provider.mockResolvedValueOnce(json({ error: 'invalid_grant' }, 400));
  await expect(one.headers()).rejects.toMatchObject({ status: 401 });
  await expect(one.headers()).rejects.toMatchObject({ status: 401 });
  expect([one.hasEnded, ended.mock.calls.length, provider.mock.calls.length]).toEqual([true, 1, 1]);
});

test('it does not end because nobody answers for a while', async () => {
  const one = session();
  vi.advanceTimersByTime(15 * MINUTE);
  provider.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  await expect(one.headers()).rejects.toMatchObject({ status: 0 });
  provider.mockResolvedValueOnce(json({}, 503));
  await expect(one.headers()).rejects.toMatchObject({ status: 0 });
  expect(one.hasEnded).toBe(false);
  expect(await shown(one)).toBe('Bearer second');
});

test('it ends when its token is not taken', async () => {
  const one = session();
  const ended = vi.fn();
  const stop = one.onEnd(ended);
  const other = vi.fn();
  one.onEnd(other);
  stop();
  one.refused();
  expect([one.hasEnded, ended.mock.calls.length, other.mock.calls.length]).toEqual([true, 0, 1]);
});

test('who is in no group of operators only looks', () => {
  const of = (more: Record<string, unknown>) => new Session(SIGN_IN, { access: '', expires: 0 }, { sub: 'u', aud: '', iss: '', iat: 0, exp: 0, ...more } as never);
  expect(of({ 'cognito:username': 'anna', 'cognito:groups': ['operators'] })).toMatchObject({ name: 'anna', mayChange: true });
  for (const groups of [undefined, [], ['readers'], 'operators']) expect(of({ 'cognito:groups': groups })).toMatchObject({ name: 'u', mayChange: false });
});
