import { requireAction, requireBatch } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName, EndpointName, UserAddress } from './domain/ids.ts';
import type { Items } from './domain/items.ts';
import { type MigrationUser, USER_TRANSITIONS, userSupportedActions } from './domain/migration-user.ts';
import { nextState } from './domain/transitions.ts';
import { requireEndpoint } from './endpoints.ts';
import type { Decision, World } from './ports.ts';
import { scheduleSoon } from './scheduling.ts';
import { someAtOnce } from './some-at-once.ts';

/**
 * How migrations end. Unless a person says otherwise, a last sync comes first, so that nothing that arrived since the
 * one before is left behind; what it brought is verified like every other. Mail stays in the target in any case.
 */
export interface Ending {
  readonly lastSync: boolean;
}

/** Completes every synced user of a batch; who failed or was stopped stays as it is. Passwords of completed users are forgotten. */
export async function completeBatch(world: World, name: BatchName, { lastSync }: Ending, by: Actor): Promise<void> {
  await requireAction(world, name, 'Complete');
  await world.store.changeBatch(
    name,
    (batch) => ({
      to: { ...batch, intent: 'Completed' },
      events: [{ type: 'BatchCompleting', batch: name, lastSync }],
    }),
    by,
  );
  if (lastSync)
    await world.store.changeUsers(name, (user) =>
      user.status === 'Synced' || user.status === 'IncrementalFailed' ? beginning(world, user, 'complete') : undefined,
    );
  else
    await someAtOnce(world.store.users(name), async (user) => {
      if (user.status === 'Synced') await complete(world, user, await itemsOf(world, user));
    });
  await scheduleSoon(world);
}

/** Removes a user from its batch: after a last sync when it was ever synced, else at once. Throws UnknownUser, ActionNotPossible. */
export async function removeUser(world: World, address: UserAddress, { lastSync }: Ending, by: Actor): Promise<void> {
  const user = await world.store.user(address);
  if (user === undefined) throw new MigrationError('UnknownUser', { address });
  if (user.status !== 'Removing' && nextState(USER_TRANSITIONS, user.status, 'remove') === undefined) {
    const allowed = userSupportedActions(user.status).join(', ') || 'nothing';
    throw new MigrationError('ActionNotPossible', {
      action: 'remove user',
      name: address,
      status: user.status,
      allowed,
    });
  }
  await removeOrBegin(world, user, lastSync, by);
  await removeIfEmpty(world, user.batch);
  await scheduleSoon(world);
}

/** Removes a batch with all its users; it is gone when the last of them is. */
export async function removeBatch(world: World, name: BatchName, { lastSync }: Ending, by: Actor): Promise<void> {
  await requireAction(world, name, 'Remove');
  await world.store.changeBatch(
    name,
    (batch) => ({ to: { ...batch, intent: 'Removing' }, events: [{ type: 'BatchRemoving', batch: name, lastSync }] }),
    by,
  );
  await someAtOnce(world.store.users(name), (user) => removeOrBegin(world, user, lastSync));
  await removeIfEmpty(world, name);
  await scheduleSoon(world);
}

/** Removes an endpoint no batch uses. Throws UnknownEndpoint, EndpointInUse. */
export async function removeEndpoint(world: World, name: EndpointName, by: Actor): Promise<void> {
  await requireEndpoint(world, name);
  const users = (await world.store.batches()).filter((batch) => batch.endpoint === name);
  if (users.length > 0)
    throw new MigrationError('EndpointInUse', { endpoint: name, batches: users.map((batch) => batch.name).join(', ') });
  await world.store.removeEndpoint(name, [{ type: 'EndpointRemoved', endpoint: name }], by);
}

/**
 * After a sync: ends a user that was waiting for its last one. Answers undefined for everybody else, and asks for one
 * more sync when the ending was asked for while this one was running.
 */
export async function endAfterLastSync(
  world: World,
  user: MigrationUser,
  items: Items,
): Promise<{ readonly again: number } | 'ended' | undefined> {
  const current = await world.store.user(user.address);
  if (current?.epoch !== user.epoch || (current.status !== 'Completing' && current.status !== 'Removing'))
    return undefined;
  // This sync had read part of the mailbox before anybody asked for the last one.
  if (user.status !== current.status) return { again: 0 };
  if (current.status === 'Removing') {
    await removeNow(world, current);
    await removeIfEmpty(world, current.batch);
  } else await complete(world, { ...current, lastSuccessfulSyncAt: world.clock.now() }, items);
  return 'ended';
}

async function removeOrBegin(world: World, user: MigrationUser, lastSync: boolean, by?: Actor): Promise<void> {
  if (!lastSync || user.lastSuccessfulSyncAt === undefined) return removeNow(world, user, by);
  await world.store.changeUser(user.address, (current) => beginning(world, current, 'remove'), by);
}

// The last sync of a user, which is due at once.
function beginning(
  world: World,
  user: MigrationUser,
  action: 'complete' | 'remove',
): Decision<MigrationUser> | undefined {
  const status = nextState(USER_TRANSITIONS, user.status, action);
  if (status === undefined) return undefined;
  const { error: _error, delays: _delays, ...rest } = user;
  const now = world.clock.now();
  return {
    to: { ...rest, status, queuedAt: now, nextSyncAt: now },
    events:
      action === 'remove' ? [{ type: 'UserRemoving', batch: user.batch, user: user.address, lastSync: true }] : [],
  };
}

async function complete(world: World, user: MigrationUser, items: Items): Promise<void> {
  const warnings = items.skipped + items.failed + items.pending;
  await world.store.changeUser(user.address, (current) => {
    if (current.status !== user.status) return undefined;
    const { nextSyncAt: _next, syncRequested: _asked, error: _error, delays: _delays, ...rest } = current;
    return {
      to: {
        ...rest,
        status: warnings === 0 ? 'Completed' : 'CompletedWithWarnings',
        ...(user.lastSuccessfulSyncAt === undefined ? {} : { lastSuccessfulSyncAt: user.lastSuccessfulSyncAt }),
      },
      events: [{ type: 'UserCompleted', batch: user.batch, user: user.address, warnings, items }],
    };
  });
  await world.vault.forget(user.address);
}

// The ledger and the markers in the target stay: whoever migrates this mailbox again gets nothing twice.
async function removeNow(world: World, user: MigrationUser, by?: Actor): Promise<void> {
  await world.vault.forget(user.address);
  await world.store.removeUser(user.address, [{ type: 'UserRemoved', batch: user.batch, user: user.address }], by);
}

async function removeIfEmpty(world: World, name: BatchName): Promise<void> {
  const batch = await world.store.batch(name);
  if (batch?.intent !== 'Removing') return;
  if ((await world.store.userCount(name)) > 0) return;
  await world.store.removeBatch(name, [{ type: 'BatchRemoved', batch: name }]);
}

async function itemsOf(world: World, user: MigrationUser): Promise<Items> {
  const progress = await world.store.progress(user.address);
  if (progress === undefined) throw new MigrationError('UnknownUser', { address: user.address });
  return progress.items;
}

/** Whom an ending of a batch would touch, and whether the batch is there at all. Throws UnknownBatch. */
export async function usersToEnd(
  world: World,
  name: BatchName,
  ending: 'complete' | 'remove',
): Promise<readonly MigrationUser[]> {
  await requireBatch(world, name);
  const users = await Array.fromAsync(world.store.users(name));
  return users.filter((user) => nextState(USER_TRANSITIONS, user.status, ending) !== undefined);
}
