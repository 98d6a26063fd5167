// The demo after its day with a browser on it, started once for all files of a run.
import { after } from 'node:test';
import { capacityCut, closePage, openBrowser, openPage, settled } from './browser.mjs';
import { startDemo } from './server.mjs';

let shared;

/** `insight` is the one of the capacity cut. */
export const demoAtEnd = () => (shared ??= start());

async function start() {
  let server, browser;
  after(async () => {
    await browser?.close();
    server?.stop();
  });
  server = await startDemo('--at-end');
  browser = await openBrowser(server);
  const opened = await openPage(browser);
  await settled(opened.page, 'Dashboard');
  const insight = await capacityCut(opened.page);
  await closePage(opened);
  return { browser, insight };
}
