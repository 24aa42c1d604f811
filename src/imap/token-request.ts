import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import type { TokenSource } from '../engine/domain/endpoint.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock } from '../engine/ports.ts';
import { sentence } from './imap-failure.ts';
import { type Resolve, checkedAddress } from './source-host.ts';

/** Longest answer of a token endpoint; tokens have a few kB. */
const MAX_ANSWER = 64 * 1024;
const DEADLINE = 20_000;
/** RFC 6749, 5.1: an answer without a lifetime; and the longest one that is believed. */
const USUAL_LIFETIME = 3600;
const LONGEST_LIFETIME = 86_400;

export interface Token {
  readonly accessToken: string;
  /** ms since 1970 UTC. */
  readonly expiresAt: number;
  /** ms it is good for in all. */
  readonly lifetime: number;
  /** Takes the place of the one that was sent. */
  readonly refreshToken?: string;
}

export interface TokenRequestOptions {
  readonly clock: Clock;
  readonly allowHosts: readonly string[];
  readonly resolve?: Resolve | undefined;
}

/** Asks for an access token (RFC 6749, 4.4 and 6). Throws OAuthRefused, OAuthUnavailable, SourceHostForbidden; no token is part of them. */
export async function requestToken(
  { url, client, scope, grant }: TokenSource,
  secrets: { readonly clientSecret: string | undefined; readonly refreshToken: string },
  { clock, allowHosts, resolve }: TokenRequestOptions,
): Promise<Token> {
  const target = new URL(url);
  const address = await addressOf(target, allowHosts, resolve);
  const form = new URLSearchParams({
    grant_type: grant === 'client' ? 'client_credentials' : 'refresh_token',
    client_id: client,
    ...(scope === undefined ? {} : { scope }),
    ...(secrets.clientSecret === undefined ? {} : { client_secret: secrets.clientSecret }),
    ...(grant === 'refresh' ? { refresh_token: secrets.refreshToken } : {}),
  });
  const askedAt = clock.now();
  const { status, text } = await post(target, address, form.toString());
  const answer = readJson(text);
  const field = (name: string): string => {
    const value = answer?.[name];
    return typeof value === 'string' ? value : '';
  };
  if (status === 429 || status >= 500 || field('error') === 'temporarily_unavailable')
    throw new MigrationError('OAuthUnavailable', { host: target.host, detail: `HTTP ${status}` });
  const accessToken = field('access_token');
  if (status !== 200 || accessToken === '') {
    const code = sentence(field('error')) || `HTTP ${status}`;
    const detail = withoutSecrets(field('error_description'), [...form.values()]) || 'no token in the answer';
    throw new MigrationError('OAuthRefused', { host: target.host, code, detail });
  }
  const seconds = Number(answer?.['expires_in'] ?? USUAL_LIFETIME);
  const lifetime = 1000 * (seconds > 0 ? Math.min(seconds, LONGEST_LIFETIME) : USUAL_LIFETIME);
  const renewed = field('refresh_token');
  return {
    ...{ accessToken, lifetime, expiresAt: askedAt + lifetime },
    ...(renewed === '' || renewed === secrets.refreshToken ? {} : { refreshToken: renewed }),
  };
}

// The same rule as for source hosts: nobody in chat makes Bellhop talk to the machine's own network. http stays on this machine.
async function addressOf(url: URL, allowHosts: readonly string[], resolve: Resolve | undefined): Promise<string> {
  const address = await checkedAddress(url.hostname, allowHosts, resolve);
  const isLoopback = address === '::1' || address.startsWith('127.');
  if (url.protocol !== 'https:' && !isLoopback) throw new MigrationError('SourceHostForbidden', { host: url.hostname });
  return address;
}

// The checked address is used as it is: a second answer of the DNS cannot lead elsewhere. A redirect is an answer like any other.
function post(url: URL, address: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
  const family = isIPv6(address) ? 6 : 4;
  const lookup: LookupFunction = (_host, { all }, done) =>
    all === true ? done(null, [{ address, family }]) : done(null, address, family);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    accept: 'application/json',
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const failed = (detail: string): MigrationError => new MigrationError('OAuthUnavailable', { host: url.host, detail });
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, lookup, agent: false, signal: AbortSignal.timeout(DEADLINE) };
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= MAX_ANSWER) return void chunks.push(chunk);
        response.destroy();
        reject(failed('the answer is too long'));
      });
      response.on('error', () => reject(failed('the answer broke off')));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.on('error', (error) => reject(failed(reasonOf(error))));
    request.end(body);
  });
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed';
}

function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

// What a server repeats of a request is not passed on.
function withoutSecrets(text: string, sent: readonly string[]): string {
  return sentence(sent.filter((each) => each.length > 7).reduce((kept, each) => kept.replaceAll(each, '…'), text));
}
