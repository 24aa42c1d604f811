import type { Actor } from './domain/actor.ts';
import { MigrationError } from './domain/failure.ts';
import type { BatchName, EndpointName, UserAddress } from './domain/ids.ts';
import {
  BATCH_TRANSITIONS,
  type BatchAction,
  type BatchIntent,
  DEFAULT_CADENCE,
  LIVE_CADENCE,
  type MigrationBatch,
  batchStatus,
  batchSupportedActions,
  countStatuses,
} from './domain/migration-batch.ts';
import {
  type MigrationUser,
  USER_TRANSITIONS,
  type UserAction,
  userSupportedActions,
} from './domain/migration-user.ts';
import type { EventBody } from './domain/events.ts';
import type { Priority } from './domain/schedule.ts';
import { nextState } from './domain/transitions.ts';
import { requireEndpoint } from './endpoints.ts';
import { refusedLogins } from './refused-logins.ts';
import type { Decision, World } from './ports.ts';
import { scheduleSoon } from './scheduling.ts';

export interface BatchSettings {
  readonly name: BatchName;
  readonly endpoint: EndpointName;
  /** ms between two syncs of a user, or `live`: whenever something changes at the source. */
  readonly every?: number | 'live' | undefined;
  readonly trash?: 'copy' | 'skip' | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly oversize?: 'skip' | 'stub' | undefined;
  readonly categories?: Readonly<Record<string, string>> | undefined;
  /** ms since 1970 UTC, both inclusive */
  /** ms since 1970 UTC; starts by itself then. */
  readonly start?: number | undefined;
  /** ms since 1970 UTC; completes by itself then, once others agreed where they have to. */
  readonly complete?: number | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** bytes */
  readonly maxSize?: number | undefined;
  readonly priority?: Priority | undefined;
  /** Mail of so many days comes first; 0 for no difference. */
  readonly readyDays?: number | undefined;
}

/** Creates a batch without users. Throws UnknownEndpoint, BatchNameTaken. */
export async function createBatch(world: World, settings: BatchSettings, by: Actor): Promise<void> {
  await requireEndpoint(world, settings.endpoint);
  const { since, until, maxSize } = settings;
  if (since !== undefined && until !== undefined && since > until)
    throw new MigrationError('UsageError', { detail: 'since= must not lie behind until=.', command: 'create batch' });
  if (settings.start !== undefined && settings.start <= world.clock.now())
    throw new MigrationError('UsageError', { detail: 'start= must lie in the future.', command: 'create batch' });
  if (settings.complete !== undefined && settings.complete <= (settings.start ?? world.clock.now()))
    throw new MigrationError('UsageError', {
      detail: 'complete= must lie in the future, behind start=.',
      command: 'create batch',
    });
  const filter = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(maxSize === undefined ? {} : { maxSize }),
  };
  const batch: MigrationBatch = {
    name: settings.name,
    endpoint: settings.endpoint,
    intent: 'Created',
    createdBy: by.name,
    createdAt: world.clock.now(),
    ...(settings.every === 'live' ? { every: LIVE_CADENCE, live: true } : { every: settings.every ?? DEFAULT_CADENCE }),
    trash: settings.trash ?? 'copy',
    exclude: settings.exclude ?? [],
    ...(settings.oversize === 'stub' ? { oversize: 'stub' } : {}),
    ...(settings.categories === undefined ? {} : { categories: settings.categories }),
    ...(settings.start === undefined ? {} : { startAt: settings.start }),
    ...(settings.complete === undefined ? {} : { completion: { at: settings.complete, by } }),
    idleSince: world.clock.now(),
    ...(settings.priority === undefined ? {} : { priority: settings.priority }),
    ...(settings.readyDays === undefined ? {} : { readyDays: settings.readyDays }),
    ...(Object.keys(filter).length === 0 ? {} : { filter }),
  };
  await world.store.addBatch(batch, [{ type: 'BatchCreated', batch: batch.name }], by);
}

/** Starts the initial sync of every user; in a batch that runs, tries its failed users again (Start-MigrationBatch). */
export async function startBatch(world: World, name: BatchName, by: Actor): Promise<void> {
  const users = await requireAction(world, name, 'Start');
  const batch = await requireBatch(world, name);
  if (users === 0) throw new MigrationError('BatchEmpty', { batch: name, endpoint: batch.endpoint });
  const refused = await refusedLogins(world, batch);
  await intend(world, name, 'Started', { type: 'BatchStarted', batch: name }, by);
  await world.store.changeUsers(name, (user) => (isAtRest(user) ? (refused(user) ?? enqueue(world, user)) : undefined));
  await scheduleSoon(world);
}

/** Stops every sync of a batch. What was copied stays; nothing is lost by stopping. */
export async function stopBatch(world: World, name: BatchName, by: Actor): Promise<void> {
  await requireAction(world, name, 'Stop');
  await intend(world, name, 'Stopped', { type: 'BatchStopped', batch: name }, by);
  await world.store.changeUsers(name, (user) => step(user, 'stop'));
}

/** Resumes a stopped batch; every user syncs at once, not a day later. */
export async function resumeBatch(world: World, name: BatchName, by: Actor): Promise<void> {
  await requireAction(world, name, 'Resume');
  const refused = await refusedLogins(world, await requireBatch(world, name));
  await intend(world, name, 'Started', { type: 'BatchResumed', batch: name }, by);
  await world.store.changeUsers(name, (user) => refused(user) ?? enqueue(world, user));
  await scheduleSoon(world);
}

/** Syncs a user, or every user of a batch, now; failed users included. A sync that runs is followed by another one. */
export async function syncNow(
  world: World,
  target: { readonly batch: BatchName } | { readonly user: UserAddress },
  by: Actor,
): Promise<{ readonly users: number }> {
  const users =
    'batch' in target ? await syncBatchNow(world, target.batch, by) : await syncUserNow(world, target.user, by);
  await scheduleSoon(world);
  return { users };
}

async function syncBatchNow(world: World, name: BatchName, by: Actor): Promise<number> {
  await requireAction(world, name, 'SyncNow');
  await world.store.publish([{ type: 'SyncRequested', batch: name }], by);
  return world.store.changeUsers(name, (user) => (user.status === 'Stopped' ? undefined : enqueue(world, user)));
}

async function syncUserNow(world: World, address: UserAddress, by: Actor): Promise<number> {
  await changeUserOrRefuse(world, address, 'sync now', by, (user) => {
    if (user.status === 'Stopped' || user.status === 'Validating') return undefined;
    return withEvent(enqueue(world, user), { type: 'SyncRequested', batch: user.batch, user: user.address });
  });
  return 1;
}

/** Syncs the failed users of a batch again, and nobody else. */
export async function retryFailed(world: World, name: BatchName, by: Actor): Promise<{ readonly users: number }> {
  await requireBatch(world, name);
  await world.store.publish([{ type: 'SyncRequested', batch: name }], by);
  const users = await world.store.changeUsers(name, (user) => (hasFailed(user) ? enqueue(world, user) : undefined));
  await scheduleSoon(world);
  return { users };
}

/** Whether a user waits for a person. */
export function hasFailed({ status }: MigrationUser): boolean {
  return status === 'Failed' || status === 'IncrementalFailed';
}

/** Stops one user. */
export async function stopUser(world: World, address: UserAddress, by: Actor): Promise<void> {
  await changeUserOrRefuse(world, address, 'stop user', by, (user) => step(user, 'stop'));
}

/** Resumes one stopped user, or starts one that was added to a running batch; it syncs at once. */
export async function resumeUser(world: World, address: UserAddress, by: Actor): Promise<void> {
  await changeUserOrRefuse(world, address, 'resume user', by, (user) =>
    isAtRest(user) ? enqueue(world, user) : undefined,
  );
  await scheduleSoon(world);
}

/** The batch of a name. Throws UnknownBatch. */
export async function requireBatch(world: World, name: BatchName): Promise<MigrationBatch> {
  const batch = await world.store.batch(name);
  if (batch === undefined) throw new MigrationError('UnknownBatch', { batch: name });
  return batch;
}

/** Whether a start or resume queues this user. */
export function isAtRest(user: MigrationUser): boolean {
  return (
    user.status === 'Validating' || user.status === 'Stopped' || user.status === 'Failed' || user.status === 'Stopping'
  );
}

/** The user, asked to sync as soon as a slot is free. What went wrong before is history. */
export function enqueue(world: World, user: MigrationUser): Decision<MigrationUser> | undefined {
  const { error: _error, delays: _delays, ...rest } = user;
  // A running sync has read part of the mailbox already: the request is kept and honoured when it ends.
  if (user.status === 'Syncing' || user.status === 'IncrementalSyncing') {
    return { to: { ...user, syncRequested: true }, events: [] };
  }
  // Whoever waits already is asked for once more, and waits on where it is.
  if (user.status === 'Queued') return { to: user, events: [] };
  const status = nextState(USER_TRANSITIONS, user.status, 'queue');
  if (status === undefined) return undefined;
  return { to: { ...rest, status, queuedAt: world.clock.now(), nextSyncAt: world.clock.now() }, events: [] };
}

function step(user: MigrationUser, action: UserAction): Decision<MigrationUser> | undefined {
  const status = nextState(USER_TRANSITIONS, user.status, action);
  if (status === undefined) return undefined;
  const events: EventBody[] =
    status === 'Stopped' ? [{ type: 'UserStopped', batch: user.batch, user: user.address }] : [];
  return { to: { ...user, status }, events };
}

function withEvent(
  decision: Decision<MigrationUser> | undefined,
  event: EventBody,
): Decision<MigrationUser> | undefined {
  return decision === undefined ? undefined : { to: decision.to, events: [...decision.events, event] };
}

async function changeUserOrRefuse(
  world: World,
  address: UserAddress,
  action: string,
  by: Actor,
  decide: (user: MigrationUser) => Decision<MigrationUser> | undefined,
): Promise<void> {
  await world.store.changeUser(
    address,
    (user) => {
      const decision = decide(user);
      if (decision !== undefined) return decision;
      const allowed = userSupportedActions(user.status).join(', ') || 'nothing';
      throw new MigrationError('ActionNotPossible', { action, name: address, status: user.status, allowed });
    },
    by,
  );
}

/** Refuses what the batch's status does not allow; returns how many users it has. */
export async function requireAction(world: World, name: BatchName, action: BatchAction): Promise<number> {
  const batch = await requireBatch(world, name);
  const { statuses } = await world.store.tally(name, world.clock.now());
  const counts = countStatuses(statuses);
  const status = batchStatus(batch, counts);
  if (nextState(BATCH_TRANSITIONS, status, action) === undefined) {
    const allowed = batchSupportedActions(status).join(', ') || 'nothing';
    throw new MigrationError('ActionNotPossible', { action, name, status, allowed });
  }
  return counts.total;
}

async function intend(world: World, name: BatchName, intent: BatchIntent, event: EventBody, by: Actor): Promise<void> {
  await world.store.changeBatch(
    name,
    ({ idleSince: _idle, announced: _announced, ...batch }) => {
      const now = world.clock.now();
      const idle = intent === 'Stopped' ? { idleSince: now } : {};
      return { to: { ...batch, ...idle, intent, startedAt: batch.startedAt ?? now }, events: [event] };
    },
    by,
  );
}
