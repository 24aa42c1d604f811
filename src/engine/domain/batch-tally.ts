import type { Failure, FailureCode } from './failure.ts';
import { isWatchable } from './freshness.ts';
import type { UserAddress } from './ids.ts';
import { type Items, NO_ITEMS } from './items.ts';
import { type MigrationUser, type UserStatus, isAtWork } from './migration-user.ts';
import type { UserProgress } from './progress.ts';
import { LOST_TO, type LostTo, NO_TIME, type SpentTime, TIME_CAUSES } from './spent-time.ts';
import { timeOf, waitOf } from './user-wait.ts';
import { LANES, waitingOf } from './schedule.ts';
import { type DataConsistencyScore, type ScoreReason, dataConsistencyScore, reasonsFromItems } from './score.ts';

/** Raised when `shareOf` answers something else than before: sums of an older number are added up afresh. */
export const TALLY_VERSION = 4;

/**
 * Lists of users in order: by the time of their last sync, until when they are equal, when their progress was written, why they
 * failed; who can be watched, and since when they wait for a sync.
 */
export const TALLY_LISTS = ['synced', 'equal', 'running', 'failed', 'watched', ...LANES] as const;
export type TallyList = (typeof TALLY_LISTS)[number];

export interface ListPlace {
  readonly score: number;
  readonly member: string;
}

/** What one user adds to the sums of its batch. Amounts are whole numbers, so that sums are exact whatever their order. */
export interface TallyShare {
  readonly amounts: ReadonlyMap<string, number>;
  readonly places: ReadonlyMap<TallyList, ListPlace>;
}

/** The sums over all users of a batch, exact at any moment. Times are ms since 1970, UTC. */
export interface BatchTally {
  readonly statuses: ReadonlyMap<UserStatus, number>;
  readonly items: Items;
  readonly bytesTransferred: number;
  /** Users whose folders were looked at. */
  readonly counted: number;
  /** Users at work or waiting for it that nobody has looked at yet. */
  readonly uncounted: number;
  readonly provisioned: number;
  readonly warned: number;
  /** Users whose newest mail is there, or all of it. */
  readonly ready: number;
  readonly scores: ReadonlyMap<DataConsistencyScore, number>;
  /** Largest count first. */
  readonly reasons: readonly ScoreReason[];
  /** Largest group first; the sample is in the order of addresses. */
  readonly failures: readonly TalliedFailure[];
  readonly lastSyncedAt: number | undefined;
  /** Of users followed live: how many, until when all of them are equal, and the median lag. */
  readonly live:
    | { readonly users: number; readonly equalAt: number; readonly lagSeconds: number | undefined }
    | undefined;
  /** Where the time of all syncs went, ms by cause; of users that no worker has in hand, until their wait began. */
  readonly time: SpentTime;
  /** Users that wait now, by what for, and the sum of the seconds since 1970 when they began to. */
  readonly waiting: ReadonlyMap<LostTo, { readonly users: number; readonly since: number }>;
  /** What first syncs took that are done: seconds, and how many took so long. */
  readonly took: readonly (readonly [seconds: number, count: number])[];
  /** Progress of those at work that wrote it lately. */
  readonly running: readonly UserProgress[];
}

export interface TalliedFailure {
  readonly error: Failure;
  readonly count: number;
  readonly sample: readonly UserAddress[];
}

/** Times are summed in seconds from here on: a sum of 50,000 of them stays a whole number JavaScript can hold. */
const EPOCH = 1_700_000_000;
/** Durations are counted in steps of 10 %. */
const TOOK_STEP = Math.log(1.1);

/** How many failed users of one cause are named. */
export const FAILURE_SAMPLE = 3;

/** The share of one user: a function of what is stored of it and of nothing else. */
export function shareOf(user: MigrationUser, progress: UserProgress | undefined): TallyShare {
  const amounts = new Map<string, number>();
  const places = new Map<TallyList, ListPlace>();
  const add = (name: string, amount = 1): void => {
    const whole = Math.round(amount);
    if (whole !== 0) amounts.set(name, (amounts.get(name) ?? 0) + whole);
  };
  const { address, status } = user;
  add(`status:${status}`);
  if (user.target !== undefined) add('provisioned');
  if (user.warnings.length > 0) add('warned');
  if (user.readyAt !== undefined || user.lastSuccessfulSyncAt !== undefined) add('ready');
  if (user.lastSuccessfulSyncAt !== undefined)
    places.set('synced', { score: user.lastSuccessfulSyncAt, member: address });
  if (isWatchable(user)) places.set('watched', { score: 0, member: address });
  const waiting = waitingOf(user);
  if (waiting !== undefined)
    places.set(`${waiting.turn}-${waiting.priority}`, { score: waiting.since, member: address });
  if (isWatchable(user) && user.freshness !== undefined) {
    places.set('equal', { score: user.freshness.equalAt, member: address });
    for (const lag of user.freshness.lags) add(`lag:${Math.round(lag / 100)}`);
  }
  const wait = waitOf(user, progress);
  if (wait !== undefined) {
    add(`waits:${wait.cause}`);
    add(`waitsSince:${wait.cause}`, wait.since / 1000 - EPOCH);
  }
  if (user.firstSyncTook !== undefined && user.firstSyncTook > 0)
    add(`took:${Math.round(Math.log(user.firstSyncTook) / TOOK_STEP)}`);
  if (user.error !== undefined && hasFailed(user)) {
    add(`failed:${user.error.code}`);
    places.set('failed', { score: 0, member: `${user.error.code}\n${address}` });
  }
  const time = timeOf(user, progress);
  for (const cause of TIME_CAUSES) add(`time:${cause}`, time[cause]);
  if (progress === undefined) {
    if (isAtWork(status) || status === 'Queued') add('uncounted');
    return { amounts, places };
  }
  add('counted');
  for (const [column, count] of Object.entries(progress.items)) add(`items:${column}`, count);
  add('bytes', progress.bytesTransferred);
  if (isAtWork(status)) places.set('running', { score: progress.updatedAt, member: address });
  const graded = gradeOf(user, progress);
  if (graded !== undefined) {
    add(`score:${graded.score}`);
    for (const { kind, text, count } of graded.reasons) add(`reason:${kind}\n${text}`, count);
  }
  return { amounts, places };
}

/** Whether a user counts as failed, whatever is still written of an earlier error. */
export function hasFailed({ status }: Pick<MigrationUser, 'status'>): boolean {
  return status === 'Failed' || status === 'IncrementalFailed';
}

export interface Grade {
  readonly score: DataConsistencyScore;
  readonly reasons: readonly ScoreReason[];
}

/** Only users that were synced once have a score: before that nothing can be said about consistency. */
export function gradeOf(user: MigrationUser, progress: UserProgress | undefined): Grade | undefined {
  if (progress === undefined || user.lastSuccessfulSyncAt === undefined) return undefined;
  const reasons = [...reasonsFromItems(progress.items, isAtWork(user.status)), ...progress.reasons];
  return { score: dataConsistencyScore(reasons, progress.items.source), reasons };
}

/** What has to be added for a user that changed: amounts that differ, and places that do (undefined: taken away). */
export interface TallyStep {
  readonly amounts: readonly (readonly [name: string, difference: number])[];
  readonly places: readonly (readonly [list: TallyList, score: number | undefined, member: string])[];
}

/** The step from one share to the next; no share is that of a user that is not there. */
export function stepBetween(before: TallyShare | undefined, after: TallyShare | undefined): TallyStep {
  const amounts = new Map(after?.amounts);
  for (const [name, amount] of before?.amounts ?? []) amounts.set(name, (amounts.get(name) ?? 0) - amount);
  const places: TallyStep['places'][number][] = [];
  for (const list of TALLY_LISTS) {
    const old = before?.places.get(list);
    const next = after?.places.get(list);
    if (old !== undefined && old.member !== next?.member) places.push([list, undefined, old.member]);
    if (next !== undefined && (old?.member !== next.member || old.score !== next.score))
      places.push([list, next.score, next.member]);
  }
  return { amounts: [...amounts].filter(([, difference]) => difference !== 0), places };
}

/** What a store knows besides the amounts. */
export interface TallyFinds {
  readonly lastSyncedAt: number | undefined;
  readonly equalAt: number | undefined;
  readonly followed: number;
  readonly running: readonly UserProgress[];
  readonly samples: ReadonlyMap<FailureCode, readonly MigrationUser[]>;
}

/** Reads the sums out of the amounts by name. */
export function readTally(amounts: ReadonlyMap<string, number>, finds: TallyFinds): BatchTally {
  const under = (prefix: string): readonly (readonly [string, number])[] =>
    [...amounts]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, amount]) => [name.slice(prefix.length), amount]);
  const { equalAt, followed, running, samples, lastSyncedAt } = finds;
  return {
    statuses: new Map(under('status:') as readonly (readonly [UserStatus, number])[]),
    items: { ...NO_ITEMS, ...Object.fromEntries(under('items:')) },
    bytesTransferred: amounts.get('bytes') ?? 0,
    counted: amounts.get('counted') ?? 0,
    uncounted: amounts.get('uncounted') ?? 0,
    provisioned: amounts.get('provisioned') ?? 0,
    warned: amounts.get('warned') ?? 0,
    ready: amounts.get('ready') ?? 0,
    scores: new Map(under('score:') as readonly (readonly [DataConsistencyScore, number])[]),
    reasons: under('reason:').map(readReason).sort(byCount),
    failures: [...samples]
      .flatMap(([code, users]) => talliedFailure(users, amounts.get(`failed:${code}`)))
      .sort(byCount),
    lastSyncedAt,
    time: { ...NO_TIME, ...Object.fromEntries(under('time:')) },
    waiting: new Map(
      LOST_TO.flatMap((cause) => {
        const users = amounts.get(`waits:${cause}`) ?? 0;
        const since = (amounts.get(`waitsSince:${cause}`) ?? 0) + users * EPOCH;
        return users === 0 ? [] : [[cause, { users, since }] as const];
      }),
    ),
    took: under('took:').map(([step, count]) => [Math.exp(Number(step) * TOOK_STEP) / 1000, count]),
    live: equalAt === undefined ? undefined : { users: followed, equalAt, lagSeconds: medianLag(under('lag:')) },
    running,
  };
}

function talliedFailure(users: readonly MigrationUser[], count = 0): readonly TalliedFailure[] {
  const error = users[0]?.error;
  return error === undefined || count === 0 ? [] : [{ error, count, sample: users.map((user) => user.address) }];
}

function readReason([name, count]: readonly [string, number]): ScoreReason {
  const at = name.indexOf('\n');
  return { kind: name.slice(0, at) as ScoreReason['kind'], count, text: name.slice(at + 1) };
}

function byCount(a: { readonly count: number }, b: { readonly count: number }): number {
  return b.count - a.count;
}

// Lags are kept in tenths of a second: the median of what is shown is exact.
function medianLag(lags: readonly (readonly [string, number])[]): number | undefined {
  const sorted = lags.map(([tenths, count]) => [Number(tenths), count] as const).sort((a, b) => a[0] - b[0]);
  let left = Math.floor(sorted.reduce((sum, [, count]) => sum + count, 0) / 2);
  for (const [tenths, count] of sorted) {
    if (left < count) return tenths / 10;
    left -= count;
  }
  return undefined;
}
