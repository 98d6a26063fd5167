// Who is signed in, and the tokens that show it: in this page's memory only, so that they end with it.

import * as oauth from 'oauth4webapi';
import { ApiError, type Ticket } from '../api/client';
import type { SignIn } from '../config';
import { clientOf, insecure, serverOf } from './provider';

/** Before a token's end that another is fetched, in milliseconds: what is under way must still be taken. */
const EARLY = 60_000;
/** As the template names the group. */
const OPERATORS = 'operators';

export interface Tokens { access: string; refresh?: string; expires: number }

export function tokensOf(answer: oauth.TokenEndpointResponse, now: number): Tokens {
  return { access: answer.access_token, refresh: answer.refresh_token, expires: now + (answer.expires_in ?? 0) * 1000 };
}

export class Session implements Ticket {
  readonly prefix = '/api';
  readonly name: string;
  readonly mayChange: boolean;
  private fetching?: Promise<void>;
  private isEnded = false;
  private readonly hearing = new Set<() => void>();

  constructor(private readonly signIn: SignIn, private tokens: Tokens, claims: oauth.IDToken | undefined) {
    const groups = claims?.['cognito:groups'];
    this.name = String(claims?.['cognito:username'] ?? claims?.sub ?? '');
    this.mayChange = Array.isArray(groups) && groups.includes(OPERATORS);
  }

  headers = async () => {
    if (Date.now() > this.tokens.expires - EARLY) await (this.fetching ??= this.renew().finally(() => { this.fetching = undefined; }));
    return { authorization: `Bearer ${this.tokens.access}` };
  };

  refused = () => this.end();

  get hasEnded() {
    return this.isEnded;
  }

  /** Told when it ends. Returns what stops that. */
  onEnd = (hear: () => void) => {
    this.hearing.add(hear);
    return () => { this.hearing.delete(hear); };
  };

  /** Forgets the tokens, and makes the provider forget them. Where it does not answer they end by themselves: nobody has them. */
  async revoke() {
    const { refresh } = this.tokens;
    this.tokens = { access: '', expires: 0 };
    if (!refresh) return;
    await oauth.revocationRequest(serverOf(this.signIn), clientOf(this.signIn), oauth.None(), refresh, insecure()).catch(() => undefined);
  }

  private async renew() {
    const { refresh } = this.tokens;
    if (this.isEnded || !refresh) return this.lost();
    const [server, client] = [serverOf(this.signIn), clientOf(this.signIn)];
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh, insecure()).catch(() => {
      throw new ApiError(0, 'Unreachable', 'Where you signed in does not answer.');
    });
    if (response.status >= 500 || response.status === 429) throw new ApiError(0, 'Unreachable', `Where you signed in answers ${response.status}.`);
    const answer = await oauth.processRefreshTokenResponse(server, client, response).catch(() => this.lost());
    const tokens = tokensOf(answer, Date.now());
    // The one given first stays good, unless there is another.
    this.tokens = { ...tokens, refresh: tokens.refresh ?? refresh };
  }

  private lost(): never {
    this.end();
    throw new ApiError(401, 'Ended', 'Your session has ended.');
  }

  private end() {
    if (this.isEnded) return;
    this.isEnded = true;
    this.tokens = { access: '', expires: 0 };
    for (const hear of this.hearing) hear();
  }
}
