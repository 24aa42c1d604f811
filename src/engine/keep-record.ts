import { toMigrationError } from './domain/failure.ts';
import type { World } from './ports.ts';

/** Looks an entry waits for its file: Redis writes to disk once a second, and what a power cut takes from it must not be in a file. */
const LAG = 4;

/** Brings events into the audit chain, and the chain into its files, every `every` ms until the signal aborts. Each process does: the chain has each event once. */
export async function keepRecord(
  { audit, mirror, clock, log }: Pick<World, 'audit' | 'mirror' | 'clock' | 'log'>,
  every: number,
  signal: AbortSignal,
): Promise<void> {
  const seen: number[] = [];
  let said = '';
  while (!signal.aborted) {
    try {
      seen.push((await audit.catchUp()).seq);
      await mirror.catchUp(seen.at(-LAG) ?? 0);
      seen.splice(0, seen.length - LAG);
      said = '';
    } catch (error) {
      const { code, message } = toMigrationError(error);
      // Once, not every second.
      if (said !== message && !signal.aborted) log.error({ code, detail: message }, 'the audit chain does not grow');
      said = message;
    }
    await clock.sleep(every, signal).catch(() => undefined);
  }
}
