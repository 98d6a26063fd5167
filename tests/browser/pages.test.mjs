// Each page in light, dark and on a phone: it shows what it is for, without errors, and axe finds nothing of ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closePage, openPage, PHONE, picture, settled, violations } from './lib/browser.mjs';
import { demoAtEnd } from './lib/shared.mjs';

const { browser, insight } = await demoAtEnd();

const PAGES = [
  ['dashboard', () => '', 'Dashboard', ['Wrong now', 'Health by application', 'Last 24 hours', 'Mean time to recover', 'Resources watched']],
  ['insights', () => '#/insights?status=', 'Insights', ['write capacity was cut', 'Closed', 'High']],
  ['proactive', () => '#/insights?type=PROACTIVE', 'Insights', ['point-in-time recovery']],
  ['insight', () => `#/insights/${insight.Id}`, 'write capacity was cut', [
    'Cause', 'What to do', 'Changed around the start', 'Metrics on one clock', 'Graphed anomalies', 'Relevant events',
    'Considered and ruled out', 'Notes', 'History', 'Impact', 'aws dynamodb describe-table',
  ]],
  ['topology', () => '#/topology', 'Topology', ['Lambda function', 'shop-checkout', 'shop-orders']],
  ['resources', () => '#/resources', 'Analysed resources', ['shop-checkout', 'Watched']],
  ['changes', () => '#/changes', 'Changes', ['UpdateTable']],
  ['cost', () => '#/cost', 'Cost', ['By type of resource', 'resources of shop', 'DynamoDB table']],
  ...['coverage', 'channels', 'sensitivity', 'integrations', 'mutes', 'audit'].map((name) => [
    `settings-${name}`, () => `#/settings/${name}`, 'Settings', [],
  ]),
  ['not-found', () => '#/nowhere', 'No such page', []],
];
const LOOKS = { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, phone: { ...PHONE, colorScheme: 'light' } };

test('each page', { concurrency: 3 }, (t) => Promise.all(Object.entries(LOOKS).map(([look, options]) => t.test(look, async (t) => {
  const opened = await openPage(browser, '', options);
  const { page, errors } = opened;
  for (const [name, hash, title, texts] of PAGES) {
    await t.test(name, async () => {
      await page.goto(`${browser.base}/${hash()}`);
      await settled(page, title);
      for (const text of texts) await page.locator('main').getByText(text).locator('visible=true').first().waitFor();
      assert.match(await page.title(), / · Stackseer$/);
      assert.ok(await page.getByText('not a product of Amazon Web Services').isVisible());
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} px wider than the screen`);
      await picture(page, `${name}-${look}`);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(errors.splice(0), []);
    });
  }
  await closePage(opened);
}))));
