import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, SourceLogin } from '../engine/ports.ts';
import { type ImapClient, openClient } from './imap-client.ts';
import type { TokenBook } from './token-book.ts';

export interface SignInAccess {
  readonly endpoint: MigrationEndpoint;
  readonly address: string;
  readonly login: SourceLogin;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Connects and signs in, each time with a token that is good now: tokens end while mailboxes are read. A token the source
 * refuses is asked for anew once; then the refusal is about something else.
 */
export async function openSignedIn(access: SignInAccess, tokens: TokenBook): Promise<ImapClient> {
  const { endpoint, address, login, clock, signal } = access;
  const open = (password: string): Promise<ImapClient> =>
    openClient(endpoint, address, { ...login, password }, clock, signal);
  if (endpoint.login !== 'xoauth2') return open(login.password);
  const token = await tokens.get(endpoint, login);
  try {
    return await open(token);
  } catch (error) {
    const isRefused = error instanceof MigrationError && error.code === 'ImapTokenRefused';
    if (!isRefused || endpoint.oauth === undefined) throw error;
    tokens.reject(token);
    const fresh = await tokens.get(endpoint, login);
    if (fresh === token) throw error;
    return open(fresh);
  }
}
