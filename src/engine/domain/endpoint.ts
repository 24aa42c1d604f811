import type { EndpointName } from './ids.ts';

/** `tls`: TLS from the first byte (993). `starttls`: upgraded, never without. `none`: clear text, only where the operator of the machine allows it. */
export type EndpointSecurity = 'tls' | 'starttls' | 'none';
/** How Bellhop signs in at the source. */
export type EndpointLogin = 'plain' | 'login' | 'xoauth2';

/** A source server and how to talk to it (New-MigrationEndpoint -IMAP). */
export interface MigrationEndpoint {
  readonly name: EndpointName;
  readonly host: string;
  readonly port: number;
  readonly security: EndpointSecurity;
  readonly login: EndpointLogin;
  /** How an administrator signs in for each user; the CSV's passwords are the administrator's then. See parseAdmin. */
  readonly admin?: string;
  /** Where tokens come from, with login `xoauth2`; absent: the CSV's passwords are access tokens. */
  readonly oauth?: TokenSource;
  /** Initial syncs at a time (MaxConcurrentMigrations). */
  readonly initial: number;
  /** Incremental syncs at a time (MaxConcurrentIncrementalSyncs). */
  readonly incremental: number;
  /** Of these the ones that grow while the source takes more: the operator set no number. */
  readonly grows?: readonly ('initial' | 'incremental')[];
  /** Connections that watch live users; absent in endpoints added before there were any: the preset. */
  readonly live?: number;
  /** Connections at a time, of all workers and for whatever; absent: initial, incremental and live together. */
  readonly connections?: number;
}

/** An OAuth 2.0 authorization server (RFC 6749) and the client Bellhop is there. Its secret is none of the endpoint's settings. */
export interface TokenSource {
  /** Address of the token endpoint. */
  readonly url: string;
  readonly client: string;
  readonly scope?: string;
  /** `client`: the app has rights of its own (4.4). `refresh`: the CSV's password of a user is its refresh token (6). */
  readonly grant: TokenGrant;
}
export type TokenGrant = 'client' | 'refresh';

/**
 * Reads the address of a token endpoint: https, without a user, a fragment or an address instead of a name. http is for
 * this machine alone; whether it may be reached is the source edge's decision.
 */
export function parseTokenUrl(text: string): string | undefined {
  if (text.length > 500 || !URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, hash, href } = new URL(text);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
  return isSafe && username === '' && password === '' && hash === '' && parseHost(hostname) !== undefined
    ? href
    : undefined;
}

/** The name the server is given, and for whom when that is somebody else (SASL authorization identity, RFC 4616). */
export interface SignInName {
  readonly user: string;
  readonly authzid?: string;
}

const AUTHZID = 'authzid:';
/** The word that stands for the user of the CSV: alone, so that an administrator called "superuser" is left in peace. */
const USER_WORD = /(?<![\p{L}\p{N}._-])user(?![\p{L}\p{N}._-])/u;

/**
 * Reads a login template: `user*master` (Dovecot), `domain/admin/user` (Exchange), `#user@domain#admin#` (Mirapoint), with the word
 * `user` where the user goes; or `authzid:admin`, which signs in as admin for the user (PLAIN; Cyrus and others).
 * Undefined when there is no place for the user.
 */
export function parseAdmin(text: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  if (text.length > 200 || /[\u0000-\u001f]/.test(text)) return undefined;
  if (text.startsWith(AUTHZID)) return text.length > AUTHZID.length ? text : undefined;
  return USER_WORD.test(text) ? text : undefined;
}

/** What a server is told for a user of the CSV. */
export function signInName({ admin }: Pick<MigrationEndpoint, 'admin'>, userName: string): SignInName {
  if (admin === undefined) return { user: userName };
  if (admin.startsWith(AUTHZID)) return { user: admin.slice(AUTHZID.length), authzid: userName };
  // A function: what the user is called must not be read as a replacement pattern.
  return { user: admin.replace(USER_WORD, () => userName) };
}

/** Ports by security, as New-MigrationEndpoint uses them. */
export const DEFAULT_PORT: Readonly<Record<EndpointSecurity, number>> = { tls: 993, starttls: 143, none: 143 };

/** Exchange Online's own preset: 20 initial and 10 incremental syncs at a time. */
export const DEFAULT_CAPS = { initial: 20, incremental: 10, live: 20 } as const;

const HOST_LABELS = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Reads a host name: ASCII letters, digits and dashes (RFC 1123), lower-cased. Whether it may be reached is the source edge's decision. */
export function parseHost(text: string): string | undefined {
  const host = text.toLowerCase();
  return HOST_LABELS.test(host) ? host : undefined;
}

/** Reads a port: 1 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}
