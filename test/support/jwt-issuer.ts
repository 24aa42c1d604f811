import { type KeyObject, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Claims {
  readonly iss?: string;
  readonly aud?: string;
  readonly serviceurl?: string;
  /** Seconds from now. */
  readonly exp?: number;
  readonly nbf?: number;
}

export interface TokenOptions {
  readonly kid?: string;
  readonly key?: KeyObject;
  readonly alg?: 'RS256' | 'none' | 'HS256';
}

/** Publishes a key as the Bot Framework does, and signs tokens of a channel with it. On loopback. */
export interface JwtIssuer extends AsyncDisposable {
  readonly metadataUrl: string;
  readonly otherKey: KeyObject;
  token(claims: Claims, options?: TokenOptions): string;
}

const FRAMEWORK = 'https://api.botframework.com';

export async function startJwtIssuer(appId: string, serviceUrl: string): Promise<JwtIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const keys = [
    { kty: 'RSA', use: 'sig', kid: 'teams', n, e, endorsements: ['msteams'] },
    { kty: 'RSA', use: 'sig', kid: 'webchat', n, e, endorsements: ['webchat'] },
  ];
  const server = createServer((request, response) => {
    const answer = request.url === '/keys' ? { keys } : { issuer: FRAMEWORK, jwks_uri: `${origin}/keys` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function token(claims: Claims, { kid = 'teams', key = privateKey, alg = 'RS256' }: TokenOptions = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: FRAMEWORK,
      aud: appId,
      serviceurl: serviceUrl,
      ...claims,
      nbf: now + (claims.nbf ?? -60),
      exp: now + (claims.exp ?? 3600),
    };
    const body = `${encode({ alg, typ: 'JWT', kid })}.${encode(payload)}`;
    return alg === 'RS256' ? `${body}.${createSign('RSA-SHA256').update(body).sign(key, 'base64url')}` : `${body}.`;
  }

  return {
    metadataUrl: `${origin}/openid`,
    otherKey: other.privateKey,
    token,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
