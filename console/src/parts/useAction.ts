import { useState } from 'react';

/** Something that changes the server: busy while it runs, then `done`, or its error as a sentence. */
export function useAction(done: () => void) {
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const run = async (action: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await action();
      done();
      return true;
    } catch (failure) {
      setError((failure as Error).message);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, error, isBusy };
}
