import { createHash } from 'node:crypto';
import type { MigrationEndpoint, TokenSource } from '../engine/domain/endpoint.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { SourceLogin } from '../engine/ports.ts';
import type { ClientSecrets } from './oauth-secrets.ts';
import { type Token, type TokenRequestOptions, requestToken } from './token-request.ts';

/** A token is renewed this long before it ends, or at four fifths of a short life: a sign-in takes a while. */
const RENEW_BEFORE = 120_000;
/** Users whose tokens are remembered. */
const MOST_TOKENS = 5000;

export interface TokenBook {
  /** An access token that is good for a while. Everybody who asks at the same time shares one request. */
  get(endpoint: MigrationEndpoint, login: SourceLogin): Promise<string>;
  /** The source refused this token: nobody gets it again. */
  reject(accessToken: string): void;
}

export interface TokenBookOptions extends TokenRequestOptions {
  readonly clientSecrets: ClientSecrets;
}

/** Access tokens in the memory of this process, and nowhere else. */
export function tokenBook(options: TokenBookOptions): TokenBook {
  const tokens = new Map<string, Promise<Token>>();
  const refused = new Set<string>();

  async function renew(source: TokenSource, login: SourceLogin): Promise<Token> {
    const clientSecret = await options.clientSecrets(source);
    if (clientSecret === undefined && source.grant === 'client') {
      const { host } = new URL(source.url);
      const detail = 'the file of BELLHOP_OAUTH_FILE has no secret for this client';
      throw new MigrationError('OAuthRefused', { host, code: 'no secret', detail });
    }
    const ask = (refreshToken: string): Promise<Token> => requestToken(source, { clientSecret, refreshToken }, options);
    const latest = async (): Promise<string> =>
      (source.grant === 'refresh' ? await login.renewal?.latest() : undefined) ?? login.password;
    // A mailbox is open for hours: its refresh token may have been replaced meanwhile. Servers that see one twice may take all back.
    const first = await latest();
    const token = await ask(first).catch(async (error: unknown) => {
      // Another worker may have used it up at this moment, and kept the one that came instead.
      const next = await latest();
      const isRefused = error instanceof MigrationError && error.code === 'OAuthRefused';
      if (!isRefused || next === first) throw error;
      return ask(next);
    });
    if (token.refreshToken !== undefined) await login.renewal?.save(token.refreshToken);
    return token;
  }

  async function isFresh(known: Promise<Token>): Promise<boolean> {
    const token = await known.catch(() => undefined);
    if (token === undefined || refused.has(token.accessToken)) return false;
    return options.clock.now() < token.expiresAt - Math.min(RENEW_BEFORE, token.lifetime / 5);
  }

  return {
    async get(endpoint, login) {
      const source = endpoint.oauth;
      if (source === undefined) return login.password;
      const key = keyOf(endpoint, source, login);
      const known = tokens.get(key);
      if (known !== undefined && (await isFresh(known))) return (await known).accessToken;
      // Somebody else may have begun while this one looked.
      const begun = tokens.get(key);
      if (begun !== undefined && begun !== known) return (await begun).accessToken;
      const token = renew(source, login);
      tokens.delete(key);
      tokens.set(key, token);
      const [oldest] = tokens.keys();
      if (tokens.size > MOST_TOKENS && oldest !== undefined) tokens.delete(oldest);
      try {
        return (await token).accessToken;
      } catch (error) {
        if (tokens.get(key) === token) tokens.delete(key);
        throw error;
      }
    },

    reject(accessToken) {
      if (refused.size >= MOST_TOKENS) refused.clear();
      refused.add(accessToken);
    },
  };
}

// With rights of its own the app has one token for everybody; otherwise whoever has the refresh token has its tokens.
function keyOf(
  { name }: MigrationEndpoint,
  { url, client, scope = '', grant }: TokenSource,
  login: SourceLogin,
): string {
  const parts = [name, url, client, scope, grant, grant === 'client' ? '' : login.password];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
