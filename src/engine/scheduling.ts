import { createHash } from 'node:crypto';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import { CAPS, type Cap, NO_SHARES, type WaitingBatch, selectDue } from './domain/fair-shares.ts';
import { placesOf } from './domain/freshness.ts';
import type { EndpointName, UserAddress } from './domain/ids.ts';
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
  /** Everybody with a job. */
  readonly users: ReadonlySet<UserAddress>;
  /** Jobs that hold a worker or will soon, by endpoint and cap; a job that waits for its time holds no place. */
  readonly running: ReadonlyMap<EndpointName, Readonly<Record<Cap, number>>>;
}

async function pendingUsers(world: World): Promise<Pending> {
  const jobs = await world.jobs.pending('sync-mailbox');
  const running = new Map<EndpointName, Record<Cap, number>>();
  const users = await world.store.usersNamed(jobs.filter((job) => job.running).map((job) => job.payload.user));
  const endpointOf = new Map((await world.store.batches()).map(({ name, endpoint }) => [name, endpoint]));
  for (const user of users) {
    const endpoint = endpointOf.get(user.batch);
    if (endpoint === undefined) continue;
    const counts = running.get(endpoint) ?? { initial: 0, incremental: 0 };
    counts[capOf(turnOf(user))] += 1;
    running.set(endpoint, counts);
  }
  return { users: new Set(jobs.map((job) => job.payload.user)), running };
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
  const held = running.get(endpoint.name) ?? { initial: 0, incremental: 0 };
  const free = { initial: endpoint.initial - held.initial, incremental: endpoint.incremental - held.incremental };
  if (free.initial <= 0 && free.incremental <= 0) return [];
  const now = world.clock.now();
  const { timeScale } = world.settings;
  // Whoever has a job stands in the lanes as well, in front of those that wait for one.
  const most = Math.max(free.initial, free.incremental) + pending.size;
  const waiting = await Promise.all(
    batches.map(async ({ name, priority = 'normal' }) => {
      const users = (await world.store.waiting(name, now, most)).filter(({ address }) => !pending.has(address));
      return { name, priority, users };
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
