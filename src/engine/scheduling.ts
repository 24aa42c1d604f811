import { createHash } from 'node:crypto';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import { nextCap, startCaps } from './domain/adaptive-caps.ts';
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
  /** Batches of which somebody waits for a connection: the source has enough. */
  readonly troubled: ReadonlySet<BatchName>;
}

async function pendingUsers(world: World): Promise<Pending> {
  const jobs = await world.jobs.pending('sync-mailbox');
  const isRunning = new Map(jobs.map((job) => [job.payload.user, job.running]));
  const pending = await world.store.usersNamed([...isRunning.keys()]);
  const users = new Map<BatchName, Set<UserAddress>>();
  const running = new Map<BatchName, Record<Cap, number>>();
  const troubled = new Set<BatchName>();
  for (const user of pending) {
    users.set(user.batch, (users.get(user.batch) ?? new Set()).add(user.address));
    // Who waits for a connection keeps its place: otherwise everybody would be begun, to wait as well.
    const waits = isRunning.get(user.address) !== true;
    if (waits && user.error?.code !== 'SourceBusy') continue;
    if (waits) troubled.add(user.batch);
    const counts = running.get(user.batch) ?? { initial: 0, incremental: 0 };
    counts[capOf(turnOf(user))] += 1;
    running.set(user.batch, counts);
  }
  return { users, running, troubled };
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
  { users: pending, running, troubled }: Pending,
): Promise<readonly UserAddress[]> {
  const now = world.clock.now();
  const { timeScale } = world.settings;
  const before = (await world.store.shares(endpoint.name)) ?? { initial: NO_SHARES, incremental: NO_SHARES };
  const caps = before.caps ?? startCaps(endpoint, now);
  const free = { initial: caps.initial.cap, incremental: caps.incremental.cap };
  for (const { name } of batches) for (const cap of CAPS) free[cap] -= running.get(name)?.[cap] ?? 0;
  // One more than can begin, to see whether the places are too few.
  const most = Math.max(0, free.initial, free.incremental) + 1;
  const waiting = await Promise.all(
    batches.map(async ({ name, priority = 'normal' }) => {
      const busy = pending.get(name) ?? new Set();
      const users = await world.store.waiting(name, now, most + busy.size);
      return { name, priority, users: users.filter(({ address }) => !busy.has(address)) };
    }),
  );
  const isTroubled = batches.some(({ name }) => troubled.has(name));
  const shares = { ...before };
  const adapted = { ...caps };
  const chosen: UserAddress[] = [];
  for (const cap of CAPS) {
    const queues = waiting.map(({ name, priority, users }): WaitingBatch => ({
      ...{ name, priority },
      waiting: users.filter(({ turn }) => capOf(turn) === cap),
    }));
    const count = queues.reduce((sum, queue) => sum + queue.waiting.length, 0);
    const selection = selectDue(queues, free[cap], before[cap], now, timeScale);
    chosen.push(...selection.chosen);
    shares[cap] = selection.shares;
    const signs = { isFull: count > Math.max(0, free[cap]), isTroubled };
    adapted[cap] = nextCap(cap, endpoint, caps[cap], signs, now, timeScale);
  }
  const hasChanged = CAPS.some((cap) => adapted[cap] !== caps[cap]);
  if (chosen.length > 0 || hasChanged || before.caps === undefined)
    await world.store.saveShares(endpoint.name, { ...shares, caps: adapted });
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
