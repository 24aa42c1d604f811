import { type BatchTally, gradeOf, hasFailed } from './domain/batch-tally.ts';
import { isWatchable, typicalLag } from './domain/freshness.ts';
import { expiryOf } from './domain/expiry.ts';
import { FAILURES, type Failure, MigrationError } from './domain/failure.ts';
import { NO_ITEMS, inTarget } from './domain/items.ts';
import { isUnapproved } from './domain/progress.ts';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import type { BatchName, EndpointName, UserAddress } from './domain/ids.ts';
import {
  type MigrationBatch,
  batchState,
  batchStatus,
  batchSupportedActions,
  countStatuses,
} from './domain/migration-batch.ts';
import {
  type MigrationUser,
  USER_STATUS_SUMMARY,
  type UserStatus,
  isAtWork,
  userSupportedActions,
} from './domain/migration-user.ts';
import { finishOfOne } from './domain/finish-forecast.ts';
import type { FolderBooks, UserProgress } from './domain/progress.ts';
import type { SpentTime } from './domain/spent-time.ts';
import { timeOf, waitOf } from './domain/user-wait.ts';
import { worstScore } from './domain/score.ts';
import { connectionsOf, serverOf } from './domain/source-slots.ts';
import { requireBatch } from './batches.ts';
import { RATE_LIFETIME, batchSpeed, ceilingOf, etaOf, fleetSpeed, lostSeconds, rates, secondsLeft } from './speed.ts';
import type { World } from './ports.ts';
import type {
  BatchView,
  CheckView,
  EndpointView,
  FailureGroup,
  FailuresView,
  FolderView,
  StatusView,
  UserView,
} from './views.ts';

/** All batches and the totals over them. */
export async function statusOverview(world: World): Promise<StatusView> {
  const all = await world.store.batches();
  const workers = await world.jobs.workers('sync-mailbox');
  const looks = await Promise.all(all.map((batch) => lookAt(world, batch, workers)));
  const batches = looks.map(({ view }) => view);
  const total = (count: keyof BatchView & `${string}Count`): number =>
    batches.reduce((sum, batch) => sum + batch[count], 0);
  return {
    batches,
    totalCount: total('totalCount'),
    activeCount: total('activeCount'),
    stoppedCount: total('stoppedCount'),
    syncedCount: total('syncedCount'),
    finalizedCount: total('finalizedCount'),
    failedCount: total('failedCount'),
    pendingCount: total('pendingCount'),
    provisionedCount: total('provisionedCount'),
    migrationType: 'IMAP',
    workerCount: workers,
    ...fleetSpeed(looks, world.settings.timeScale),
    asOf: iso(world.clock.now()),
  };
}

/** One batch: counts of its users, books, rate, score with its reasons, failures by cause. Throws UnknownBatch. */
export async function batchOverview(world: World, name: BatchName): Promise<BatchView> {
  const batch = await requireBatch(world, name);
  return (await lookAt(world, batch, await world.jobs.workers('sync-mailbox'))).view;
}

// Nothing here reads users one by one: a card of 50,000 of them is as quick as one of ten.
async function lookAt(world: World, batch: MigrationBatch, workerCount: number) {
  const now = world.clock.now();
  const tally = await world.store.tally(batch.name, now - RATE_LIFETIME);
  const counts = countStatuses(tally.statuses);
  const status = batchStatus(batch, counts);
  const speed = batchSpeed(tally, now);
  const view: BatchView = {
    identity: batch.name,
    status,
    state: batchState(status),
    endpoint: batch.endpoint,
    createdBy: batch.createdBy,
    creationDateTime: iso(batch.createdAt),
    startDateTime: isoOrNull(batch.startedAt ?? batch.startAt),
    lastSyncedDateTime: isoOrNull(tally.lastSyncedAt),
    expirationDateTime: isoOrNull(expiryOf(batch, world.settings.timeScale)),
    completionDateTime: batch.intent === 'Completed' ? null : isoOrNull(batch.completion?.at),
    completionAgreed: world.settings.approvals === 0 || batch.completion?.agreed !== undefined,
    priority: batch.priority ?? 'normal',
    totalCount: counts.total,
    activeCount: counts.active,
    stoppedCount: counts.stopped,
    syncedCount: counts.synced,
    finalizedCount: counts.finalized,
    failedCount: counts.failed,
    completedWithWarningCount: counts.completedWithWarning,
    pendingCount: counts.pending,
    provisionedCount: tally.provisioned,
    validationWarningCount: tally.warned,
    readyCount: tally.ready,
    dataConsistencyScore: tally.scores.size === 0 ? null : worstScore(tally.scores.keys()),
    reasons: tally.reasons,
    items: tally.items,
    uncountedCount: tally.uncounted,
    bytesTransferred: tally.bytesTransferred,
    waitingCount: tally.waiting.get('slot')?.users ?? 0,
    workerCount,
    ...speed.view,
    live: batch.live === undefined ? null : liveOf(tally),
    supportedActions: batchSupportedActions(status),
    failures: tally.failures.map((group) => ({ ...group, title: FAILURES[group.error.code].title })),
    asOf: iso(now),
  };
  return { view, speed, endpoint: batch.endpoint };
}

/** One user with folders, skipped items and the reasons of the score. Throws UnknownUser. */
export async function userOverview(world: World, address: UserAddress): Promise<UserView> {
  const user = await world.store.user(address);
  if (user === undefined) throw new MigrationError('UnknownUser', { address });
  const [progress, folders, skipped, workerCount] = await Promise.all([
    world.store.progress(address),
    world.store.folders(address),
    world.store.skipped(address),
    world.jobs.workers('sync-mailbox'),
  ]);
  const now = world.clock.now();
  const items = progress?.items ?? NO_ITEMS;
  const isRunning = progress !== undefined && isAtWork(user.status) && now - progress.updatedAt < RATE_LIFETIME;
  const left = isRunning ? secondsLeft(progress) : undefined;
  const graded = gradeOf(user, progress);
  return {
    identity: address,
    guid: user.guid,
    batchId: user.batch,
    mailboxEmailAddress: address,
    mailboxGuid: user.target?.id ?? null,
    recipientType: user.target?.kind ?? null,
    userName: user.userName,
    status: user.status,
    statusSummary: USER_STATUS_SUMMARY[user.status],
    state: batchState(stateLike(user.status)),
    migrationType: 'IMAP',
    syncedItemCount: inTarget(items),
    skippedItemCount: items.skipped,
    transferredItemCount: items.copied,
    estimatedTotalCount: items.source,
    estimatedTotalSize: progress?.estimatedTotalSize ?? 0,
    bytesTransferred: progress?.bytesTransferred ?? 0,
    ...rates(isRunning ? [progress] : []),
    ...etaOf(left === undefined ? undefined : finishOfOne(left)),
    ...ceilingOf(isRunning ? progress.ceiling : undefined),
    bottleneck: isRunning ? (progress.bottleneck ?? null) : (waitOf(user, progress)?.cause ?? null),
    ...lostSeconds(timeUntil(user, progress, now)),
    lastSuccessfulSyncTime: isoOrNull(user.lastSuccessfulSyncAt),
    // Who waits for the rest has no time of its own: it is its turn when others have theirs.
    nextSyncTime: user.status === 'Queued' ? null : isoOrNull(user.nextSyncAt),
    readyTime: isoOrNull(user.readyAt),
    priority: user.priority ?? 'normal',
    workerCount,
    live: liveView(user),
    dataConsistencyScore: graded?.score ?? null,
    reasons: graded?.reasons ?? [],
    hasUnapprovedSkippedItems: skipped.some(isUnapproved) || (skipped.length === 0 && items.skipped > 0),
    supportedActions: userSupportedActions(user.status),
    items,
    folders: folders.map(viewFolder),
    skipped,
    findings: progress?.findings ?? {},
    warnings: user.warnings,
    error: user.error ?? null,
    asOf: iso(now),
  };
}

/** Failed users of a batch, or of all batches, by cause, largest group first. Throws UnknownBatch. */
export async function failuresOverview(world: World, batch?: BatchName): Promise<FailuresView> {
  const batches = batch === undefined ? await world.store.batches() : [await requireBatch(world, batch)];
  const users: MigrationUser[] = [];
  for (const each of batches)
    for await (const user of world.store.users(each.name)) if (hasFailed(user)) users.push(user);
  return {
    batch: batch ?? null,
    groups: groupFailures(users).map(({ users: failed, ...group }) => ({
      ...group,
      users: failed.map((user) => ({
        identity: user.address,
        batchId: user.batch,
        message: user.error?.message ?? group.title,
      })),
    })),
    asOf: iso(world.clock.now()),
  };
}

/** Every endpoint, the batches that use it, and what its server was found to take. */
export async function endpointsOverview(world: World): Promise<readonly EndpointView[]> {
  const [endpoints, batches] = await Promise.all([world.store.endpoints(), world.store.batches()]);
  return Promise.all(
    endpoints.map(async ({ name, ...endpoint }) => ({
      identity: name,
      ...endpoint,
      atOnce: await atOnceOf(world, name, endpoint),
      connections: connectionsOf(endpoint),
      learned: (await world.slots.learned(serverOf(endpoint))).map((cap) => ({
        ...cap,
        learnedAt: iso(cap.learnedAt),
      })),
      batches: batches.filter((batch) => batch.endpoint === name).map((batch) => batch.name),
    })),
  );
}

async function atOnceOf(
  world: World,
  name: EndpointName,
  { initial, incremental }: Pick<MigrationEndpoint, 'initial' | 'incremental'>,
): Promise<EndpointView['atOnce']> {
  const caps = (await world.store.shares(name))?.caps;
  return { initial: caps?.initial.cap ?? initial, incremental: caps?.incremental.cap ?? incremental };
}

/** The latest dry run of a batch, finished or not; undefined when there was none. */
export async function batchCheck(world: World, name: BatchName): Promise<CheckView | undefined> {
  const check = await world.store.check(name);
  if (check === undefined) return undefined;
  return {
    ...check,
    startedAt: iso(check.startedAt),
    finishedAt: isoOrNull(check.finishedAt),
    asOf: iso(world.clock.now()),
  };
}

function viewFolder(folder: FolderBooks): FolderView {
  return {
    source: folder.source,
    target: folder.target,
    sourceItems: folder.items.source,
    targetItems: inTarget(folder.items),
    skipped: folder.items.skipped,
    excluded: folder.items.excluded,
    error: folder.error ?? null,
  };
}

// Who waits for a person or was stopped is not followed, whatever is still written of it.
function liveView(user: MigrationUser): UserView['live'] {
  if (!isWatchable(user) || user.freshness === undefined) return null;
  const lag = typicalLag(user.freshness.lags);
  return {
    equalDateTime: iso(user.freshness.equalAt),
    lagSeconds: lag === undefined ? null : round(lag / 1000),
  };
}

function liveOf({ live }: BatchTally): BatchView['live'] {
  if (live === undefined) return null;
  return { userCount: live.users, equalDateTime: iso(live.equalAt), lagSeconds: live.lagSeconds ?? null };
}

// With what passed since it waits.
function timeUntil(user: MigrationUser, progress: UserProgress | undefined, now: number): SpentTime {
  const time = timeOf(user, progress);
  const wait = waitOf(user, progress);
  return wait === undefined ? time : { ...time, [wait.cause]: time[wait.cause] + Math.max(0, now - wait.since) };
}

function groupFailures(
  users: readonly MigrationUser[],
): readonly (Omit<FailureGroup, 'sample'> & { readonly users: readonly MigrationUser[] })[] {
  const groups = new Map<string, { error: Failure; users: MigrationUser[] }>();
  for (const user of users) {
    if (user.error === undefined) continue;
    const group = groups.get(user.error.code) ?? { error: user.error, users: [] };
    group.users.push(user);
    groups.set(user.error.code, group);
  }
  return [...groups.values()]
    .map(({ error, users: failed }) => ({
      error,
      title: FAILURES[error.code].title,
      count: failed.length,
      users: failed,
    }))
    .sort((a, b) => b.count - a.count);
}

// The five words of State fit users as they fit batches.
function stateLike(status: UserStatus): Parameters<typeof batchState>[0] {
  const summary = USER_STATUS_SUMMARY[status];
  if (summary === 'Active') return status === 'Queued' || status === 'Validating' ? 'Waiting' : 'Syncing';
  return summary;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : iso(time);
}
