import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Cloudscape's base styles carry Open Sans as 180 kB of data that doesn't compress. The page uses the system's font instead.
const withoutFonts: Plugin = {
  name: 'without-fonts',
  enforce: 'pre',
  transform: (code, id) => (id.includes('global-styles/index.css') ? code.replace(/@font-face\s*{[^}]*}/g, '') : undefined),
};

const api = process.env.STACKSEER_CONSOLE;

export default defineConfig({
  plugins: [react(), withoutFonts],
  build: {
    target: 'es2022', chunkSizeWarningLimit: 1500, reportCompressedSize: false,
    // What several pages use in one file instead of fifty: where the page is hosted, each file is an invocation of a function.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } } },
  },
  // `npm run dev`: the page from here, the API from a running `stackseer console`.
  server: { proxy: api ? { '^/(?!src|node_modules|@|index.html|$)': api } : undefined },
});
