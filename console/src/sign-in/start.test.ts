import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browser, idToken, json, SIGN_IN, tokens } from './fake';
import { signOut, start } from './start';

const BEGUN = { state: 's1', nonce: 'n1', verifier: 'v'.repeat(43), place: '#/insights/i-1' };
const kept = { 'stackseer-sign-in': JSON.stringify(BEGUN) };
const provider = vi.fn(async (_: string, __?: RequestInit) => json(tokens({ id_token: idToken({ nonce: 'n1', 'cognito:groups': ['operators'] }) })));

beforeEach(() => {
  provider.mockClear();
  vi.stubGlobal('fetch', provider);
});
afterEach(() => vi.unstubAllGlobals());

const why = async () => {
  const started = await start(SIGN_IN);
  if (!('out' in started)) throw new Error('somebody was signed in');
  return started.out.why;
};

test('who opens the page is sent to sign in, with a proof that only this tab has', async () => {
  const { sentTo, storage } = browser('/#/insights/i-1');
  void start(SIGN_IN);
  await vi.waitUntil(() => sentTo.length);
  const to = new URL(sentTo[0] ?? '');
  const begun = JSON.parse(storage.get('stackseer-sign-in') ?? '') as typeof BEGUN;
  expect(to.origin + to.pathname).toBe('https://sign-in.example/oauth2/authorize');
  expect(Object.fromEntries(to.searchParams)).toEqual({
    response_type: 'code', client_id: 'client', redirect_uri: 'https://console.example/', scope: 'openid email', state: begun.state, nonce: begun.nonce,
    code_challenge: createHash('sha256').update(begun.verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  expect(begun.place).toBe('#/insights/i-1');
  expect(to.href).not.toContain(begun.verifier);
  expect(provider).not.toHaveBeenCalled();
});

test('who comes back is signed in where they were, and nothing of it stays in the browser', async () => {
  const { shown, storage, sentTo } = browser('/?code=c1&state=s1', kept);
  const started = await start(SIGN_IN);
  if (!('session' in started)) throw new Error(started.out.why);
  expect([started.session.name, started.session.mayChange]).toEqual(['anna', true]);
  const [to, request] = provider.mock.calls[0] ?? [];
  expect(to).toBe('https://sign-in.example/oauth2/token');
  expect(Object.fromEntries(new URLSearchParams(String(request?.body)))).toEqual({
    grant_type: 'authorization_code', client_id: 'client', code: 'c1', code_verifier: BEGUN.verifier, redirect_uri: 'https://console.example/',
  });
  expect([shown, storage.size, sentTo]).toEqual([['/#/insights/i-1'], 0, []]);
});

test('another state is refused before anything is asked, and what was begun is over', async () => {
  const { shown, storage } = browser('/?code=c1&state=another', kept);
  expect(await why()).toContain('could not be signed in');
  expect(provider).not.toHaveBeenCalled();
  expect([shown, storage.size]).toEqual([['/#/insights/i-1'], 0]);
  expect(await why()).toContain('not begun in this tab');
  expect(provider).not.toHaveBeenCalled();
});

test('a code without a state, or of a sign-in that was not begun here, is refused', async () => {
  browser('/?code=c1', kept);
  expect(await why()).toContain('could not be signed in');
  browser('/?code=c1&state=s1');
  expect(await why()).toContain('not begun in this tab');
  expect(provider).not.toHaveBeenCalled();
});

test('a token for another sign-in, client or issuer is refused', async () => {
  for (const claims of [{ nonce: 'n2' }, {}, { nonce: 'n1', aud: 'another' }, { nonce: 'n1', iss: 'https://attacker.example' }, { nonce: 'n1', exp: 1 }]) {
    browser('/?code=c1&state=s1', kept);
    provider.mockResolvedValueOnce(json(tokens({ id_token: idToken(claims) })));
    expect(await why(), JSON.stringify(claims)).toContain('not one to what was asked');
  }
  browser('/?code=c1&state=s1', kept);
  provider.mockResolvedValueOnce(json(tokens({ id_token: undefined })));
  expect(await why()).toContain('could not be signed in');
});

test('why it was refused is said, and where nobody answers', async () => {
  browser('/?error=access_denied&error_description=Not%20today&state=s1', kept);
  expect(await why()).toBe('You could not be signed in. Not today');
  browser('/?error=access_denied&error_description=Call%20me&state=another', kept);
  expect(await why()).not.toContain('Call me');
  browser('/?code=c1&state=s1', kept);
  provider.mockResolvedValueOnce(json({ error: 'invalid_grant' }, 400));
  expect(await why()).toContain('invalid_grant');
  browser('/?code=c1&state=s1', kept);
  provider.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  expect(await why()).toContain('does not answer');
});

test('who signs out is forgotten there too, and not sent to sign in at once', async () => {
  browser('/?code=c1&state=s1', kept);
  const started = await start(SIGN_IN);
  if (!('session' in started)) throw new Error(started.out.why);
  const { sentTo, storage } = browser('/');
  void signOut(SIGN_IN, started.session);
  await vi.waitUntil(() => sentTo.length);
  const [to, request] = provider.mock.calls[1] ?? [];
  expect([to, new URLSearchParams(String(request?.body)).get('token')]).toEqual(['https://sign-in.example/oauth2/revoke', 'refresh']);
  expect(sentTo).toEqual(['https://sign-in.example/logout?client_id=client&logout_uri=https%3A%2F%2Fconsole.example%2F']);
  browser('/', Object.fromEntries(storage));
  expect(await why()).toBe('You have signed out.');
});
