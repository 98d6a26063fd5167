import '@cloudscape-design/global-styles/index.css';
import './colours.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { config, type SignIn } from './config';
import { Unreachable } from './parts/Unreachable';
import { kept, PreferencesProvider, showTheme } from './preferences';
import { ServerProvider } from './server';

// Before anything is drawn: no flash of white at night.
showTheme(kept('theme', 'system'));

const console = <ServerProvider><App /></ServerProvider>;

/** Who must sign in loads what that takes, and nobody else. */
async function behindSignIn(signIn: SignIn) {
  const { hosted } = await import('./sign-in/Hosted');
  return hosted(signIn, console);
}

const page = document.getElementById('page');
if (!page) throw new Error('index.html has no #page');
const root = createRoot(page);
const shown = await config().then(({ SignIn }) => (SignIn ? behindSignIn(SignIn) : console)).catch(() => <Unreachable />);
root.render(<StrictMode><PreferencesProvider>{shown}</PreferencesProvider></StrictMode>);
