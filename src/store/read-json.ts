import { MigrationError } from '../engine/domain/failure.ts';

/**
 * Reads what this program wrote. The store is written by Bellhop alone, so the shape is trusted once the text is JSON;
 * damaged text is an error with a code instead of a stack trace.
 */
export function readJson<Value>(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw new MigrationError('StateUnavailable', { detail: 'a stored value is damaged' }, { cause: error });
  }
}
