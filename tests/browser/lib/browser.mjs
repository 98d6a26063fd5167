// Debian's Chromium, and pages whose own errors fail the test.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

export const WIDE = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

function executable() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = process.env.STACKSEER_CHROMIUM ?? names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (!found) throw new Error('no Chromium on PATH: on Debian, apt install chromium; or name one in STACKSEER_CHROMIUM');
  return found;
}

function launch() {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: executable(), args: isRoot ? ['--no-sandbox'] : [] });
}

/** A browser that nobody let in anywhere; `base` is where it opens pages. */
export async function openStranger(base) {
  const browser = await launch();
  return { base, close: () => browser.close(), context: (options) => browser.newContext({ ...WIDE, ...options }) };
}

/** A browser that was let in at `server.at`. */
export async function openBrowser(server) {
  const browser = await launch();
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(server.at);
  const base = new URL(page.url()).origin;
  const storageState = await first.storageState();
  await first.close();
  return { base, close: () => browser.close(), context: (options) => browser.newContext({ ...WIDE, ...options, storageState: { ...storageState, origins: [] } }) };
}

/** A page with what it said on its console as errors. */
export async function openPage(browser, hash = '', options = {}) {
  const context = await browser.context(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(`${message.text()} ${message.location().url ?? ''}`));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${browser.base}/${hash}`);
  return { page, errors, context };
}

/** Closes the page; it must have had no errors but those that the test provoked. */
export async function closePage({ errors, context }, provoked) {
  await context.close();
  assert.deepEqual(errors.filter((error) => !provoked?.test(error)), []);
}

/** Waits until the page's title is there and nothing is loading. */
export async function settled(page, title) {
  await page.locator('main h1', title ? { hasText: title } : {}).waitFor();
  await page.getByText(/^Loading /).waitFor({ state: 'detached' });
}

// Cloudscape's own, in its components' insides.
const NOT_OURS = [{ rule: 'aria-allowed-attr', html: /aria-orientation/ }];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong, as lines. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes
    .filter(({ html }) => !NOT_OURS.some((known) => known.rule === id && known.html.test(html)))
    .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary?.replace(/\s+/g, ' ').slice(0, 200)}`));
}

/** Keeps a picture in the folder that STACKSEER_SCREENSHOTS names. */
export async function picture(page, name) {
  const folder = process.env.STACKSEER_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Asks the API with the page's own cookie. */
export const ask = (page, method, path, body) => page.evaluate(
  async ([method, path, body]) => (await fetch(path, { method, headers: body ? { 'content-type': 'application/json' } : {}, body: body && JSON.stringify(body) })).json(),
  [method, path, body],
);

/** The demo's reactive insights that have begun, the oldest first. */
export async function reactive(page) {
  const { ReactiveInsights } = await ask(page, 'POST', '/insights/search', { Type: 'REACTIVE', StartTimeRange: { FromTime: 0 } });
  return ReactiveInsights.sort((a, b) => a.InsightTimeRange.StartTime - b.InsightTimeRange.StartTime);
}

/** The insight of the capacity cut: the demo's second. */
export async function capacityCut(page) {
  const found = (await reactive(page)).find(({ Name }) => /write capacity was cut/.test(Name));
  assert.ok(found, 'the demo has the insight of the capacity cut');
  return found;
}
