// The demo's day goes by: the incident appears by itself, on a clock that can be stopped and made faster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, closePage, openBrowser, openPage, settled } from './lib/browser.mjs';
import { startDemo } from './lib/server.mjs';

test('the incident unfolds while one looks', async (t) => {
  const server = await startDemo();
  t.after(() => server.stop());
  const browser = await openBrowser(server);
  t.after(() => browser.close());
  const opened = await openPage(browser);
  const { page } = opened;
  page.setDefaultTimeout(90_000);
  await settled(page, 'Dashboard');
  const clock = page.getByRole('region', { name: 'The demo’s clock' });
  // At the clock's own pace an incident stays open for more than a minute of ours: time enough to stop it.
  const ongoing = page.getByRole('link', { name: /^[1-9]\d* ?Ongoing reactive/ });
  await ongoing.waitFor();
  await clock.getByRole('button', { name: 'Pause' }).click();
  await clock.getByRole('button', { name: 'Go on' }).waitFor();
  const first = await ask(page, 'GET', '/stackseer/clock');
  assert.equal(first.Paused, true);
  const second = await ask(page, 'GET', '/stackseer/clock');
  assert.equal(second.Now, first.Now, 'a stopped clock stands still');
  await ongoing.click();
  await settled(page, 'Insights');
  await page.getByRole('row').getByText('Ongoing').first().waitFor();
  await page.goto(`${browser.base}/#/insights?status=`);
  await clock.getByText('1200×').click();
  await clock.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('row').getByText('Closed').first().waitFor();
  await closePage(opened);
});
