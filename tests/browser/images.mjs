// The pictures in docs/images: `STACKSEER_BIN=… npm run images`. Each on the demo's day while the capacity cut goes on.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, openBrowser, openPage, PHONE, reactive, settled } from './lib/browser.mjs';
import { startDemo } from './lib/server.mjs';

const TICK = 300;
const folder = fileURLToPath(new URL('../../docs/images', import.meta.url));
mkdirSync(folder, { recursive: true });
const server = await startDemo();
const browser = await openBrowser(server);
try {
  const id = await duringTheIncident();
  const HIGH = { viewport: { width: 1280, height: 1500 } };
  for (const [name, hash, title, options] of [
    ['console-dashboard', '', 'Dashboard', { viewport: { width: 1280, height: 860 } }],
    ['console-insights', '#/insights?status=', 'Insights', { viewport: { width: 1280, height: 720 } }],
    ['console-insight-light', `#/insights/${id}`, 'write capacity was cut', { ...HIGH, colorScheme: 'light' }],
    ['console-insight-dark', `#/insights/${id}`, 'write capacity was cut', { ...HIGH, colorScheme: 'dark' }],
    ['console-insight-phone', `#/insights/${id}`, 'write capacity was cut', { ...PHONE, viewport: { width: 390, height: 1200 } }],
    ['console-topology', '#/topology', 'Topology', { viewport: { width: 1280, height: 960 } }],
  ]) {
    const { page, context } = await openPage(browser, hash, options);
    await settled(page, title);
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  server.stop();
}

/** Stops the clock when the capacity cut has gone on for 25 minutes, and was looked at all that time. */
async function duringTheIncident() {
  const { page, context } = await openPage(browser);
  await settled(page, 'Dashboard');
  for (;;) {
    const insight = (await reactive(page)).find(({ Name }) => /write capacity was cut/.test(Name));
    const { Now, LastWatch = Now } = await ask(page, 'GET', '/stackseer/status');
    const isThere = insight && LastWatch >= insight.InsightTimeRange.StartTime + 25 * 60;
    // Never far ahead of what was looked at, however slow this machine.
    const Paused = isThere || Now - LastWatch > TICK;
    await ask(page, 'PUT', '/stackseer/clock', { Paused, Speed: 300 });
    if (isThere && Now - LastWatch < TICK) {
      await context.close();
      return insight.Id;
    }
    await page.waitForTimeout(200);
  }
}
