import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { same } from './same';

export interface Live<T> {
  data?: T;
  /** Of the last try; `data` is then what was known before. */
  error?: Error;
  /** When `data` was loaded, in the browser's milliseconds. */
  at?: number;
  isLoading: boolean;
  reload: () => void;
}

/**
 * Loads for `key`, and again every `every` milliseconds while the page is seen; without a key not yet. What is known stays while it
 * can't be had anew.
 */
export function useLive<T>(key: string | undefined, load: () => Promise<T>, every?: number): Live<T> {
  const [state, setState] = useState<{ key?: string; data?: T; error?: Error; at?: number; isLoading: boolean }>({ key, isLoading: true });
  const latest = useRef(load);
  latest.current = load;
  const turn = useRef(0);
  const isBusy = useRef(false);

  const run = useCallback(async () => {
    const mine = ++turn.current;
    const isMine = () => mine === turn.current;
    isBusy.current = true;
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    try {
      const data = await latest.current();
      if (isMine()) setState((old) => ({ key, data: old.key === key ? same(old.data, data) : data, at: Date.now(), isLoading: false }));
    } catch (error) {
      if (isMine()) setState((old) => ({ ...(old.key === key ? old : { key }), error: error as Error, isLoading: false }));
    } finally {
      if (isMine()) isBusy.current = false;
    }
  }, [key]);

  useEffect(() => {
    if (key === undefined) return;
    void run();
    // A slow answer is waited for: asking again meanwhile would never let one arrive.
    const again = () => document.visibilityState === 'visible' && !isBusy.current && void run();
    const timer = every ? setInterval(again, every) : undefined;
    const seen = () => every && again();
    document.addEventListener('visibilitychange', seen);
    return () => {
      turn.current++;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [key, run, every]);

  return useMemo(() => ({ ...(state.key === key ? state : { isLoading: true }), reload: () => void run() }), [state, key, run]);
}
