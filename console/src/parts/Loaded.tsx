import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Spinner from '@cloudscape-design/components/spinner';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';
import type { Live } from '../live';

/** What was loaded, or what there is instead: waiting, an error, or what was known before with a word that it is old. */
export function Loaded<T>({ live, what, children }: { live: Live<T>; what: string; children: (data: T) => ReactNode }) {
  const { data, error } = live;
  if (data !== undefined) {
    return (
      <>
        {error && <Stale what={what} live={live} />}
        {children(data)}
      </>
    );
  }
  if (!error) return <div className="waiting" role="status"><Spinner size="large" /><Box color="text-body-secondary">Loading {what}</Box></div>;
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Alert type={isGone ? 'info' : 'error'} header={isGone ? `There is no such ${what}` : `Could not load ${what}`} action={<Button onClick={live.reload}>Try again</Button>}>
      {error.message}
    </Alert>
  );
}

function Stale<T>({ live, what }: { live: Live<T>; what: string }) {
  const at = live.at ? new Date(live.at).toLocaleTimeString('en-GB') : 'before';
  return (
    <Alert type="warning" header="What is shown is old" action={<Button onClick={live.reload}>Try again</Button>}>
      Loading {what} again failed: {live.error?.message} You see what was loaded at {at} of your clock.
    </Alert>
  );
}

export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Box textAlign="center" color="inherit" padding={{ vertical: 'l' }}>
      <Box variant="strong">{title}</Box>
      {children && <Box variant="p" color="text-body-secondary">{children}</Box>}
    </Box>
  );
}
