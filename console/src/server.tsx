import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import * as api from './api/operations';
import type { Clock } from './api/own';
import type { GetStatusResponse } from './api/types';
import { useLive, type Live } from './live';

interface Server {
  status: Live<GetStatusResponse>;
  /** Whether the server said, or failed to say, what time it is: before, nothing can be asked of a span of time. */
  isReached: boolean;
  /** Under the demo only. */
  clock?: Clock;
  setClock: (change: Partial<Clock>) => Promise<void>;
  /** The server's time: a demo's clock runs by itself. */
  now: () => number;
  /** How often to look again, in milliseconds. */
  every: number;
}

const Context = createContext<Server | undefined>(undefined);

export function ServerProvider({ children }: { children: ReactNode }) {
  const [every, setEvery] = useState(15_000);
  const status = useLive('status', api.status, every);
  const isDemo = status.data?.Source === 'DEMO';
  const clock = useLive(isDemo ? 'clock' : undefined, api.clock, every);
  const [set, setSet] = useState<{ clock: Clock; at: number }>();
  useEffect(() => setEvery(isDemo ? 3000 : 15_000), [isDemo]);

  // The newer of what was polled and what was just set.
  const known = set && set.at > (clock.at ?? 0) ? set : clock.data && clock.at ? { clock: clock.data, at: clock.at } : undefined;
  const source = known
    ? { now: known.clock.Now, at: known.at, speed: known.clock.Paused ? 0 : known.clock.Speed }
    : { now: status.data?.Now ?? Date.now() / 1000, at: status.at ?? Date.now(), speed: 1 };
  const latest = useRef(source);
  latest.current = source;

  const now = useCallback(() => latest.current.now + ((Date.now() - latest.current.at) / 1000) * latest.current.speed, []);
  const isReached = status.data !== undefined && (!isDemo || known !== undefined || clock.error !== undefined) || status.error !== undefined;
  const value = useMemo<Server>(() => ({
    status, every, clock: known?.clock, isReached,
    setClock: async (change) => setSet({ clock: await api.setClock(change), at: Date.now() }),
    now,
  }), [status, every, known?.clock, isReached, now]);
  return <Context value={value}><NowProvider now={now} toldAt={source.at}>{children}</NowProvider></Context>;
}

export function useServer(): Server {
  const value = useContext(Context);
  if (!value) throw new Error('useServer outside of its provider');
  return value;
}

const NowContext = createContext(0);

/** `toldAt`: when the server last said what time it is. */
function NowProvider({ now, toldAt, children }: { now: () => number; toldAt: number; children: ReactNode }) {
  const [value, setValue] = useState(now);
  useEffect(() => {
    setValue(now());
    const timer = setInterval(() => setValue(now()), 1000);
    return () => clearInterval(timer);
  }, [now, toldAt]);
  return <NowContext value={value}>{children}</NowContext>;
}

/** The server's time, for what is drawn; anew every second. */
export const useNow = () => useContext(NowContext);
