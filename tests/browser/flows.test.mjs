// What people do: from the dashboard to what to do, by mouse and by keyboard alone; what they write is there afterwards.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ask, closePage, openPage, settled } from './lib/browser.mjs';
import { demoAtEnd } from './lib/shared.mjs';

const { browser, insight } = await demoAtEnd();

const open = () => openPage(browser, `#/insights/${insight.Id}`).then(async (opened) => {
  await settled(opened.page, 'write capacity was cut');
  return opened;
});
const button = (page, name) => page.getByRole('button', { name, exact: typeof name === 'string' });
const choose = async (page, menu, item) => {
  await page.locator('main').getByRole('button', { name: menu }).click();
  await page.locator('[role^="menuitem"]').filter({ hasText: item }).click();
};

test('from the dashboard to what to do in two clicks', async () => {
  const opened = await openPage(browser);
  const { page } = opened;
  await settled(page, 'Dashboard');
  await page.getByRole('link', { name: /write capacity was cut/ }).first().click();
  await settled(page, 'write capacity was cut');
  await page.getByRole('heading', { name: /^Set the write capacity of shop-orders back/ }).waitFor();
  await closePage(opened);
});

test('acknowledge and take it back', async () => {
  const opened = await open();
  const { page } = opened;
  await button(page, 'Acknowledge').click();
  await button(page, /^Seen by/).waitFor();
  assert.ok((await ask(page, 'GET', `/insights/${insight.Id}`)).ReactiveInsight.Acknowledgement.By);
  await button(page, /^Seen by/).click();
  await button(page, 'Acknowledge').waitFor();
  await closePage(opened);
});

test('assign, and the list says to whom', async () => {
  const opened = await open();
  const { page } = opened;
  await choose(page, 'Assign or mute', 'Assign…');
  const dialog = page.getByRole('dialog', { name: 'Assign the insight' });
  await dialog.getByLabel('To whom').fill('kim');
  await dialog.getByText(`stackseer assign ${insight.Id} kim`).waitFor();
  await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.goto(`${browser.base}/#/insights?status=`);
  await page.getByRole('row', { name: /write capacity was cut/ }).getByText('kim').waitFor();
  await closePage(opened);
});

test('a note is written, stays, and is removed', async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByLabel('New note').fill('<b>capacity</b> was set back by hand');
  await button(page, 'Add the note').click();
  await page.getByText('<b>capacity</b> was set back by hand').waitFor();
  await page.reload();
  await settled(page);
  await button(page, /^Remove the note/).click();
  await page.getByText('was set back by hand').waitFor({ state: 'detached' });
  await closePage(opened);
});

test('mute: needs a reason, shows the command, and can be taken back in the settings', async () => {
  const opened = await open();
  const { page } = opened;
  await choose(page, 'Assign or mute', 'Mute…');
  const dialog = page.getByRole('dialog', { name: 'Mute' });
  assert.ok(await dialog.getByRole('button', { name: 'Mute', exact: true }).isDisabled());
  await dialog.getByLabel('Why').fill('load test');
  await dialog.getByText("--reason 'load test'").waitFor();
  await dialog.getByRole('button', { name: 'Mute', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.goto(`${browser.base}/#/settings/mutes`);
  await page.getByText('load test').waitFor();
  await button(page, /^Take back the mute/).first().click();
  await page.getByText('load test').waitFor({ state: 'detached' });
  await closePage(opened);
});

test('feedback is kept', async () => {
  const opened = await open();
  const { page } = opened;
  await choose(page, 'Feedback', 'The insight is right');
  await page.waitForFunction(async (id) => (await (await fetch(`/insights/${id}`)).json()).ReactiveInsight.Feedback === 'VALID_COLLECTION', insight.Id);
  await closePage(opened);
});

test('the post-mortem as Markdown and as JSON', async () => {
  const opened = await open();
  const { page } = opened;
  const save = async (format) => {
    const [saved] = await Promise.all([page.waitForEvent('download'), choose(page, 'Export', format)]);
    return readFile(await saved.path(), 'utf8');
  };
  const text = await save('Markdown');
  assert.match(text, /^# DynamoDB shop-orders/);
  assert.match(text, /## What to do/);
  assert.match(text, /## History/);
  const report = JSON.parse(await save('JSON'));
  assert.equal(report.insight.Id, insight.Id);
  assert.ok(report.anomalies.length > 0);
  await closePage(opened);
});

test('a graph is read by keyboard, and shown as a table', async () => {
  const opened = await open();
  const { page } = opened;
  const graph = page.getByRole('article').first();
  const image = graph.getByRole('img');
  assert.match(await image.getAttribute('aria-label'), /anomalous from/);
  await image.focus();
  await page.keyboard.press('ArrowRight');
  await graph.getByText(/expected .* to /).waitFor();
  await graph.getByText('As a table').click();
  await graph.getByRole('columnheader', { name: 'Expected from' }).waitFor();
  assert.match(await graph.getByRole('link', { name: /^Open in CloudWatch/ }).getAttribute('href'), /^https:\/\/.*cloudwatch/i);
  await closePage(opened);
});

test('a filter, its address, and a saved view', async () => {
  const opened = await openPage(browser, '#/insights?status=CLOSED&severity=HIGH');
  const { page } = opened;
  await settled(page, 'Insights');
  await page.getByText('Severity = HIGH').waitFor();
  await button(page, 'Views').click();
  await page.getByRole('menuitem', { name: 'Save this view…' }).click();
  await page.getByLabel('Name').fill('Bad ones');
  await button(page, 'Save').click();
  await button(page, 'Clear filters').click();
  await page.waitForURL(/status=(&|$)/);
  await button(page, 'Views').click();
  await page.getByRole('menuitem', { name: 'Bad ones' }).click();
  await page.waitForURL(/status=CLOSED&severity=HIGH$/);
  await closePage(opened);
});

test('local time instead of UTC, dark instead of light, both stay', async () => {
  const opened = await openPage(browser, `#/insights/${insight.Id}`, { timezoneId: 'Asia/Tokyo', colorScheme: 'light' });
  const { page } = opened;
  await settled(page);
  const since = page.locator('dl.facts time').first();
  assert.match(await since.textContent(), /12:\d\d UTC/);
  await button(page, 'Times are UTC: show local times').click();
  assert.match(await since.textContent(), /21:\d\d/);
  await button(page, 'Colours').click();
  await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click();
  await page.reload();
  await settled(page);
  assert.ok(await page.evaluate(() => document.body.classList.contains('awsui-dark-mode')));
  assert.match(await since.textContent(), /21:\d\d/);
  await closePage(opened);
});

test('topology: what is chosen tells who calls it', async () => {
  const opened = await openPage(browser, '#/topology');
  const { page } = opened;
  await settled(page, 'Topology');
  await page.getByRole('button', { name: /shop-checkout/ }).press('Enter');
  await page.getByRole('heading', { name: /shop-checkout/ }).waitFor();
  await page.getByText('Called or fed by').waitFor();
  await closePage(opened);
});

test('coverage and channels are set, with the command that does it', async () => {
  const opened = await openPage(browser, '#/settings/coverage');
  const { page } = opened;
  await settled(page, 'Settings');
  await button(page, 'Add').click();
  await page.getByLabel('Stack', { exact: true }).fill('billing');
  await page.getByText('update-resource-collection --action ADD').first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await page.getByRole('rowheader', { name: 'Stack billing' }).waitFor();
  await page.getByRole('tab', { name: 'Channels' }).click();
  await button(page, 'Add a channel').click();
  await page.getByLabel('ARN of the SNS topic').fill('arn:aws:sns:eu-west-1:123456789012:pager');
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText(':pager', { exact: false }).first().waitFor();
  await page.getByRole('tab', { name: 'Audit' }).click();
  await page.getByRole('table').getByText(/billing|pager/).first().waitFor();
  await closePage(opened);
});

test('a sensitivity is set from an anomaly, shown in the settings, and taken back', async () => {
  const opened = await open();
  const { page } = opened;
  const graph = page.getByRole('article').first();
  await graph.getByRole('button', { name: /^Sensitivity: / }).click();
  const dialog = page.getByRole('dialog', { name: /^Sensitivity of / });
  const key = await dialog.getByLabel('Metric', { exact: true }).inputValue();
  assert.match(key, /^AWS\/DynamoDB \w+ Sum TableName=shop-orders/);
  await dialog.getByRole('radio', { name: /^Low/ }).check();
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await graph.getByRole('link', { name: 'All that are set' }).click();
  await settled(page, 'Settings');
  const row = page.getByRole('row', { name: new RegExp(`^${key.replaceAll('/', '\\/')}`) });
  await row.getByText('Low; in general medium').waitFor();
  const { Sensitivities } = await ask(page, 'GET', '/stackseer/sensitivities');
  const { Now } = await ask(page, 'GET', '/stackseer/status');
  const [{ What, Until }] = Sensitivities;
  assert.deepEqual(What, { Metric: key });
  assert.ok(Until > Now + 29 * 86_400 && Until <= Now + 31 * 86_400, 'it ends by itself');
  await row.getByRole('button', { name: /^Take back/ }).click();
  await page.getByText('Everything is watched with medium sensitivity').waitFor();
  await closePage(opened);
});

test('a sensitivity is set in the settings, by the metric’s name', async () => {
  const opened = await openPage(browser, '#/settings/sensitivity');
  const { page } = opened;
  await settled(page, 'Settings');
  await button(page, 'Set').click();
  const dialog = page.getByRole('dialog', { name: 'Set a sensitivity' });
  assert.ok(await dialog.getByRole('button', { name: 'Set', exact: true }).isDisabled());
  await dialog.getByRole('textbox', { name: 'Metric', exact: true }).fill('AWS/SQS NumberOfMessagesSent Sum QueueName=shop-order-queue');
  await dialog.getByRole('radio', { name: /^High/ }).check();
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('High; in general medium').waitFor();
  await button(page, /^Take back AWS\/SQS/).click();
  await page.getByText('High; in general medium').waitFor({ state: 'detached' });

  await button(page, 'Set').click();
  await dialog.getByRole('button', { name: /^What/ }).click();
  await page.getByRole('option', { name: 'Resource' }).click();
  await dialog.getByRole('textbox', { name: 'Resource', exact: true }).fill('AWS::SQS::Queue/shop-order-queue');
  await dialog.getByText("stackseer sensitivity set low --resource AWS::SQS::Queue/shop-order-queue --days 30").waitFor();
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /^AWS::SQS::Queue/ }).getByText('Low; in general medium').waitFor();
  await button(page, /^Take back AWS::SQS/).click();
  await page.getByText('Everything is watched with medium sensitivity').waitFor();
  await closePage(opened);
});

test('costs say what was counted, and are those of one application when it is chosen', async () => {
  const opened = await openPage(browser, '#/cost');
  const { page } = opened;
  await settled(page, 'Cost');
  await page.getByText('Counted now: 10 resources of shop').waitFor();
  await page.getByRole('button', { name: /^Application/ }).click();
  await page.getByRole('option', { name: 'shop' }).click();
  await page.waitForURL(/application=/);
  await page.getByText('Counted now: 10 resources of shop').waitFor();
  await page.getByRole('row', { name: /^Lambda function Active/ }).getByText('$').first().waitFor();
  await closePage(opened);
});

test('by keyboard alone: skip link, pages, an insight, a menu', async () => {
  const opened = await openPage(browser, '#/insights?status=');
  const { page } = opened;
  await settled(page, 'Insights');
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const tabTo = async (wanted) => {
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      if (wanted.test(await focused())) return;
    }
    assert.fail(`the keyboard does not reach ${wanted}`);
  };
  await tabTo(/^Skip to/);
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'Insights');
  await tabTo(/write capacity was cut/);
  await page.keyboard.press('Enter');
  await settled(page, 'write capacity was cut');
  await page.locator('main h1').focus();
  await tabTo(/^Acknowledge/);
  await tabTo(/^Feedback/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitemcheckbox').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menuitemcheckbox').first().waitFor({ state: 'detached' });
  await closePage(opened);
});
