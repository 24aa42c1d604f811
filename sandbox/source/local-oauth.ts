import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a token endpoint was asked for. */
export interface TokenAsk {
  readonly grant: string;
  readonly client: string;
  readonly secret: string;
  readonly refreshToken: string;
}

export interface LocalOAuth extends AsyncDisposable {
  /** Token endpoint (RFC 6749). */
  readonly tokenUrl: string;
  /** Where a mail server asks about a token: add the token itself. */
  readonly tokenInfoUrl: string;
  readonly asked: readonly TokenAsk[];
  /** Every token given so far is worth nothing any more, before its time. */
  revoke(): void;
  /** What the next requests are answered instead. */
  answer(status: number, body: string): void;
  /** Answers as usual again. */
  recover(): void;
}

export interface LocalOAuthOptions {
  readonly client: string;
  readonly secret: string;
  /** Users by their first refresh token. */
  readonly refreshTokens: ReadonlyMap<string, string>;
  /** Whom the app's own tokens are good for. A mail server asks about the token alone, so it is one user here. */
  readonly appUser: string;
  /** Seconds a token lives. */
  readonly lifetime: number;
  /** A refresh token is good for one use, and each answer brings the next one. */
  readonly rotating?: boolean;
}

/** An OAuth 2.0 authorization server on this machine: tokens of an app for everybody, and of users by refresh tokens. */
export async function startLocalOAuth(options: LocalOAuthOptions): Promise<LocalOAuth> {
  const asked: TokenAsk[] = [];
  const good = new Map<string, { readonly user: string; readonly until: number }>();
  const refresh = new Map(options.refreshTokens);
  let instead: { readonly status: number; readonly body: string } | undefined;
  let made = 0;

  function token(form: URLSearchParams): { readonly status: number; readonly body: string } {
    const field = (name: string): string => form.get(name) ?? '';
    const ask = { grant: field('grant_type'), client: field('client_id'), secret: field('client_secret') };
    asked.push({ ...ask, refreshToken: field('refresh_token') });
    if (instead !== undefined) return instead;
    if (ask.client !== options.client || ask.secret !== options.secret)
      return problem(401, 'invalid_client', `client secret ${ask.secret} is not known`);
    const user = ask.grant === 'client_credentials' ? options.appUser : refresh.get(field('refresh_token'));
    if (user === undefined) return problem(400, 'invalid_grant', `${field('refresh_token')} is revoked or used up`);
    made += 1;
    const accessToken = `access-${made}-of-${Buffer.from(user).toString('hex')}`;
    good.set(accessToken, { user, until: Date.now() + 1000 * options.lifetime });
    if (ask.grant === 'client_credentials' || options.rotating !== true) return given(accessToken, undefined);
    refresh.delete(field('refresh_token'));
    refresh.set(`refresh-token-number-${made}`, user);
    return given(accessToken, `refresh-token-number-${made}`);
  }

  function given(accessToken: string, refreshToken: string | undefined) {
    const answer = { access_token: accessToken, token_type: 'Bearer', expires_in: options.lifetime };
    return { status: 200, body: JSON.stringify({ ...answer, refresh_token: refreshToken }) };
  }

  function tokenInfo(accessToken: string) {
    const known = good.get(accessToken);
    if (known === undefined || known.until < Date.now()) return problem(401, 'invalid_token', 'unknown or over');
    return { status: 200, body: JSON.stringify({ active: true, email: known.user }) };
  }

  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const isInfo = pathname === '/tokeninfo';
      const { status, body } = isInfo
        ? tokenInfo(searchParams.get('access_token') ?? '')
        : token(new URLSearchParams(await bodyOf(request)));
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    tokenUrl: `http://localhost:${port}/token`,
    tokenInfoUrl: `http://127.0.0.1:${port}/tokeninfo?access_token=`,
    asked,
    revoke: () => good.clear(),
    answer: (status, body) => void (instead = { status, body }),
    recover: () => void (instead = undefined),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function problem(status: number, error: string, description: string) {
  return { status, body: JSON.stringify({ error, error_description: description }) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
  return Buffer.concat(chunks).toString('utf8');
}
