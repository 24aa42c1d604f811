import { toMigrationError } from './domain/failure.ts';
import type { World } from './ports.ts';

/** Brings events into the audit chain, every `every` ms until the signal aborts. Each process does: the chain has each event once. */
export async function keepRecord(
  { audit, clock, log }: Pick<World, 'audit' | 'clock' | 'log'>,
  every: number,
  signal: AbortSignal,
): Promise<void> {
  let said = '';
  while (!signal.aborted) {
    try {
      await audit.catchUp();
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
