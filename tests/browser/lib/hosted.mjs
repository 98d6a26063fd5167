// The hosted console on this machine: an HTTP API that gives the page from its own function and hands what is under /api to the demo, if
// the token is one that the provider gave out.
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { startFunction } from './lambda.mjs';
import { listening } from './listening.mjs';
import { startProvider } from './provider.mjs';
import { startDemo } from './server.mjs';

/** In API Gateway's format 2.0. */
function event(request) {
  const { pathname, search } = new URL(request.url, 'http://console');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return {
    version: '2.0', routeKey: '$default', rawPath: pathname, rawQueryString: search.slice(1), headers,
    requestContext: {
      accountId: '123456789012', apiId: 'console', domainName: request.headers.host, domainPrefix: 'console', requestId: 'r', routeKey: '$default',
      stage: '$default', time: '25/Nov/2026:03:00:00 +0000', timeEpoch: 1795575600000,
      http: { method: request.method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    },
    isBase64Encoded: false,
  };
}

async function sessionOf(demo) {
  const response = await fetch(demo.at, { redirect: 'manual' });
  return { base: new URL(demo.at).origin, cookie: response.headers.get('set-cookie').split(';')[0] };
}

export async function startHosted() {
  const [provider, demo] = await Promise.all([startProvider(), startDemo('--at-end')]);
  const { base, cookie } = await sessionOf(demo);
  const page = await startFunction(join(dirname(process.env.STACKSEER_BIN), 'page'), {
    STACKSEER_ISSUER: provider.address, STACKSEER_CLIENT_ID: provider.client, STACKSEER_SIGN_IN: provider.address,
  });
  /** `files` and `bytes`: of the page, as sent. */
  const hosted = { provider, requests: [], files: 0, bytes: 0 };

  const api = async (request, body) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const taken = provider.accepts(token);
    hosted.requests.push({ path: request.url, taken });
    if (!taken) return [401, { 'content-type': 'application/json' }, '{"message":"Unauthorized"}'];
    const headers = { cookie, ...(body.length && { 'content-type': 'application/json' }) };
    const answer = await fetch(base + request.url.slice('/api'.length), { method: request.method, headers, body: body.length ? body : undefined });
    const kept = ['content-type', 'x-amzn-errortype'].flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name)]] : []));
    return [answer.status, Object.fromEntries(kept), Buffer.from(await answer.arrayBuffer())];
  };
  const file = async (request) => {
    const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = await page.invoke(event(request));
    const sent = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
    hosted.files += 1;
    hosted.bytes += sent.length;
    return [statusCode, { ...multiValueHeaders, ...headers }, sent];
  };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [status, headers, body] = await (request.url.startsWith('/api/') ? api(request, Buffer.concat(chunks)) : file(request));
    response.writeHead(status, headers).end(body);
  });
  hosted.at = await listening(server);
  hosted.stop = () => {
    server.closeAllConnections();
    server.close();
    for (const part of [page, provider, demo]) part.stop();
  };
  return hosted;
}
