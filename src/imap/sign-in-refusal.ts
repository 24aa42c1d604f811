import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import type { MigrationError } from '../engine/domain/failure.ts';
import type { SourcePlace } from '../engine/ports.ts';

/** Why a server takes no connection now: too many of ours, or of this login; busy with something; or later, nobody knows when. */
export type Refusal = Parameters<SourcePlace['refused']>[0] | 'later';

/** Refusals that are about the server's state, not about the password (RFC 5530; LIMIT by Dovecot and others). */
const BY_CODE: Readonly<Record<string, Refusal>> = {
  LIMIT: 'login',
  UNAVAILABLE: 'busy',
  INUSE: 'busy',
  THROTTLED: 'busy',
  SERVERBUG: 'later',
  CONTACTADMIN: 'later',
  OVERQUOTA: 'later',
};
/** "Too many simultaneous connections" (Gmail, by [ALERT]), "Maximum number of connections from user+IP exceeded" (Dovecot), ... */
const TOO_MANY =
  /(?:too many|maximum|exceed|limit).*(?:connection|session)|(?:connection|session).*(?:limit|exceed|too many)/i;
const BUSY = /too many|try again|temporar|overload|server (?:is )?busy|rate.?limit/i;

/** What a refused connection means when it is no wrong password; `signingIn`: the answer to a sign-in, not to the connection. */
export function classify(responseCode: string, text: string, signingIn: boolean): Refusal | undefined {
  const code = responseCode.toUpperCase();
  const known = BY_CODE[code];
  // Who checked the password says so, whatever else the sentence says.
  if (code === 'AUTHENTICATIONFAILED' || code === 'AUTHORIZATIONFAILED' || code === 'EXPIRED') return undefined;
  if (TOO_MANY.test(text)) return signingIn || /\buser\b|login|account/i.test(text) ? 'login' : 'endpoint';
  return known ?? (BUSY.test(text) ? 'busy' : undefined);
}

/** What a failed connection tells about the limits of the server; undefined when nothing. */
export function refusalOf({ details }: MigrationError): Exclude<Refusal, 'later'> | undefined {
  const { refused } = details;
  return refused === 'endpoint' || refused === 'login' || refused === 'busy' ? refused : undefined;
}

const BY_TOKEN = ['AUTH=XOAUTH2', 'AUTH=OAUTHBEARER', 'AUTH=XOAUTH'];
const BY_PASSWORD = ['AUTH=PLAIN', 'AUTH=LOGIN'];

/** What the server offers instead of what this endpoint needs, for people; undefined when it offers that. */
export function missingMechanism(
  { login, admin }: Pick<MigrationEndpoint, 'login' | 'admin'>,
  offered: readonly string[],
): string | undefined {
  const names = offered.map((each) => each.toUpperCase());
  const methods = names.flatMap((each) => (each.startsWith('AUTH=') ? [each.slice(5)] : []));
  const isDisabled = names.includes('LOGINDISABLED');
  const list = [...methods, ...(isDisabled ? ['LOGINDISABLED'] : [])].join(', ') || 'LOGIN';
  if (names.length === 0) return undefined;
  if (login === 'xoauth2') return BY_TOKEN.some((each) => names.includes(each)) ? undefined : list;
  // For somebody else by authorization identity: PLAIN alone has a place for it (RFC 4616).
  if (admin?.startsWith('authzid:') === true) return methods.includes('PLAIN') ? undefined : list;
  if (BY_PASSWORD.some((each) => names.includes(each))) return undefined;
  // Without any AUTH= there is still the command LOGIN (RFC 3501, 6.2.3), unless it is forbidden.
  return methods.length > 0 || isDisabled ? list : undefined;
}
