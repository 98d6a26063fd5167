import { useEffect, useState } from 'react';

const NARROW = '(max-width: 688px)';

/** Whether this is a phone: a table then shows what is read first, and the rest is a tap away. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const media = window.matchMedia(NARROW);
    const change = () => setNarrow(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, []);
  return isNarrow;
}
