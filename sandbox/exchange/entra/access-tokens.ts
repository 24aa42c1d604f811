import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { GraphError } from '../graph/graph-error.ts';

/** What a token of the sandbox says. Times are seconds since 1970 UTC. */
export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  readonly tid: string;
  readonly appid: string;
  readonly roles: readonly string[];
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly uti: string;
  /** Tokens of an earlier round were declared expired by `expireAll`. */
  readonly round: number;
}

/** Issues and checks access tokens: signed JWTs (RS256), as Entra issues them. */
export class AccessTokens {
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  /** Tokens whose signature was right once. */
  readonly #known = new Map<string, TokenClaims>();
  #round = 1;

  constructor(directory: string) {
    const file = join(directory, 'token-signing.key');
    if (!existsSync(file)) writeFileSync(file, newKey(), { mode: 0o600 });
    this.#key = createPrivateKey(readFileSync(file));
    this.#publicKey = createPublicKey(this.#key);
    this.#keyId = createHash('sha1')
      .update(this.#publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
  }

  issue(claims: Pick<TokenClaims, 'aud' | 'iss' | 'tid' | 'appid' | 'roles'>, lifetimeSeconds: number): string {
    const iat = Math.floor(Date.now() / 1000);
    const payload: TokenClaims = {
      ...claims,
      iat,
      nbf: iat,
      exp: iat + lifetimeSeconds,
      uti: randomUUID(),
      round: this.#round,
    };
    const text = `${part({ typ: 'JWT', alg: 'RS256', kid: this.#keyId })}.${part(payload)}`;
    return `${text}.${sign('sha256', Buffer.from(text), this.#key).toString('base64url')}`;
  }

  /** Reads an Authorization header. Throws the 401 Graph answers; `audiences` are the resources the caller serves. */
  read(authorization: string | undefined, audiences: readonly string[]): TokenClaims {
    if (authorization === undefined) throw unauthorized('Access token is empty.');
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthorized('Access token validation failure.');
    const claims = this.#known.get(token) ?? this.#check(token);
    if (claims.exp * 1000 <= Date.now() || claims.round < this.#round) {
      this.#known.delete(token);
      throw unauthorized('Lifetime validation failed, the token is expired.');
    }
    if (!audiences.includes(claims.aud)) throw unauthorized('Access token validation failure. Invalid audience.');
    return claims;
  }

  /** Every token issued so far is expired from now on. */
  expireAll(): void {
    this.#round += 1;
  }

  jwks(): object {
    return { keys: [{ ...this.#publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: this.#keyId }] };
  }

  #check(token: string): TokenClaims {
    const [header, payload, signature, ...rest] = token.split('.');
    if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
      throw unauthorized('IDX14100: JWT is not well formed, there are no dots (.).');
    }
    if (!verify('sha256', Buffer.from(`${header}.${payload}`), this.#publicKey, Buffer.from(signature, 'base64url'))) {
      throw unauthorized('Access token validation failure. Invalid signature.');
    }
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
    this.#known.set(token, claims);
    return claims;
  }
}

function unauthorized(message: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, {
    'WWW-Authenticate': 'Bearer realm="", error="invalid_token"',
  });
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return privateKey;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
