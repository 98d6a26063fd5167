// Where people sign in to the hosted console: the paths of Cognito that it uses, with one user, who needs no password.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { listening } from './listening.mjs';

const CLIENT = 'console';
const coded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startProvider() {
  const codes = new Map();
  const sessions = new Set();
  const provider = {
    client: CLIENT,
    /** Of a token, in seconds. */
    lifetime: 900,
    groups: ['operators'],
    /** What it sends back instead of the state that it was given. */
    state: undefined,
    /** Paths that were asked, with the kind of grant. */
    asked: [],
    access: new Map(),
    refresh: new Set(),
    accepts: (token) => (provider.access.get(token) ?? 0) > Date.now(),
  };

  const tokens = (nonce, refresh) => {
    const [access, now] = [randomUUID(), Math.floor(Date.now() / 1000)];
    provider.access.set(access, Date.now() + provider.lifetime * 1000);
    const claims = { iss: provider.address, aud: CLIENT, sub: 'u-1', iat: now, exp: now + provider.lifetime, nonce, 'cognito:username': 'anna', 'cognito:groups': provider.groups };
    const id = `${coded({ alg: 'RS256' })}.${coded(claims)}.${coded('signed')}`;
    return { access_token: access, id_token: id, token_type: 'Bearer', expires_in: provider.lifetime, ...(refresh && { refresh_token: refresh }) };
  };

  /** Where the browser goes with a code; nowhere if it was not asked as it should be. */
  const authorized = (asked) => {
    if (asked.get('response_type') !== 'code' || asked.get('client_id') !== CLIENT || asked.get('code_challenge_method') !== 'S256') return undefined;
    const [code, back] = [randomUUID(), new URL(asked.get('redirect_uri'))];
    codes.set(code, { challenge: asked.get('code_challenge'), nonce: asked.get('nonce'), back: back.href });
    back.search = new URLSearchParams({ code, state: provider.state ?? asked.get('state') });
    return back.href;
  };

  const token = (form) => {
    provider.asked.push(`/oauth2/token ${form.get('grant_type')}`);
    if (form.get('grant_type') === 'refresh_token') return provider.refresh.has(form.get('refresh_token')) ? tokens(undefined) : undefined;
    const given = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    const proof = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!given || proof !== given.challenge || form.get('redirect_uri') !== given.back) return undefined;
    const refresh = randomUUID();
    provider.refresh.add(refresh);
    return tokens(given.nonce, refresh);
  };

  const answer = (request, body) => {
    const url = new URL(request.url, provider.address);
    const session = /session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const cors = { 'access-control-allow-origin': '*', 'content-type': 'application/json' };
    switch (url.pathname) {
      case '/oauth2/authorize': {
        const back = authorized(url.searchParams);
        if (!back) return [400, {}, 'That is not how one asks'];
        // As Cognito does for an hour after somebody signed in.
        if (sessions.has(session)) return [302, { location: back }, ''];
        return [200, { 'content-type': 'text/html' }, `<!doctype html><title>Fake</title><h1>Who are you?</h1><a href="/enter?${new URLSearchParams({ back })}">Anna</a>`];
      }
      case '/enter': {
        const id = randomUUID();
        sessions.add(id);
        return [302, { location: url.searchParams.get('back'), 'set-cookie': `session=${id}; HttpOnly; Path=/` }, ''];
      }
      case '/oauth2/token': {
        const given = token(new URLSearchParams(body));
        return given ? [200, cors, JSON.stringify(given)] : [400, cors, JSON.stringify({ error: 'invalid_grant' })];
      }
      case '/oauth2/revoke':
        provider.asked.push(url.pathname);
        provider.refresh.delete(new URLSearchParams(body).get('token'));
        return [200, cors, ''];
      case '/logout':
        provider.asked.push(url.pathname);
        sessions.delete(session);
        return [302, { location: url.searchParams.get('logout_uri') }, ''];
      case '/favicon.ico':
        return [204, {}, ''];
      default:
        return [404, {}, ''];
    }
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [status, headers, text] = answer(request, body);
    response.writeHead(status, headers).end(text);
  });
  provider.address = await listening(server);
  provider.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return provider;
}
