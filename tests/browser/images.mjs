// The pictures in docs/images: `STACKSEER_BIN=… npm run images`. Each on the demo's day while the capacity cut goes on.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, capacityCut, openBrowser, openPage, PHONE, settled } from './lib/browser.mjs';
import { startDemo } from './lib/server.mjs';

const folder = fileURLToPath(new URL('../../docs/images', import.meta.url));
mkdirSync(folder, { recursive: true });
const server = await startDemo('--at-end');
const browser = await openBrowser(server);
try {
  const first = await openPage(browser);
  const { Id, InsightTimeRange } = await capacityCut(first.page);
  await first.context.close();
  const running = await duringTheIncident(InsightTimeRange.StartTime + 25 * 60);
  const HIGH = { viewport: { width: 1280, height: 1500 } };
  for (const [name, hash, title, options] of [
    ['console-dashboard', '', 'Dashboard', { viewport: { width: 1280, height: 720 } }],
    ['console-insights', '#/insights?status=', 'Insights', { viewport: { width: 1280, height: 720 } }],
    ['console-insight-light', `#/insights/${Id}`, 'write capacity was cut', { ...HIGH, colorScheme: 'light' }],
    ['console-insight-dark', `#/insights/${Id}`, 'write capacity was cut', { ...HIGH, colorScheme: 'dark' }],
    ['console-insight-phone', `#/insights/${Id}`, 'write capacity was cut', { ...PHONE, viewport: { width: 390, height: 1200 } }],
    ['console-topology', '#/topology', 'Topology', { viewport: { width: 1280, height: 720 } }],
  ]) {
    const { page, context } = await openPage(running.browser, hash, options);
    await settled(page, title);
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }
  await running.close();
} finally {
  await browser.close();
  server.stop();
}

/** A demo whose clock stands still in the middle of it. */
async function duringTheIncident(time) {
  const demo = await startDemo();
  const inside = await openBrowser(demo);
  const { page, context } = await openPage(inside);
  await settled(page, 'Dashboard');
  let clock = await ask(page, 'PUT', '/stackseer/clock', { Paused: false, Speed: 1200 });
  while (clock.Now < time) {
    await page.waitForTimeout(Math.min(3000, Math.max(200, ((time - clock.Now) / 1200) * 1000)));
    clock = await ask(page, 'GET', '/stackseer/clock');
  }
  await ask(page, 'PUT', '/stackseer/clock', { Paused: true });
  await context.close();
  return { browser: inside, close: async () => { await inside.close(); demo.stop(); } };
}
