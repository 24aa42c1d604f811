import { MigrationError } from '../engine/domain/failure.ts';

/**
 * Waits for an answer of Redis. Whatever goes wrong becomes StateUnavailable with a code only: a reply error of Redis
 * may quote the arguments of the command, and those may hold anything.
 */
export async function ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw stateUnavailable(error);
  }
}

/** The failure for an error of Redis or of the way to it. */
export function stateUnavailable(error: unknown): MigrationError {
  return new MigrationError('StateUnavailable', { detail: redisFailureCode(error) }, { cause: error });
}

/** `MISCONF`, `OOM`, `READONLY`, ... as Redis begins its errors, else the system's code or the error's class. */
export function redisFailureCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const word = /^[A-Z]{3,20}(?= )/.exec(error.message)?.[0];
  return word ?? (error.message === 'Connection is closed.' ? 'connection closed' : error.name);
}
