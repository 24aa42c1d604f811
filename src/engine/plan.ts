import { requireBatch } from './batches.ts';
import type { Actor } from './domain/actor.ts';
import { MigrationError, failure, toMigrationError } from './domain/failure.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { type FolderForecast, type SyncForecast, addForecasts } from './domain/sync-forecast.ts';
import type { Jobs, World } from './ports.ts';
import { forecastMailbox } from './sync/forecast-mailbox.ts';
import { someAtOnce } from './some-at-once.ts';
import { withOpenSource } from './sync/open-source.ts';
import { type Target, usersOf } from './users-of.ts';
import type { PlanView } from './views.ts';

/** Has workers find out what the next sync of a user, or of every user of a batch, would do. Throws UnknownUser, UnknownBatch, BatchEmpty. */
export async function plan(world: World, target: Target, by: Actor): Promise<{ readonly request: string }> {
  const users = await usersOf(world, target);
  if (users.length === 0 && 'batch' in target) {
    const { endpoint } = await requireBatch(world, target.batch);
    throw new MigrationError('BatchEmpty', { batch: target.batch, endpoint });
  }
  const request = world.newId();
  await someAtOnce(users, async ({ address, batch }) => {
    await world.store.publish([{ type: 'PlanRequested', batch, user: address }], by);
    await world.jobs.add('plan-mailbox', { user: address, request });
  });
  return { request };
}

/** The job behind {@link plan}. It reads the source and the ledger, and writes nothing but its answer. */
export async function runPlanMailbox(world: World, job: Jobs['plan-mailbox'], signal: AbortSignal): Promise<void> {
  const user = await world.store.user(job.user);
  if (user === undefined) return;
  const startedAt = world.clock.now();
  const outcome = await forecastOf(world, user, signal);
  const forecast: SyncForecast = {
    ...{ user: user.address, batch: user.batch, request: job.request },
    ...{ startedAt, finishedAt: world.clock.now(), ...outcome },
  };
  const event = { type: 'Planned', batch: user.batch, user: user.address, request: job.request } as const;
  await world.store.saveForecast(forecast, [event]);
}

async function forecastOf(
  world: World,
  user: MigrationUser,
  signal: AbortSignal,
): Promise<{ readonly folders: readonly FolderForecast[]; readonly error?: string }> {
  try {
    const target = user.target ?? (await world.target.find(user.address));
    const known = target === undefined ? user : { ...user, target };
    const folders = await withOpenSource(world, known, signal, (open) => forecastMailbox({ ...open, world, signal }));
    return { folders };
  } catch (error) {
    signal.throwIfAborted();
    const { code, details } = toMigrationError(error);
    return { folders: [], error: failure(code, { address: user.address, batch: user.batch, ...details }).message };
  }
}

/** How far a plan is, and what it says so far. */
export async function planView(world: World, target: Target, request: string): Promise<PlanView> {
  const users = await usersOf(world, target);
  const found = await someAtOnce(users, (user) => world.store.forecast(user.address));
  const done = found.flatMap((each) => (each?.request === request ? [each] : []));
  return {
    identity: 'user' in target ? target.user : target.batch,
    users: users.length,
    done: done.length,
    ...addForecasts(done.flatMap((each) => each.folders)),
    results: done.map((each) => ({
      identity: each.user,
      error: each.error ?? null,
      ...addForecasts(each.folders),
      folders: each.folders,
    })),
    asOf: new Date(world.clock.now()).toISOString(),
  };
}
