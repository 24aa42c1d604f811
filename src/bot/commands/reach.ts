import type { BatchName } from '../../engine/domain/ids.ts';
import type { MigrationUser } from '../../engine/domain/migration-user.ts';
import type { World } from '../../engine/ports.ts';
import type { Reach } from './command.ts';

/** Up to here a command just does what it says; above, it says first whom it will touch. Stopping never asks. */
const ASK_ABOVE = 1000;
const SAMPLE = 3;

/** The users of a batch a command would touch, when they are many enough to ask. */
export async function reachOfBatch(
  world: World,
  batch: BatchName,
  touches: (user: MigrationUser) => boolean,
): Promise<Reach | undefined> {
  const sample: string[] = [];
  let count = 0;
  for await (const user of world.store.users(batch)) {
    if (!touches(user)) continue;
    count += 1;
    if (sample.length < SAMPLE) sample.push(user.address);
  }
  return count > ASK_ABOVE ? { count, sample } : undefined;
}
