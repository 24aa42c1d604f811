import { requireBatch } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName, UserAddress } from './domain/ids.ts';
import { isUnapproved } from './domain/progress.ts';
import type { World } from './ports.ts';
import { someAtOnce } from './some-at-once.ts';
import type { SkippedView } from './views.ts';

type Target = { readonly batch: BatchName } | { readonly user: UserAddress };

/** What was skipped of a user. `details` decides whether subjects and senders are shown. Throws UnknownUser. */
export async function skippedOf(world: World, address: UserAddress, details: boolean): Promise<SkippedView> {
  const user = await world.store.user(address);
  if (user === undefined) throw new MigrationError('UnknownUser', { address });
  const items = await world.store.skipped(address);
  return {
    identity: address,
    batchId: user.batch,
    count: items.length,
    unapprovedCount: items.filter(isUnapproved).length,
    items: details ? items : items.map(({ subject: _subject, from: _from, ...item }) => item),
    asOf: new Date(world.clock.now()).toISOString(),
  };
}

/** Who has skipped messages nobody approved yet, and how many. Throws UnknownUser, UnknownBatch. */
export async function unapprovedOf(
  world: World,
  target: Target,
): Promise<readonly { readonly user: UserAddress; readonly batch: BatchName; readonly count: number }[]> {
  const found = await someAtOnce(usersOf(world, target), async ({ address, batch }) => {
    const count = (await world.store.skipped(address)).filter(isUnapproved).length;
    return { user: address, batch, count };
  });
  return found.filter(({ count }) => count > 0);
}

/** Lets the skipped messages of a user or batch be, with name and time. They stay out of the target, and in the score. */
export async function approveSkipped(world: World, target: Target, by: Actor): Promise<number> {
  const unapproved = await unapprovedOf(world, target);
  await someAtOnce(unapproved, async ({ user, batch, count }) => {
    const items = await world.store.skipped(user);
    const mark = { by: by.name, byId: by.id, at: world.clock.now() };
    await world.store.saveSkipped(
      user,
      items.map((item) => (isUnapproved(item) ? { ...item, approved: mark } : item)),
      [{ type: 'SkippedApproved', batch, user, count }],
      by,
    );
  });
  return unapproved.reduce((sum, { count }) => sum + count, 0);
}

async function* usersOf(world: World, target: Target) {
  if ('user' in target) {
    const user = await world.store.user(target.user);
    if (user === undefined) throw new MigrationError('UnknownUser', { address: target.user });
    yield user;
    return;
  }
  await requireBatch(world, target.batch);
  yield* world.store.users(target.batch);
}
