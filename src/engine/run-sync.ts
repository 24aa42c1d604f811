import { afterSync } from './domain/freshness.ts';
import { FAILURES, MigrationError, failure, toMigrationError } from './domain/failure.ts';
import type { UserAddress } from './domain/ids.ts';
import { type MigrationUser, USER_TRANSITIONS, type UserStatus } from './domain/migration-user.ts';
import { nextState } from './domain/transitions.ts';
import { requireBatch } from './batches.ts';
import { endAfterLastSync } from './ending.ts';
import { newestFirst, waitForRest } from './ready.ts';
import { scheduleSoon } from './scheduling.ts';
import { type SpentTime, totalTime } from './domain/spent-time.ts';
import { waitedBefore } from './domain/user-wait.ts';
import { SyncTimer } from './sync/sync-timer.ts';
import { type SyncResult, syncMailbox } from './sync/sync-mailbox.ts';
import type { Jobs, World } from './ports.ts';

/** How often a running sync looks whether it is still wanted. */
const WATCH_EVERY = 1000;
/** Who is in one of these is synced on. */
const WANTED: ReadonlySet<UserStatus> = new Set(['Syncing', 'IncrementalSyncing', 'Completing', 'Removing']);
/** Waits before a failure that heals by itself is tried again; after the last one the user has failed. */
const RETRY_AFTER = [5_000, 15_000, 60_000, 180_000, 600_000];

/** The job that syncs one mailbox. It may be killed at any moment and run again: the ledger knows how far it was. */
export async function runSyncMailbox(
  world: World,
  job: Jobs['sync-mailbox'],
  shutdown: AbortSignal,
): Promise<void | { readonly again: number }> {
  const begun = await begin(world, job.user);
  if (begun === undefined) return;
  const { user } = begun;
  const timer = new SyncTimer({
    now: () => world.clock.now(),
    busy: world.busy,
    timeScale: world.settings.timeScale,
    begunAt: begun.at,
    waited: begun.waited,
  });
  await using watch = watchUser(world, user);
  const startedAt = world.clock.now();
  try {
    const newest = newestFirst(world, user, await requireBatch(world, user.batch));
    const result = await syncMailbox(world, user, AbortSignal.any([shutdown, watch.signal]), timer, newest);
    if (result.restLater === true) return await waitForRest(world, user);
    return await finish(world, user, result, startedAt);
  } catch (error) {
    // The worker leaves: the user keeps its status and the job goes to the next worker.
    if (shutdown.aborted) return { again: 0 };
    if (watch.signal.aborted) return await rest(world, user.address);
    return await fail(world, user, toMigrationError(error));
  } finally {
    await scheduleSoon(world);
  }
}

// Takes the mailbox: a new epoch fences every worker that held it before. It is a time: a count would begin anew when Redis
// is lost, and the ledger remembers the former one.
async function begin(
  world: World,
  address: UserAddress,
): Promise<{ readonly user: MigrationUser; readonly at: number; readonly waited: SpentTime } | undefined> {
  const known = await world.store.user(address);
  if (known === undefined) return undefined;
  if (known.status === 'Stopping') {
    await rest(world, address);
    return undefined;
  }
  const now = world.clock.now();
  const waited = waitedBefore(known, await world.store.progress(address), now);
  let begun = false;
  const user = await world.store.changeUser(address, (current) => {
    const initial = current.lastSuccessfulSyncAt === undefined;
    const status = nextState(USER_TRANSITIONS, current.status, initial ? 'begin' : 'beginIncremental');
    begun = status !== undefined;
    if (status === undefined) return undefined;
    const { syncRequested: _syncRequested, delayedUntil: _until, ...rest } = current;
    const resumed = status === current.status;
    return {
      to: { ...rest, status, epoch: Math.max(current.epoch + 1, now), begun: { at: now, waited } },
      events: resumed ? [] : [{ type: 'UserSyncStarted', batch: current.batch, user: address, initial }],
    };
  });
  return begun ? { user, at: now, waited } : undefined;
}

async function finish(
  world: World,
  user: MigrationUser,
  result: SyncResult,
  startedAt: number,
): Promise<void | { readonly again: number }> {
  const { every, live } = await requireBatch(world, user.batch);
  const initial = user.lastSuccessfulSyncAt === undefined;
  const ending = await endAfterLastSync(world, user, result.items);
  if (ending !== undefined) return ending === 'ended' ? undefined : ending;
  const time = initial ? (await world.store.progress(user.address))?.time : undefined;
  const done = await world.store.changeUser(user.address, (current) => {
    const status = nextState(USER_TRANSITIONS, current.status, 'finish');
    if (status === undefined || current.epoch !== user.epoch) return undefined;
    const { error: _error, delays: _delays, delayedUntil: _until, ...kept } = current;
    const rest = withoutCarriedOut(kept, user);
    const now = world.clock.now();
    return {
      to: {
        ...rest,
        status,
        lastSuccessfulSyncAt: now,
        ...(live === undefined ? {} : { freshness: afterSync(current.freshness, startedAt, now) }),
        lastSync: { startedAt, copied: result.copied },
        ...(time === undefined ? {} : { firstSyncTook: totalTime(time) - time.slot }),
        nextSyncAt: current.syncRequested === true ? now : startedAt + every / world.settings.timeScale,
      },
      events: [
        {
          type: 'UserSynced',
          batch: user.batch,
          user: user.address,
          initial,
          copied: result.copied,
          bytes: result.bytes,
          items: result.items,
        },
        ...(result.held === undefined
          ? []
          : [{ type: 'RemovalsHeld', batch: user.batch, user: user.address, ...result.held } as const]),
        ...(status === 'Stopped' ? [{ type: 'UserStopped', batch: user.batch, user: user.address } as const] : []),
      ],
    };
  });
  // A sync that was asked for meanwhile runs right after, in the same job: it cannot be swallowed.
  if (done.syncRequested === true && done.status === 'Synced') return { again: 0 };
}

// What a person asked for is done; what was asked meanwhile is for the next sync.
function withoutCarriedOut(current: MigrationUser, begun: MigrationUser): MigrationUser {
  const { removalsApprovedAt, restoreAskedAt, ...rest } = current;
  return {
    ...rest,
    ...(removalsApprovedAt === undefined || removalsApprovedAt === begun.removalsApprovedAt
      ? {}
      : { removalsApprovedAt }),
    ...(restoreAskedAt === undefined || restoreAskedAt === begun.restoreAskedAt ? {} : { restoreAskedAt }),
  };
}

async function rest(world: World, address: UserAddress): Promise<void> {
  await world.store.changeUser(address, (current) => {
    const status = nextState(USER_TRANSITIONS, current.status, 'stopped');
    if (status === undefined) return undefined;
    return { to: { ...current, status }, events: [{ type: 'UserStopped', batch: current.batch, user: address }] };
  });
}

async function fail(
  world: World,
  user: MigrationUser,
  error: MigrationError,
): Promise<void | { readonly again: number }> {
  const details = { address: user.address, batch: user.batch, ...error.details };
  world.log.warn({ code: error.code, user: user.address }, 'sync ended early');
  const batch = await requireBatch(world, user.batch);
  const delay = retryDelay(world, user, error);
  const now = world.clock.now();
  const reason = failure(error.code, { until: clockTime(now + (delay ?? 0)), ...details });
  await world.store.changeUser(user.address, (current) => {
    if (current.epoch !== user.epoch) return undefined;
    if (delay !== undefined && current.status !== 'Stopping') {
      // Who was told when to come back does not run out of tries.
      const delays = (current.delays ?? 0) + (error.retryAt === undefined ? 1 : 0);
      return {
        to: { ...current, delays, error: reason, delayedUntil: now + delay },
        events: [{ type: 'UserSyncDelayed', batch: user.batch, user: user.address, until: now + delay, reason }],
      };
    }
    const status = nextState(USER_TRANSITIONS, current.status, 'fail');
    if (status === undefined) return undefined;
    const retries = FAILURES[error.code].retry !== 'never' && user.lastSuccessfulSyncAt !== undefined;
    // The time of this sync is past: left in place, the scheduler would begin it again and again, and lock the account.
    const { nextSyncAt: _past, delayedUntil: _until, ...kept } = current;
    return {
      to: {
        ...kept,
        status,
        error: reason,
        ...(retries ? { nextSyncAt: now + batch.every / world.settings.timeScale } : {}),
      },
      events:
        status === 'Stopped'
          ? [{ type: 'UserStopped', batch: user.batch, user: user.address }]
          : [{ type: 'UserSyncFailed', batch: user.batch, user: user.address, error: reason }],
    };
  });
  return delay === undefined ? undefined : { again: delay };
}

/** ms until a failure that heals by itself is tried again; undefined when a person, or the next sync, has to do it. */
function retryDelay(world: World, user: MigrationUser, error: MigrationError): number | undefined {
  if (FAILURES[error.code].retry !== 'delayed') return undefined;
  if (error.retryAt !== undefined) return Math.max(0, error.retryAt - world.clock.now());
  const delay = RETRY_AFTER[user.delays ?? 0];
  return delay === undefined ? undefined : delay / world.settings.timeScale;
}

function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

interface Watch extends AsyncDisposable {
  readonly signal: AbortSignal;
}

// Stop, remove and a take-over by another worker reach a running sync through the state everybody shares.
function watchUser(world: World, user: MigrationUser): Watch {
  const unwanted = new AbortController();
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted && !unwanted.signal.aborted) {
      await world.clock.sleep(WATCH_EVERY, over.signal);
      const current = await world.store.user(user.address);
      if (current === undefined || !WANTED.has(current.status) || current.epoch !== user.epoch)
        unwanted.abort(new MigrationError('MailboxTakenOver', { address: user.address }));
    }
  })().catch(() => undefined);
  return {
    signal: unwanted.signal,
    async [Symbol.asyncDispose]() {
      over.abort();
      await watching;
    },
  };
}
