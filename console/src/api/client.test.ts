import { afterEach, expect, test, vi } from 'vitest';
import { askWith, call } from './client';

const answer = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

afterEach(() => {
  askWith();
  vi.unstubAllGlobals();
});

test('on one’s own machine the cookie is all that is shown', async () => {
  const fetch = vi.fn(async (_: string, __: RequestInit) => answer({ Id: 'a' }));
  vi.stubGlobal('fetch', fetch);
  expect(await call('POST', '/insights', {})).toEqual({ Id: 'a' });
  expect(fetch).toHaveBeenCalledWith('/insights', expect.objectContaining({ headers: { 'content-type': 'application/json' }, credentials: 'same-origin' }));
});

test('with a ticket each request shows it, and it hears when it is not taken', async () => {
  const fetch = vi.fn(async (_: string, __: RequestInit) => answer({ message: 'Unauthorized' }, 401));
  vi.stubGlobal('fetch', fetch);
  const refused = vi.fn();
  askWith({ prefix: '/api', headers: async () => ({ authorization: 'Bearer a' }), refused });
  await expect(call('GET', '/stackseer/status')).rejects.toThrow('Unauthorized');
  expect(fetch).toHaveBeenCalledWith('/api/stackseer/status', expect.objectContaining({ headers: { authorization: 'Bearer a' } }));
  expect(refused).toHaveBeenCalledOnce();
});

test('what somebody may not do is no reason to sign in again', async () => {
  vi.stubGlobal('fetch', async () => answer({ Message: 'you may only look' }, 403));
  const refused = vi.fn();
  askWith({ prefix: '/api', headers: async () => ({}), refused });
  await expect(call('PUT', '/feedback', {})).rejects.toThrow('you may only look');
  expect(refused).not.toHaveBeenCalled();
});
