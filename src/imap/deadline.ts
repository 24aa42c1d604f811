import type { Clock } from '../engine/ports.ts';

/**
 * Gives a step a time limit. imapflow's own socket timeout counts silence only: a byte every half second or a "still
 * here" now and then would hold a worker for ever. `expire` ends the connection, which ends the step.
 */
export async function withDeadline<Result>(
  clock: Clock,
  ms: number,
  step: () => Promise<Result>,
  expire: () => void,
): Promise<Result> {
  const over = new AbortController();
  const limit = clock.sleep(ms, over.signal).then(
    () => {
      expire();
      throw new Error('deadline');
    },
    // The step was faster: wait for ever, the race is over.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([step(), limit]);
  } finally {
    over.abort();
  }
}
