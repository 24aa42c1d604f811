import { MigrationError } from '../engine/domain/failure.ts';

/** What went wrong as one word: a foreign message may quote a payload or a URL. */
export function queueFailureCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,20}(?= )/.exec(error.message)?.[0] ?? error.name;
}

/** Waits for an answer of the queue; its errors become StateUnavailable. */
export async function askQueue<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    throw new MigrationError('StateUnavailable', { detail: queueFailureCode(error) }, { cause: error });
  }
}
