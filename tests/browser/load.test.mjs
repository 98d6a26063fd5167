// The first load stays small, comes from one place, and obeys a strict policy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, settled } from './lib/browser.mjs';
import { demoAtEnd } from './lib/shared.mjs';

const BUDGET = 500_000;
const { browser, insight } = await demoAtEnd();

test('the first load is at most 500 kB, as sent', async () => {
  for (const [name, hash, title] of [['dashboard', '', 'Dashboard'], ['insight', `#/insights/${insight.Id}`, 'write capacity was cut']]) {
    const context = await browser.context({});
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    const files = new Map();
    let sent = 0;
    devtools.on('Network.responseReceived', ({ requestId, type, response }) => ['Document', 'Script', 'Stylesheet', 'Font', 'Image'].includes(type) && files.set(requestId, response.url));
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (files.has(requestId)) sent += encodedDataLength;
    });
    await page.goto(`${browser.base}/${hash}`);
    await settled(page, title);
    console.log(`first load of the ${name}: ${Math.round(sent / 1000)} kB in ${files.size} files`);
    assert.ok(sent > 50_000, 'something was measured');
    assert.ok(sent <= BUDGET, `${sent} bytes`);
    for (const url of files.values()) assert.ok(url.startsWith(browser.base) || url.startsWith('data:'), `${url} comes from elsewhere`);
    await context.close();
  }
});

test('the policy allows nothing inline and no framing', async () => {
  const opened = await openPage(browser);
  const response = await opened.page.goto(browser.base);
  const policy = response.headers()['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  await opened.context.close();
});
