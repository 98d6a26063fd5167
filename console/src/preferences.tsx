import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Zone } from './time';

export type Theme = 'system' | 'light' | 'dark';
interface Preferences { theme: Theme; zone: Zone; setTheme: (theme: Theme) => void; setZone: (zone: Zone) => void }

const Context = createContext<Preferences | undefined>(undefined);
const prefersDark = () => window.matchMedia('(prefers-color-scheme: dark)');

/** What the browser keeps for this page; private modes may refuse. */
export function kept<T>(name: string, fallback: T): T {
  try {
    return JSON.parse(localStorage.getItem(`stackseer.${name}`) ?? 'null') ?? fallback;
  } catch {
    return fallback;
  }
}

export function keep(name: string, value: unknown) {
  try {
    localStorage.setItem(`stackseer.${name}`, JSON.stringify(value));
  } catch {
    // Not kept, then: the page works without.
  }
}

export function showTheme(theme: Theme) {
  const isDark = theme === 'dark' || (theme === 'system' && prefersDark().matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [theme, setTheme] = useState<Theme>(() => kept<Theme>('theme', 'system'));
  const [zone, setZone] = useState<Zone>(() => kept<Zone>('zone', 'utc'));
  useEffect(() => {
    keep('theme', theme);
    showTheme(theme);
    const changed = () => showTheme(theme);
    const media = prefersDark();
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, [theme]);
  useEffect(() => keep('zone', zone), [zone]);
  const value = useMemo(() => ({ theme, zone, setTheme, setZone }), [theme, zone]);
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const value = useContext(Context);
  if (!value) throw new Error('usePreferences outside of its provider');
  return value;
}
