import { startBatch } from './batches.ts';
import { toMigrationError } from './domain/failure.ts';
import type { World } from './ports.ts';

/** Starts the batches whose time has come. One that cannot start yet (no users) is tried again at the next look. */
export async function startDueBatches(world: World): Promise<void> {
  const now = world.clock.now();
  for (const batch of await world.store.batches()) {
    if (batch.intent !== 'Created' || batch.startAt === undefined || batch.startAt > now) continue;
    try {
      await startBatch(world, batch.name, { id: 'bellhop', name: 'Bellhop' });
    } catch (error) {
      world.log.warn({ code: toMigrationError(error).code, batch: batch.name }, 'a batch could not start at its time');
    }
  }
}
