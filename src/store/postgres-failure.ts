import { MigrationError } from '../engine/domain/failure.ts';

/** What passes by itself: SQLSTATE (Postgres, appendix A), or its class of two letters. */
const PASSING_STATES = new Set(['08', '57P01', '57P02', '57P03', '53300', '40001', '40P01', '55P03']);
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOENT']); // prettier-ignore

/** What an operator can do something about, by SQLSTATE. */
const EXPLAINED: Readonly<Record<string, string>> = {
  '28000': 'refuses this user or host',
  '28P01': 'refuses the password',
  '3D000': 'has no such database',
  '42501': 'lets this user not make or use the tables',
  '25006': 'only reads',
  '53100': 'has no space left on its disk',
  '53300': 'has no connection left (max_connections)',
  '55P03': 'waited too long for another worker',
  '57014': 'ended a statement that took too long',
  '57P01': 'was shut down',
  '57P03': 'is starting or stopping',
};

/** Whether asking again in a moment may help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof MigrationError || !(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code === undefined) return isLostConnection(error);
  return PASSING_CODES.has(code) || PASSING_STATES.has(code) || PASSING_STATES.has(code.slice(0, 2));
}

/** The failure as Bellhop tells it: by its code alone, because the server's words may name users, hosts and values. */
export function unavailable(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  const code = error instanceof Error ? codeOf(error) : undefined;
  const lost = error instanceof Error && isLostConnection(error) ? 'does not answer' : 'cannot be used';
  const what = code === undefined ? lost : (EXPLAINED[code] ?? `failed (${code})`);
  return new MigrationError('LedgerUnavailable', { detail: `Postgres ${what}` }, { cause: error });
}

function codeOf(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

// The library has no codes of its own for these.
function isLostConnection(error: Error): boolean {
  return /^(Connection terminated|Client has encountered a connection error|timeout e|Query read timeout)/.test(
    error.message,
  );
}
