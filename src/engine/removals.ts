import { requireBatch, syncNow } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName, UserAddress } from './domain/ids.ts';
import { type OwnerFinding, restorable } from './domain/owner-findings.ts';
import type { World } from './ports.ts';

type Target = { readonly batch: BatchName } | { readonly user: UserAddress };

/** The removals that wait for a person, over a user or a batch. Throws UnknownUser, UnknownBatch. */
export async function heldRemovalsOf(world: World, target: Target): Promise<OwnerFinding> {
  const folders: string[] = [];
  let count = 0;
  for (const user of await usersOf(world, target)) {
    const held = (await world.store.progress(user))?.findings?.RemovalHeld;
    if (held === undefined) continue;
    count += held.count;
    folders.push(...held.folders.map((folder) => ('user' in target ? folder : `${user}: ${folder}`)));
  }
  return { count, folders: folders.slice(0, 3) };
}

/** Lets the removals go that were held until now; the next sync, which starts at once, carries them out. */
export async function applyDeletions(world: World, target: Target, by: Actor): Promise<void> {
  const now = world.clock.now();
  for (const address of await usersOf(world, target)) {
    const held = (await world.store.progress(address))?.findings?.RemovalHeld;
    if (held === undefined) continue;
    await world.store.changeUser(
      address,
      (user) => ({
        to: { ...user, removalsApprovedAt: now },
        events: [{ type: 'RemovalsApproved', batch: user.batch, user: address, count: held.count }],
      }),
      by,
    );
    await syncNow(world, { user: address }, by);
  }
}

/** What `restore missing` would bring back. Throws UnknownUser. */
export async function missingOf(world: World, user: UserAddress): Promise<OwnerFinding> {
  await usersOf(world, { user });
  return restorable((await world.store.progress(user))?.findings);
}

/** Brings back what the target's owner deleted, or what is missing from an earlier migration. */
export async function askForMissing(world: World, address: UserAddress, by: Actor): Promise<void> {
  await world.store.changeUser(
    address,
    (user) => ({
      to: { ...user, restoreAskedAt: world.clock.now() },
      events: [{ type: 'RestoreAsked', batch: user.batch, user: address }],
    }),
    by,
  );
  await syncNow(world, { user: address }, by);
}

async function usersOf(world: World, target: Target): Promise<readonly UserAddress[]> {
  if ('user' in target) {
    if ((await world.store.user(target.user)) === undefined)
      throw new MigrationError('UnknownUser', { address: target.user });
    return [target.user];
  }
  await requireBatch(world, target.batch);
  return Array.fromAsync(world.store.users(target.batch), (user) => user.address);
}
