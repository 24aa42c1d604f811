import { MigrationError } from '../engine/domain/failure.ts';
import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';

/** What imapflow's errors carry; read defensively, because only some of them do. */
interface ImapError {
  readonly code: string;
  readonly responseCode: string;
  readonly responseText: string;
  readonly authenticationFailed: boolean;
}

function readError(error: unknown): ImapError {
  const read = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const text = (name: string): string => {
    const value = read(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    code: text('code'),
    responseCode: text('serverResponseCode'),
    responseText: text('responseText'),
    authenticationFailed: read('authenticationFailed') === true,
  };
}

/** Refusals that are about the server's state, not about the password (RFC 5530; LIMIT by Dovecot and others). */
const NOT_NOW = new Set(['LIMIT', 'UNAVAILABLE', 'INUSE', 'SERVERBUG', 'CONTACTADMIN', 'THROTTLED', 'OVERQUOTA']);

const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;
const UNREACHABLE = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT', 'ECONNRESET', 'EPIPE',
]); // prettier-ignore

/**
 * A failed connection or sign-in in Bellhop's words. `cause` is the error of the `error` event where there was one: the
 * promise often says only "NoConnection". The password is never part of a foreign text that is passed on.
 */
export function connectFailure(
  error: unknown,
  cause: unknown,
  endpoint: MigrationEndpoint,
  offered: readonly string[],
): MigrationError {
  if (error instanceof MigrationError) return error;
  const details = { host: endpoint.host, port: endpoint.port, endpoint: endpoint.name };
  const seen = [readError(error), readError(cause)];
  const code = seen.map((each) => each.code).find((each) => each !== '' && each !== 'NoConnection') ?? '';
  const responseCode = seen.map((each) => each.responseCode).find((each) => each !== '') ?? '';
  const detail = sentence(seen.map((each) => each.responseText).find((each) => each !== '') ?? '');
  if (CERTIFICATE.test(code))
    return new MigrationError('SourceCertificateRefused', { ...details, detail: code }, { cause: error });
  if (code === 'STARTTLS_INJECTION' || noStartTls(error)) {
    return new MigrationError('SourceTlsUnavailable', { ...details, detail: code || 'no STARTTLS' }, { cause: error });
  }
  if (NOT_NOW.has(responseCode.toUpperCase()))
    return new MigrationError('ImapSignInDelayed', { detail: detail || responseCode }, { cause: error });
  if (seen.some((each) => each.authenticationFailed)) {
    // Whoever checked the password says so (RFC 5530); a bare NO from a server that speaks none of our mechanisms did not.
    return isMechanismMissing(offered) && responseCode.toUpperCase() !== 'AUTHENTICATIONFAILED'
      ? new MigrationError('ImapMechanismUnsupported', { detail: offered.join(', ') }, { cause: error })
      : new MigrationError(
          'ImapAuthenticationException',
          { code: responseCode, detail: detail || 'authentication failed' },
          { cause: error },
        );
  }
  if (UNREACHABLE.has(code))
    return new MigrationError('SourceUnreachable', { ...details, detail: code }, { cause: error });
  if (isMechanismMissing(offered))
    return new MigrationError('ImapMechanismUnsupported', { detail: offered.join(', ') }, { cause: error });
  // A server that hangs up between greeting and sign-in is busy, restarting or at a limit.
  return new MigrationError(
    'ImapSignInDelayed',
    { detail: detail || code || 'the server closed the connection' },
    { cause: error },
  );
}

/** A failed command on an open connection. */
export function commandFailure(error: unknown, cause: unknown, host: string, doing: string): MigrationError {
  if (error instanceof MigrationError) return error;
  const seen = [readError(error), readError(cause)];
  const code = seen.map((each) => each.code).find((each) => each !== '' && each !== 'NoConnection') ?? '';
  const refused = typeof error === 'object' && error !== null && Reflect.get(error, 'responseStatus') !== undefined;
  if (refused)
    return new MigrationError(
      'SourceProtocolError',
      { detail: sentence(seen[0]?.responseText ?? '') || doing },
      { cause: error },
    );
  return new MigrationError(
    'SourceConnectionLost',
    { host, detail: code === '' ? doing : `${doing} (${code})` },
    { cause: error },
  );
}

/** True for a SELECT or EXAMINE the server refused: a matter of this folder only. */
export function isRefusal(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    (Reflect.get(error, 'responseStatus') !== undefined || Reflect.get(error, 'mailboxMissing') === true)
  );
}

/** A server's words for people: one line, no control characters, cut. */
export function sentence(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function noStartTls(error: unknown): boolean {
  return error instanceof Error && error.message.includes('STARTTLS');
}

const SPOKEN = ['AUTH=PLAIN', 'AUTH=LOGIN', 'AUTH=XOAUTH2', 'AUTH=OAUTHBEARER'];

// The server names mechanisms, and none is ours (NTLM, CRAM-MD5, SCRAM alone); or it forbids LOGIN and names none.
function isMechanismMissing(offered: readonly string[]): boolean {
  const names = offered.map((each) => each.toUpperCase());
  if (SPOKEN.some((mechanism) => names.includes(mechanism))) return false;
  return names.some((each) => each.startsWith('AUTH=')) || names.includes('LOGINDISABLED');
}
