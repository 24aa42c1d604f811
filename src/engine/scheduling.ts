import { createHash } from 'node:crypto';
import { selectDue } from './domain/schedule.ts';
import { isWatchable, placesOf } from './domain/freshness.ts';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import type { EndpointName, UserAddress } from './domain/ids.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import type { World } from './ports.ts';

/** Has the scheduler look for due users now instead of at its next tick. Twenty calls are one look. */
export async function scheduleSoon(world: World): Promise<void> {
  await world.jobs.add('schedule-syncs', {}, { id: 'schedule-now', behind: true });
}

/** The job that turns due users into sync jobs, as many as each endpoint's caps allow. It may run twice at once: job ids make that harmless. */
export async function runScheduleSyncs(world: World): Promise<void> {
  const pending = await pendingUsers(world);
  const now = world.clock.now();
  for (const [endpointName, { users, live }] of await activeUsersByEndpoint(world)) {
    const endpoint = await world.store.endpoint(endpointName);
    if (endpoint === undefined) continue;
    await scheduleWatches(world, endpoint, live);
    for (const user of selectDue(users, endpoint, pending, now)) {
      await world.jobs.add('sync-mailbox', { user: user.address }, { id: syncJobId(user.address) });
    }
  }
}

/** One job a mailbox: its id is the mutex that keeps two syncs of a mailbox from being queued. */
export function syncJobId(user: UserAddress): string {
  return `sync-${createHash('sha256').update(user).digest('hex').slice(0, 32)}`;
}

async function pendingUsers(world: World): Promise<ReadonlyMap<UserAddress, { readonly running: boolean }>> {
  const jobs = await world.jobs.pending('sync-mailbox');
  return new Map(jobs.map((job) => [job.payload.user, { running: job.running }]));
}

interface ActiveUsers {
  readonly users: MigrationUser[];
  /** How many of them are watched. */
  live: number;
}

// Batches that end are looked at too: who is Stopping, Completing or Removing needs a worker when its job was lost.
async function activeUsersByEndpoint(world: World): Promise<ReadonlyMap<EndpointName, ActiveUsers>> {
  const byEndpoint = new Map<EndpointName, ActiveUsers>();
  for (const batch of await world.store.batches()) {
    if (batch.intent === 'Created') continue;
    const active = byEndpoint.get(batch.endpoint) ?? { users: [], live: 0 };
    const isLive = batch.live !== undefined && batch.intent === 'Started';
    for await (const user of world.store.users(batch.name)) {
      active.users.push(user);
      if (isLive && isWatchable(user)) active.live += 1;
    }
    byEndpoint.set(batch.endpoint, active);
  }
  return byEndpoint;
}

/** Has a job for each place of an endpoint: as many as it may have connections, and no more than there are users. */
async function scheduleWatches(world: World, endpoint: MigrationEndpoint, users: number): Promise<void> {
  const places = placesOf(endpoint, users);
  for (let place = 0; place < places; place += 1) {
    const job = { endpoint: endpoint.name, place };
    await world.jobs.add('watch-mailboxes', job, { id: `watch-${endpoint.name}-${place}` });
  }
}
