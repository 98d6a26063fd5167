// Where people sign in: Cognito's paths, by the authorization-code flow with PKCE.

import * as oauth from 'oauth4webapi';
import type { SignIn } from '../config';

export const serverOf = ({ Issuer, Address }: SignIn): oauth.AuthorizationServer => ({
  issuer: Issuer,
  authorization_endpoint: `${Address}/oauth2/authorize`,
  token_endpoint: `${Address}/oauth2/token`,
  revocation_endpoint: `${Address}/oauth2/revoke`,
});

/** Clocks of people's machines are off by minutes. */
export const clientOf = ({ ClientId }: SignIn): oauth.Client => ({ client_id: ClientId, [oauth.clockTolerance]: 300 });

/** A page that came without TLS, which is one on its own machine, may sign in without. */
export const insecure = () => ({ [oauth.allowInsecureRequests]: location.protocol === 'http:' });

/** The page itself: where people come back to. */
export const home = () => `${location.origin}/`;

/** Where the provider forgets the browser, and sends it back. */
export function leaving({ Address, ClientId }: SignIn): string {
  return `${Address}/logout?${new URLSearchParams({ client_id: ClientId, logout_uri: home() })}`;
}
