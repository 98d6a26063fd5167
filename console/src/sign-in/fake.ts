// For the tests: what the provider answers, and the browser around the page.

import { vi } from 'vitest';

export const SIGN_IN = { Issuer: 'https://issuer.example/pool', ClientId: 'client', Address: 'https://sign-in.example' };

const coded = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');

export function idToken(claims: Record<string, unknown> = {}) {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: SIGN_IN.Issuer, aud: SIGN_IN.ClientId, sub: 'u-1', iat: now, exp: now + 900, 'cognito:username': 'anna', ...claims };
  return `${coded({ alg: 'RS256' })}.${coded(all)}.c2lnbmVk`;
}

export const tokens = (more: Record<string, unknown> = {}) => ({ access_token: 'access', token_type: 'Bearer', expires_in: 900, refresh_token: 'refresh', id_token: idToken(), ...more });

export const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** `at`: the address that is open. */
export function browser(at: string, kept: Record<string, string> = {}) {
  const storage = new Map(Object.entries(kept));
  const url = new URL(at, 'https://console.example');
  const sentTo: string[] = [];
  const shown: string[] = [];
  vi.stubGlobal('location', { origin: url.origin, protocol: url.protocol, search: url.search, hash: url.hash, assign: (to: string) => sentTo.push(to) });
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, to: string) => shown.push(to) });
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  });
  return { storage, sentTo, shown };
}
