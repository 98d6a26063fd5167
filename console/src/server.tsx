import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import * as api from './api/operations';
import type { Clock } from './api/own';
import type { GetStatusResponse } from './api/types';
import { useLive, type Live } from './live';

interface Server {
  status: Live<GetStatusResponse>;
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
  const [isDemo, setDemo] = useState(false);
  const every = isDemo ? 3000 : 15_000;
  const status = useLive('status', api.status, every);
  const clock = useLive(`clock ${isDemo}`, async () => (isDemo ? await api.clock() : undefined), isDemo ? every : undefined);
  const [set, setSet] = useState<{ clock: Clock; at: number }>();
  useEffect(() => setDemo(status.data?.Source === 'DEMO'), [status.data?.Source]);

  // The newer of what was polled and what was just set.
  const known = set && set.at > (clock.at ?? 0) ? set : clock.data && clock.at ? { clock: clock.data, at: clock.at } : undefined;
  const source = known
    ? { now: known.clock.Now, at: known.at, speed: known.clock.Paused ? 0 : known.clock.Speed }
    : { now: status.data?.Now ?? Date.now() / 1000, at: status.at ?? Date.now(), speed: 1 };
  const latest = useRef(source);
  latest.current = source;

  const value = useMemo<Server>(() => ({
    status, every, clock: known?.clock,
    setClock: async (change) => setSet({ clock: await api.setClock(change), at: Date.now() }),
    now: () => latest.current.now + ((Date.now() - latest.current.at) / 1000) * latest.current.speed,
  }), [status, every, known?.clock]);
  return <Context value={value}>{children}</Context>;
}

export function useServer(): Server {
  const value = useContext(Context);
  if (!value) throw new Error('useServer outside of its provider');
  return value;
}

/** The server's time, for what is drawn; anew every second. */
export function useNow(): number {
  const { now } = useServer();
  const [value, setValue] = useState(now);
  useEffect(() => {
    setValue(now());
    const timer = setInterval(() => setValue(now()), 1000);
    return () => clearInterval(timer);
  }, [now]);
  return value;
}
