// What is seen when things are not well: nothing there, no answer, old data; and when there is very much of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, closePage, openPage, settled } from './lib/browser.mjs';
import { demoAtEnd } from './lib/shared.mjs';

const { browser, insight } = await demoAtEnd();

const json = (body, status = 200, headers = {}) => ({ status, headers, contentType: 'application/json', body: JSON.stringify(body) });
const broken = json({ Message: 'The store does not answer.' }, 500, { 'x-amzn-errortype': 'InternalServerException' });
const blank = async (route, answer) => {
  const context = await browser.context({});
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  if (route) await page.route(route, (request) => request.fulfill(answer));
  return { page, errors, context };
};

test('no insights: the list says so, and that a filter may hide them', async () => {
  const opened = await blank('**/insights/search', json({ ReactiveInsights: [] }));
  await opened.page.goto(`${browser.base}/#/insights`);
  await opened.page.getByText('No such insight').waitFor();
  await opened.page.getByRole('button', { name: 'Show all' }).click();
  await opened.page.getByText('No insights', { exact: true }).waitFor();
  await closePage(opened);
});

test('an error is told with its reason, and loading again helps', async () => {
  const opened = await blank('**/insights/search', broken);
  const { page } = opened;
  await page.goto(`${browser.base}/#/insights?status=`);
  await page.getByText('The store does not answer.').waitFor();
  await page.unroute('**/insights/search');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: /write capacity was cut/ }).waitFor();
  await closePage(opened, /status of 500/);
});

test('an insight that is no more', async () => {
  const opened = await openPage(browser, '#/insights/00000000-0000-4000-8000-000000000000');
  await opened.page.getByText('There is no such insight').first().waitFor();
  await closePage(opened, /status of 404/);
});

test('what is known stays when the server goes away, with a word that it is old', async () => {
  const opened = await openPage(browser, `#/insights/${insight.Id}`);
  const { page } = opened;
  await settled(page, 'write capacity was cut');
  await page.route(/127\.0\.0\.1/, (route) => route.abort());
  await page.getByText('What is shown is old').waitFor();
  await page.getByText('The console’s server does not answer').first().waitFor();
  assert.ok(await page.getByRole('heading', { name: /write capacity was cut/ }).isVisible());
  await page.unroute(/127\.0\.0\.1/);
  await page.getByText('What is shown is old').waitFor({ state: 'detached' });
  await closePage(opened, /ERR_FAILED/);
});

test('what could not be seen is said on every page', async () => {
  const opened = await openPage(browser);
  const status = await ask(opened.page, 'GET', '/stackseer/status');
  await opened.page.route('**/stackseer/status', (route) => route.fulfill(json({ ...status, Unseen: [{ What: '12 series', Why: 'AccessDenied on sqs:GetQueueAttributes' }] })));
  await opened.page.getByText('1 thing could not be seen').waitFor();
  await opened.page.getByRole('button', { name: 'What, and why' }).click();
  await opened.page.getByText('AccessDenied on sqs:GetQueueAttributes').waitFor();
  await closePage(opened);
});

test('the dashboard names what is wrong now, a click from what to do', async () => {
  const ongoing = { ...insight, Status: 'ONGOING', InsightTimeRange: { StartTime: insight.InsightTimeRange.StartTime } };
  const opened = await blank('**/insights/search', json({ ReactiveInsights: [ongoing] }));
  const { page } = opened;
  await page.goto(browser.base);
  await page.getByRole('list').getByRole('link', { name: /write capacity was cut/ }).first().click();
  await page.getByRole('heading', { name: /^Set the write capacity of shop-orders back/ }).waitFor();
  await closePage(opened);
});

for (const [source, ago, text] of [
  ['DEPLOYED', 3600, 'See which application in the dashboard'], ['SCAN', 3600, 'Scan again to see what is now'],
  ['DEPLOYED', undefined, 'A new application is learned first'],
]) {
  test(`what was seen ${ago ? `${ago} s ago` : 'never'} says so, ${source}`, async () => {
    const opened = await openPage(browser);
    const { page } = opened;
    const status = await ask(page, 'GET', '/stackseer/status');
    assert.equal(status.LastWatch, status.Now, 'the demo was looked at to its end');
    await page.getByText('What is shown is old').waitFor({ state: 'detached' });
    await page.route('**/stackseer/status', (route) => route.fulfill(json({ ...status, Source: source, LastWatch: ago && status.Now - ago })));
    await page.getByText(text).waitFor();
    await closePage(opened);
  });
}

test('markup in names stays text', async () => {
  const name = '<img src=x onerror="document.title=1"><script>alert(1)</script>';
  const opened = await blank('**/insights/search', json({ ReactiveInsights: [{ ...insight, Name: name, Headline: name, Status: 'ONGOING' }] }));
  await opened.page.goto(`${browser.base}/#/insights`);
  await opened.page.getByText(name).first().waitFor();
  assert.equal(await opened.page.locator('main img, main script').count(), 0);
  await closePage(opened);
});

test('ten thousand insights: a page at a time, quickly, forth and back', async () => {
  const opened = await blank();
  const { page } = opened;
  await page.route('**/insights/search', (route) => {
    const { NextToken, MaxResults } = route.request().postDataJSON();
    const from = Number(NextToken?.slice(-12) ?? 0), to = Math.min(10_000, from + MaxResults);
    const ReactiveInsights = Array.from({ length: to - from }, (_, index) => ({ ...insight, Id: `id-${from + index}`, Name: `Insight ${from + index}`, Headline: `Insight ${from + index}` }));
    return route.fulfill(json({ ReactiveInsights, NextToken: to < 10_000 ? `00000000-0000-4000-8000-${String(to).padStart(12, '0')}` : undefined }));
  });
  await page.goto(`${browser.base}/#/insights?status=`);
  await page.getByRole('link', { name: 'Insight 0', exact: true }).waitFor();
  for (let index = 1; index <= 3; index++) {
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByRole('link', { name: `Insight ${index * 50}`, exact: true }).waitFor();
  }
  assert.match(page.url(), /page=4/);
  const shared = page.url();
  await page.getByRole('button', { name: 'Previous page' }).click();
  await page.getByRole('link', { name: 'Insight 100', exact: true }).waitFor();
  await page.goto('about:blank');
  await page.goto(shared);
  await page.getByRole('link', { name: 'Insight 150', exact: true }).waitFor();
  assert.ok(await page.getByRole('row').count() <= 52, 'only a page of rows is drawn');
  await closePage(opened);
});

/** How long one frame in ten takes while the page is scrolled, at least. */
const slowFrames = (page) => page.evaluate(async () => {
  const frames = [];
  window.scrollTo(0, 0);
  for (let step = 0, last = performance.now(); step < 40; step++) {
    window.scrollBy(0, 150);
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last);
    last = performance.now();
  }
  return frames.sort((a, b) => a - b)[35];
});

test('an insight of two hundred anomalies stays as fluid as a small one', async () => {
  const small = await openPage(browser, `#/insights/${insight.Id}`);
  await settled(small.page, 'write capacity was cut');
  const { ReactiveAnomalies } = await ask(small.page, 'POST', `/anomalies/insight/${insight.Id}`, {});
  const usual = await slowFrames(small.page);
  await closePage(small);

  const opened = await blank();
  const { page } = opened;
  const many = Array.from({ length: 200 }, (_, index) => ({ ...ReactiveAnomalies[index % ReactiveAnomalies.length], Id: `a-${index}` }));
  await page.route('**/anomalies/insight/**', (route) => route.fulfill(json({ ReactiveAnomalies: many })));
  await page.goto(`${browser.base}/#/insights/${insight.Id}`);
  await page.getByRole('heading', { name: /Graphed anomalies/ }).waitFor();
  await page.getByRole('button', { name: 'Show all 200' }).click();
  assert.equal(await page.getByRole('list', { name: 'Anomalous metrics on one clock' }).getByRole('listitem').count(), 200);
  for (let index = 0; index < 3; index++) await page.getByRole('button', { name: /^Show 8 more/ }).click();
  assert.equal(await page.getByRole('article').count(), 32);
  const slow = await slowFrames(page);
  assert.ok(slow < 3 * usual + 50, `one of ten frames takes ${Math.round(slow)} ms, of a small insight ${Math.round(usual)} ms`);
  await closePage(opened);
});
