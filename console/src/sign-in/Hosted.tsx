import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { askWith } from '../api/client';
import type { SignIn } from '../config';
import { Footer } from '../parts/Footer';
import { AccountContext } from './account';
import type { Session } from './session';
import { go, signOut, start, type Out } from './start';

/** The console for who is signed in, and for others the way to it. */
export async function hosted(signIn: SignIn, console: ReactNode) {
  const started = await start(signIn);
  if ('out' in started) return <SignedOut signIn={signIn} out={started.out} />;
  askWith(started.session);
  return <SignedIn signIn={signIn} session={started.session}>{console}</SignedIn>;
}

function SignedIn({ signIn, session, children }: { signIn: SignIn; session: Session; children: ReactNode }) {
  const hasEnded = useSyncExternalStore(session.onEnd, () => session.hasEnded);
  const account = useMemo(() => ({ name: session.name, mayChange: session.mayChange, signOut: () => void signOut(signIn, session) }), [signIn, session]);
  if (hasEnded) return <SignedOut signIn={signIn} out={{ why: 'Your session has ended. You come back to where you were.' }} />;
  return <AccountContext value={account}>{children}</AccountContext>;
}

function SignedOut({ signIn, out }: { signIn: SignIn; out: Out }) {
  return (
    <main className="signed-out">
      <SpaceBetween size="l">
        <img src="./favicon.svg" alt="" height="48" />
        <Box variant="h1">Stackseer</Box>
        {out.why && <Alert type={out.isError ? 'error' : 'info'}>{out.why}</Alert>}
        <Button variant="primary" onClick={() => void go(signIn)}>Sign in</Button>
        <Footer />
      </SpaceBetween>
    </main>
  );
}
