import type { Actor } from './domain/actor.ts';
import type { BatchName, UserAddress } from './domain/ids.ts';
import type { Priority } from './domain/schedule.ts';
import type { World } from './ports.ts';
import { scheduleSoon } from './scheduling.ts';

/** Gives a batch another share of its endpoint's places, or a user another place in its batch. Syncs that run are left alone. */
export async function setPriority(
  world: World,
  target: { readonly batch: BatchName } | { readonly user: UserAddress },
  priority: Priority,
  by: Actor,
): Promise<void> {
  if ('batch' in target)
    await world.store.changeBatch(
      target.batch,
      (batch) =>
        batch.priority === priority
          ? undefined
          : { to: { ...batch, priority }, events: [{ type: 'PrioritySet', batch: batch.name, priority }] },
      by,
    );
  else
    await world.store.changeUser(
      target.user,
      (user) =>
        user.priority === priority
          ? undefined
          : {
              to: { ...user, priority },
              events: [{ type: 'PrioritySet', batch: user.batch, user: user.address, priority }],
            },
      by,
    );
  await scheduleSoon(world);
}
