import type { Actor } from './domain/actor.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName } from './domain/ids.ts';
import type { World } from './ports.ts';

/** Plans the cutover of a batch for a moment (ms since 1970, UTC), or for none: what the daily report measures against. */
export async function planCutoverDate(
  world: World,
  name: BatchName,
  cutoverAt: number | undefined,
  by: Actor,
): Promise<void> {
  if (cutoverAt !== undefined && cutoverAt <= world.clock.now())
    throw new MigrationError('UsageError', {
      detail: 'The day of a cutover must lie in the future.',
      command: 'set cutover',
    });
  await world.store.changeBatch(
    name,
    ({ cutoverAt: _before, ...batch }) => ({
      to: { ...batch, ...(cutoverAt === undefined ? {} : { cutoverAt }) },
      events: [{ type: 'CutoverPlanned', batch: name, cutoverAt: cutoverAt ?? null }],
    }),
    by,
  );
}
