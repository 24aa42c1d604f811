import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfidentialClientApplication, type Configuration, LogLevel } from '@azure/msal-node';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock } from '../engine/ports.ts';

export interface SignInOptions {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: { readonly secret: string } | { readonly certificatePath: string };
  readonly clock: Clock;
  /** Graph root; decides the scope. */
  readonly graphUrl: string;
}

/** A token is not used in its last minutes: the request it goes with may take a while. */
const RENEW_BEFORE = 5 * 60_000;

/** Gives a bearer token; `fresh` asks Entra again although the cached one has not expired. Throws TargetSignInFailed. */
export type SignIn = (fresh: boolean) => Promise<string>;

const MICROSOFT_AUTHORITIES = new Set([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
]);
const NATIONAL_CLOUDS = new Set(['graph.microsoft.us', 'dod-graph.microsoft.us', 'microsoftgraph.chinacloudapi.cn']);

/** App-only sign-in (client credentials) with the secret or certificate of the app that writes mail. */
export function graphSignIn(options: SignInOptions): SignIn {
  return appSignIn(options, scopeOf(options.graphUrl));
}

/** The same for another resource of the tenant, named by its scope. */
export function appSignIn(options: SignInOptions, scope: string): SignIn {
  let application: Promise<ConfidentialClientApplication> | undefined;
  let known: { readonly token: string; readonly until: number } | undefined;
  const scopes = [scope];
  return async (fresh) => {
    // The library's own cache answers too, at a cost of 0.2 ms that every single request would pay.
    if (!fresh && known !== undefined && options.clock.now() < known.until) return known.token;
    try {
      application ??= configuration(options).then(
        (config) => new ConfidentialClientApplication(config),
        (error: unknown) => {
          throw new MigrationError('TargetSignInFailed', { detail: 'no token' }, { cause: error });
        },
      );
      const result = await (await application).acquireTokenByClientCredential({ scopes, skipCache: fresh });
      if (result?.accessToken === undefined) throw new Error('no token');
      known = { token: result.accessToken, until: (result.expiresOn?.getTime() ?? 0) - RENEW_BEFORE };
      return result.accessToken;
    } catch (error) {
      application = undefined;
      known = undefined;
      throw signInFailure(error);
    }
  };
}

/** National clouds have audiences of their own; every other Graph answers for the public one. */
export function scopeOf(graphUrl: string): string {
  const { hostname, origin } = new URL(graphUrl);
  return NATIONAL_CLOUDS.has(hostname) ? `${origin}/.default` : 'https://graph.microsoft.com/.default';
}

/** Exchange's IMAP has an audience of its own, and national clouds their own of that (Authenticate IMAP by OAuth). */
export function imapScopeOf(host: string): string {
  const national = host === 'outlook.office365.us' || host === 'partner.outlook.cn';
  return `https://${national ? host : 'outlook.office365.com'}/.default`;
}

async function configuration({ authorityHost, tenantId, clientId, credential }: SignInOptions): Promise<Configuration> {
  const { host, origin } = new URL(authorityHost);
  return {
    auth: {
      clientId,
      authority: `${origin}/${tenantId}`,
      ...(MICROSOFT_AUTHORITIES.has(host) ? {} : { knownAuthorities: [host] }),
      ...('secret' in credential
        ? { clientSecret: credential.secret }
        : { clientCertificate: await readCertificate(credential.certificatePath) }),
    },
    // The library's log lines may carry more than ours may.
    system: { loggerOptions: { logLevel: LogLevel.Error, piiLoggingEnabled: false, loggerCallback: () => undefined } },
  };
}

// One PEM file with the certificate and its private key, as `az ad sp create-for-rbac --create-cert` writes it.
async function readCertificate(path: string) {
  const pem = await readFile(path, 'utf8');
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  const privateKey = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[^-]+-----END (?:RSA |EC )?PRIVATE KEY-----/.exec(
    pem,
  )?.[0];
  if (certificate === undefined || privateKey === undefined)
    throw new Error('the certificate file lacks certificate or key');
  const thumbprintSha256 = createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
  return { thumbprintSha256, privateKey, x5c: certificate };
}

/** Words of RFC 6749 5.2 and of Entra for "this app may not": everything else is no verdict on the app. */
const REFUSED =
  /^(?:invalid_client|unauthorized_client|invalid_request|invalid_scope|invalid_grant|unsupported_grant_type|access_denied|invalid_resource|invalid_client_credential)$/;

/** Entra's own "try again": a transient error, a budget of requests, a loop it saw (error codes of Entra). */
const PASSING = new Set(['AADSTS90033', 'AADSTS90024', 'AADSTS50196']);

/** What a failed sign-in means. An answer that was cut, or a page of a proxy, says nothing about the app: it passes. */
export function signInFailure(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  const text = error instanceof Error ? error.message : '';
  const code = /AADSTS\d+/.exec(text)?.[0];
  const local: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof local === 'string' && /^ERR_(?:OSSL|CRYPTO)/.test(local))
    return new MigrationError('TargetSignInFailed', { detail: 'no token' }, { cause: error });
  const word: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'errorCode') : undefined;
  const passes = code === undefined ? false : PASSING.has(code);
  if (passes || (code === undefined && !(typeof word === 'string' && REFUSED.test(word))))
    return new MigrationError('TargetUnavailable', { detail: 'Entra does not answer' }, { cause: error });
  const detail = code === undefined ? String(word) : `${code}${meaning(code)}`;
  return new MigrationError('TargetSignInFailed', { detail }, { cause: error });
}

function meaning(code: string): string {
  const meanings: Readonly<Record<string, string>> = {
    AADSTS65001: 'the administrator has not consented',
    AADSTS700016: 'the app is not known in this tenant',
    AADSTS7000215: 'the client secret is wrong',
    AADSTS7000222: 'the client secret has expired',
    AADSTS90002: 'there is no such tenant',
  };
  const known = meanings[code];
  return known === undefined ? code : `${code} (${known})`;
}
