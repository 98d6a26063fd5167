import '@cloudscape-design/global-styles/index.css';
import './colours.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { kept, PreferencesProvider, showTheme } from './preferences';
import { ServerProvider } from './server';

// Before anything is drawn: no flash of white at night.
showTheme(kept('theme', 'system'));

const page = document.getElementById('page');
if (!page) throw new Error('index.html has no #page');
createRoot(page).render(
  <StrictMode>
    <PreferencesProvider>
      <ServerProvider>
        <App />
      </ServerProvider>
    </PreferencesProvider>
  </StrictMode>,
);
