// What happens when the hosted page is opened: somebody comes back from signing in, or is sent there.

import * as oauth from 'oauth4webapi';
import type { SignIn } from '../config';
import { clientOf, home, insecure, leaving, serverOf } from './provider';
import { Session, tokensOf } from './session';

/** Of a sign-in that was begun in this tab. */
interface Begun { state: string; nonce: string; verifier: string; place: string }

const BEGUN = 'stackseer-sign-in';
const LEFT = 'stackseer-signed-out';

/** Nobody is signed in: why, if there is anything to say. */
export interface Out { why?: string; isError?: boolean }

export type Start = { session: Session } | { out: Out };

/** Does not return where the browser is sent away. */
export async function start(signIn: SignIn): Promise<Start> {
  const asked = new URLSearchParams(location.search);
  const begun = JSON.parse(taken(BEGUN) ?? 'null') as Begun | null;
  const hasLeft = taken(LEFT) !== undefined;
  if (asked.has('code') || asked.has('error') || asked.has('state')) return comeBack(signIn, asked, begun);
  if (hasLeft) return { out: { why: 'You have signed out.' } };
  return go(signIn);
}

/** Sends the browser to where one signs in; it comes back to the same place of the page. */
export async function go(signIn: SignIn): Promise<never> {
  const begun: Begun = {
    state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), verifier: oauth.generateRandomCodeVerifier(), place: location.hash,
  };
  sessionStorage.setItem(BEGUN, JSON.stringify(begun));
  const address = new URL(serverOf(signIn).authorization_endpoint ?? '');
  address.search = String(new URLSearchParams({
    response_type: 'code', client_id: signIn.ClientId, redirect_uri: home(), scope: 'openid email',
    state: begun.state, nonce: begun.nonce, code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier), code_challenge_method: 'S256',
  }));
  return leave(String(address));
}

/** Signs out here and where one signed in. */
export async function signOut(signIn: SignIn, session: Session): Promise<never> {
  await session.revoke();
  sessionStorage.setItem(LEFT, '1');
  return leave(leaving(signIn));
}

async function comeBack(signIn: SignIn, asked: URLSearchParams, begun: Begun | null): Promise<Start> {
  // Neither a code nor where one was stays in the address or the history.
  history.replaceState(null, '', `/${begun?.place ?? location.hash}`);
  if (!begun) return failed('It was not begun in this tab.');
  const [server, client] = [serverOf(signIn), clientOf(signIn)];
  try {
    const answer = oauth.validateAuthResponse(server, client, asked, begun.state);
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, home(), begun.verifier, insecure());
    const given = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: begun.nonce, requireIdToken: true });
    return { session: new Session(signIn, tokensOf(given, Date.now()), oauth.getValidatedIdTokenClaims(given)) };
  } catch (error) {
    return failed(reason(error));
  }
}

function reason(error: unknown): string {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return error.error_description ?? `The answer was “${error.error}”.`;
  }
  if (error instanceof oauth.OperationProcessingError) return `The answer is not one to what was asked: ${error.message}.`;
  return 'Where one signs in does not answer.';
}

const failed = (why: string): Start => ({ out: { why: `You could not be signed in. ${why}`, isError: true } });

/** Good for once. */
function taken(key: string): string | undefined {
  const value = sessionStorage.getItem(key) ?? undefined;
  sessionStorage.removeItem(key);
  return value;
}

function leave(address: string): Promise<never> {
  location.assign(address);
  return new Promise(() => undefined);
}
