// The hosted console: nobody sees anything without signing in, and it is known when that is over.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { closePage, openPage, openStranger, picture, settled, violations } from './lib/browser.mjs';
import { startHosted } from './lib/hosted.mjs';

const BUDGET = 500_000;
let hosted, browser, provider;
before(async () => {
  hosted = await startHosted();
  provider = hosted.provider;
  browser = await openStranger(hosted.at);
});
after(async () => {
  await browser?.close();
  hosted?.stop();
});
afterEach(() => {
  Object.assign(provider, { lifetime: 900, state: undefined, groups: ['operators'], asked: [] });
  hosted.requests.length = 0;
});

async function signedIn(hash = '', title = 'Dashboard', options = {}) {
  const opened = await openPage(browser, hash, options);
  await opened.page.getByRole('link', { name: 'Anna' }).click();
  await settled(opened.page, title);
  return opened;
}

const account = (page) => page.getByRole('button', { name: /Signed in as anna/ });

test('who signs in comes to where they wanted, and the tokens are nowhere but in the page', async () => {
  const opened = await openPage(browser, '#/insights?status=');
  const { page, context } = opened;
  await page.getByRole('link', { name: 'Anna' }).waitFor();
  assert.match(page.url(), new RegExp(`^${provider.address}/oauth2/authorize`));
  await page.getByRole('link', { name: 'Anna' }).click();
  await settled(page, 'Insights');
  await page.getByRole('link', { name: /write capacity was cut/ }).waitFor();
  await account(page).waitFor();
  assert.equal(page.url(), `${hosted.at}/#/insights?status=`);
  assert.ok(hosted.requests.length > 0 && hosted.requests.every(({ taken }) => taken));
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  for (const token of [...provider.access.keys(), ...provider.refresh]) assert.ok(!kept.includes(token));
  assert.deepEqual((await context.cookies(hosted.at)).filter(({ name }) => name !== 'session'), []);
  console.log(`first load of the hosted list: ${Math.round(hosted.bytes / 1000)} kB in ${hosted.files} answers`);
  assert.ok(hosted.bytes > 50_000 && hosted.bytes <= BUDGET, `${hosted.bytes} bytes`);
  // Signed in there still: another load asks nobody.
  await page.reload();
  await settled(page, 'Insights');
  await closePage(opened);
});

test('the page is open and nothing else is', async () => {
  const status = async (path, headers) => (await fetch(hosted.at + path, { headers })).status;
  assert.equal(await status('/'), 200);
  for (const path of ['/api/insights', '/api/stackseer/status']) {
    assert.equal(await status(path), 401);
    assert.equal(await status(path, { authorization: 'Bearer guessed' }), 401);
  }
  for (const path of ['/insights', '/stackseer/status', '/api', '/index.html']) assert.equal(await status(path), 404, path);
  const { headers } = await fetch(hosted.at);
  const policy = headers.get('content-security-policy');
  assert.match(policy, /^default-src 'self'; /);
  assert.ok(policy.endsWith(`connect-src 'self' ${provider.address}`), policy);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
});

test('a wrong state is refused, and a code that nobody here asked for', async () => {
  provider.state = 'of-somebody-else';
  const opened = await openPage(browser, '#/changes');
  const { page } = opened;
  await page.getByRole('link', { name: 'Anna' }).click();
  await page.getByText('You could not be signed in').waitFor();
  assert.deepEqual(provider.asked, []);
  assert.equal(page.url(), `${hosted.at}/#/changes`);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'hosted-refused');
  await page.goto(`${hosted.at}/?code=stolen&state=of-somebody-else`);
  await page.getByText('not begun in this tab').waitFor();
  assert.deepEqual(provider.asked, []);
  provider.state = undefined;
  await page.getByRole('button', { name: 'Sign in' }).click();
  await settled(page, 'Dashboard');
  assert.deepEqual(provider.asked, ['/oauth2/token authorization_code']);
  await closePage(opened);
});

test('a token is replaced before its end, and without another the session ends where one was', async () => {
  // Within the minute before its end from the beginning.
  provider.lifetime = 30;
  const opened = await signedIn('#/resources', 'Analysed resources');
  const { page } = opened;
  assert.ok(provider.asked.includes('/oauth2/token refresh_token'), provider.asked.join());
  assert.ok(hosted.requests.every(({ taken }) => taken));
  provider.refresh.clear();
  await page.getByText('Your session has ended').waitFor();
  assert.equal(await page.getByText('shop-checkout').count(), 0);
  provider.lifetime = 900;
  await page.getByRole('button', { name: 'Sign in' }).click();
  await settled(page, 'Analysed resources');
  await closePage(opened, /status of 400/);
});

test('the session ends when a token is no longer taken', async () => {
  const opened = await signedIn();
  provider.access.clear();
  await opened.page.getByText('Your session has ended').waitFor();
  await closePage(opened, /status of 401/);
});

test('who signs out is out, here and there', async () => {
  provider.groups = [];
  const opened = await signedIn('', 'Dashboard', { colorScheme: 'dark' });
  const { page } = opened;
  const others = provider.refresh.size - 1;
  await account(page).click();
  await page.getByText('May only look').filter({ visible: true }).first().waitFor();
  await picture(page, 'hosted-account');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You have signed out').waitFor();
  await picture(page, 'hosted-signed-out');
  assert.deepEqual(provider.asked.slice(-2), ['/oauth2/revoke', '/logout']);
  assert.equal(provider.refresh.size, others);
  assert.deepEqual(await violations(page), []);
  await page.reload();
  await page.getByRole('link', { name: 'Anna' }).waitFor();
  await closePage(opened);
});
