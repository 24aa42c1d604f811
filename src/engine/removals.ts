import { requireBatch, syncNow } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import type { BatchName, UserAddress } from './domain/ids.ts';
import { type OwnerFinding, restorable } from './domain/owner-findings.ts';
import type { World } from './ports.ts';
import { requireUser } from './users-of.ts';

type Target = { readonly batch: BatchName } | { readonly user: UserAddress };

/** The removals that wait for a person, over a user or a batch. Throws UnknownUser, UnknownBatch. */
export async function heldRemovalsOf(world: World, target: Target): Promise<OwnerFinding> {
  const folders: string[] = [];
  let count = 0;
  for await (const { user, held } of heldOf(world, target)) {
    count += held.count;
    folders.push(...held.folders.map((folder) => ('user' in target ? folder : `${user}: ${folder}`)));
  }
  return { count, folders: folders.slice(0, 3) };
}

/** Lets the removals go that were held until now; the next sync, which starts at once, carries them out. */
export async function applyDeletions(world: World, target: Target, by: Actor): Promise<void> {
  const now = world.clock.now();
  for await (const { user: address, held } of heldOf(world, target)) {
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
  await requireUser(world, user);
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

// Who has removals that are held. Throws UnknownUser, UnknownBatch.
async function* heldOf(
  world: World,
  target: Target,
): AsyncIterable<{ readonly user: UserAddress; readonly held: OwnerFinding }> {
  if ('user' in target) await requireUser(world, target.user);
  else await requireBatch(world, target.batch);
  const progressed =
    'user' in target
      ? [{ user: { address: target.user }, progress: await world.store.progress(target.user) }]
      : world.store.usersWithProgress(target.batch);
  for await (const { user, progress } of progressed) {
    const held = progress?.findings?.RemovalHeld;
    if (held !== undefined) yield { user: user.address, held };
  }
}
