import { createHash } from 'node:crypto';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import { CAPS, type Cap, NO_SHARES, type WaitingBatch, selectDue } from './domain/fair-shares.ts';
import { placesOf } from './domain/freshness.ts';
import type { BatchName, EndpointName, UserAddress } from './domain/ids.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import { type WaitingUser, turnOf } from './domain/schedule.ts';
import type { World } from './ports.ts';

/** Has the scheduler look for due users now instead of at its next tick. Twenty calls are one look. */
export async function scheduleSoon(world: World): Promise<void> {
  await world.jobs.add('schedule-syncs', {}, { id: 'schedule-now', behind: true });
}

/**
 * The job that turns due users into sync jobs, as many as each endpoint's caps allow. It reads who is due, not who is there.
 * It may run twice at once: job ids make that harmless.
 */
export async function runScheduleSyncs(world: World): Promise<void> {
  const pending = await pendingUsers(world);
  for (const [endpointName, batches] of await activeBatches(world)) {
    const endpoint = await world.store.endpoint(endpointName);
    if (endpoint === undefined) continue;
    await scheduleWatches(world, endpoint, batches);
    for (const user of await dueUsers(world, endpoint, batches, pending))
      await world.jobs.add('sync-mailbox', { user }, { id: syncJobId(user) });
  }
}

/** One job a mailbox: its id is the mutex that keeps two syncs of a mailbox from being queued. */
export function syncJobId(user: UserAddress): string {
  return `sync-${createHash('sha256').update(user).digest('hex').slice(0, 32)}`;
}

interface Pending {
  /** Everybody with a job, by batch: whoever has one stands in the lanes as well, in front of those that wait for one. */
  readonly users: ReadonlyMap<BatchName, ReadonlySet<UserAddress>>;
  /** Jobs that hold a worker or will soon, by batch and cap; a job that waits for its time holds no place. */
  readonly running: ReadonlyMap<BatchName, Readonly<Record<Cap, number>>>;
}

async function pendingUsers(world: World): Promise<Pending> {
  const jobs = await world.jobs.pending('sync-mailbox');
  const isRunning = new Map(jobs.map((job) => [job.payload.user, job.running]));
  const pending = await world.store.usersNamed([...isRunning.keys()]);
  const users = new Map<BatchName, Set<UserAddress>>();
  const running = new Map<BatchName, Record<Cap, number>>();
  for (const user of pending) {
    users.set(user.batch, (users.get(user.batch) ?? new Set()).add(user.address));
    // Who waits for a connection keeps its place: otherwise everybody would be begun, to wait as well.
    if (isRunning.get(user.address) !== true && user.error?.code !== 'SourceBusy') continue;
    const counts = running.get(user.batch) ?? { initial: 0, incremental: 0 };
    counts[capOf(turnOf(user))] += 1;
    running.set(user.batch, counts);
  }
  return { users, running };
}

function capOf(turn: WaitingUser['turn']): Cap {
  return turn === 'incremental' ? 'incremental' : 'initial';
}

// Batches that end are looked at too: who is Stopping, Completing or Removing needs a worker when its job was lost.
async function activeBatches(world: World): Promise<ReadonlyMap<EndpointName, readonly MigrationBatch[]>> {
  return Map.groupBy(
    (await world.store.batches()).filter((batch) => batch.intent !== 'Created'),
    (batch) => batch.endpoint,
  );
}

async function dueUsers(
  world: World,
  endpoint: MigrationEndpoint,
  batches: readonly MigrationBatch[],
  { users: pending, running }: Pending,
): Promise<readonly UserAddress[]> {
  const free = { initial: endpoint.initial, incremental: endpoint.incremental };
  for (const { name } of batches) for (const cap of CAPS) free[cap] -= running.get(name)?.[cap] ?? 0;
  if (free.initial <= 0 && free.incremental <= 0) return [];
  const now = world.clock.now();
  const { timeScale } = world.settings;
  const places = Math.max(free.initial, free.incremental);
  const waiting = await Promise.all(
    batches.map(async ({ name, priority = 'normal' }) => {
      const busy = pending.get(name) ?? new Set();
      const users = await world.store.waiting(name, now, places + busy.size);
      return { name, priority, users: users.filter(({ address }) => !busy.has(address)) };
    }),
  );
  const before = (await world.store.shares(endpoint.name)) ?? { initial: NO_SHARES, incremental: NO_SHARES };
  const shares = { ...before };
  const chosen: UserAddress[] = [];
  for (const cap of CAPS) {
    const queues = waiting.map(({ name, priority, users }): WaitingBatch => ({
      ...{ name, priority },
      waiting: users.filter(({ turn }) => capOf(turn) === cap),
    }));
    const selection = selectDue(queues, free[cap], before[cap], now, timeScale);
    chosen.push(...selection.chosen);
    shares[cap] = selection.shares;
  }
  if (chosen.length > 0) await world.store.saveShares(endpoint.name, shares);
  return chosen;
}

/** Has a job for each place of an endpoint: as many as it may have connections, and no more than there are users. */
async function scheduleWatches(
  world: World,
  endpoint: MigrationEndpoint,
  batches: readonly MigrationBatch[],
): Promise<void> {
  const live = batches.filter((batch) => batch.live !== undefined && batch.intent === 'Started');
  const counts = await Promise.all(live.map(({ name }) => world.store.watchedCount(name)));
  const places = placesOf(endpoint, counts.reduce((sum, count) => sum + count, 0)); // prettier-ignore
  for (let place = 0; place < places; place += 1) {
    const job = { endpoint: endpoint.name, place };
    await world.jobs.add('watch-mailboxes', job, { id: `watch-${endpoint.name}-${place}` });
  }
}
