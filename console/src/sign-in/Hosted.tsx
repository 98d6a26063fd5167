import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useSyncExternalStore, type ReactNode } from 'react';
import type { SignIn } from '../config';
import { Footer } from '../parts/Footer';
import { AccountContext } from './account';
import type { Session } from './session';
import { go, signOut, type Out, type Start } from './start';

/** The console for who is signed in, and for others the way to it. */
export function Hosted({ signIn, start, children }: { signIn: SignIn; start: Start; children: ReactNode }) {
  if ('out' in start) return <SignedOut signIn={signIn} out={start.out} />;
  return <SignedIn signIn={signIn} session={start.session}>{children}</SignedIn>;
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
