import { useMemo, useSyncExternalStore } from 'react';

/** `#/insights/abc?tab=x` → `{ path: ['insights', 'abc'], query }`. The hash holds all of a page's state, so that a link shares it. */
export interface Route { path: string[]; query: URLSearchParams }

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

export function link(path: string[], query?: URLSearchParams | Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

export function go(hash: string, replace = false) {
  if (replace) {
    history.replaceState(null, '', hash);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    window.location.hash = hash;
  }
}

const subscribe = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parse(hash), [hash]);
}

/** Follows an in-page link of Cloudscape's without loading anything. */
export function follow(event: { preventDefault: () => void; detail: { href?: string; external?: boolean } }) {
  if (event.detail.external || !event.detail.href?.startsWith('#')) return;
  event.preventDefault();
  go(event.detail.href);
}
