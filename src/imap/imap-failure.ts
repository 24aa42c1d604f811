import { MigrationError } from '../engine/domain/failure.ts';
import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import { classify, missingMechanism } from './sign-in-refusal.ts';

/** What imapflow's errors carry; read defensively, because only some of them do. */
interface ImapError {
  readonly code: string;
  readonly responseCode: string;
  readonly responseText: string;
  /** Status of an OAuth refusal (RFC 7628, 3.2.2; XOAUTH2 answers the same JSON). */
  readonly oauthStatus: string;
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
    // A server that hangs up says why in its BYE.
    responseText: text('responseText') || text('reason'),
    oauthStatus: oauthStatusOf(read('oauthError')),
    authenticationFailed: read('authenticationFailed') === true,
  };
}

function oauthStatusOf(value: unknown): string {
  const status: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'status') : undefined;
  return typeof status === 'string' || typeof status === 'number' ? String(status) : '';
}

const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;
/** Nobody was reached, and why, in words. */
const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ENOTFOUND', 'the name is not in the DNS'],
  ['EAI_AGAIN', 'the DNS does not answer'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no way to the network'],
  ['ETIMEDOUT', 'no answer in time'],
  ['CONNECT_TIMEOUT', 'no answer in time'],
  ['GREETING_TIMEOUT', 'the server sent no greeting'],
  ['UPGRADE_TIMEOUT', 'no answer in time'],
  ['ECONNRESET', 'the server closed the connection'],
  ['EPIPE', 'the server closed the connection'],
]);

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
  const signedIn = seen.some((each) => each.authenticationFailed);
  const refusal = classify(responseCode, detail, signedIn);
  if (refusal !== undefined) {
    const why = refusal === 'later' ? {} : { refused: refusal };
    return new MigrationError('ImapSignInDelayed', { detail: detail || responseCode, ...why }, { cause: error });
  }
  const mechanisms = missingMechanism(endpoint, offered);
  const unsupported = (): MigrationError =>
    new MigrationError('ImapMechanismUnsupported', { ...details, detail: mechanisms ?? '' }, { cause: error });
  if (signedIn) {
    // Whoever checked the password says so (RFC 5530); a bare NO from a server that speaks none of our mechanisms did not.
    if (mechanisms !== undefined && responseCode.toUpperCase() !== 'AUTHENTICATIONFAILED') return unsupported();
    if (endpoint.login === 'xoauth2') {
      const status = seen.map((each) => each.oauthStatus).find((each) => each !== '') ?? responseCode;
      const token = { ...details, code: sentence(status), detail: detail || 'authentication failed' };
      return new MigrationError('ImapTokenRefused', token, { cause: error });
    }
    const refused = { code: responseCode, detail: detail || 'authentication failed' };
    return new MigrationError('ImapAuthenticationException', refused, { cause: error });
  }
  const unreachable = UNREACHABLE.get(code);
  if (unreachable !== undefined)
    return new MigrationError('SourceUnreachable', { ...details, detail: `${unreachable}: ${code}` }, { cause: error });
  if (mechanisms !== undefined) return unsupported();
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

/** True for a SELECT, EXAMINE or STATUS the server refused: a matter of this folder only. */
export function isRefusal(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    (Reflect.get(error, 'responseStatus') !== undefined ||
      Reflect.get(error, 'mailboxMissing') === true ||
      Reflect.get(error, 'code') === 'NotFound')
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
