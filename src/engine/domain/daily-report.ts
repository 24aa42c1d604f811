import { type CutoverOutlook, cutoverOutlook, endangers } from './cutover-outlook.ts';
import type { FailureCode } from './failure.ts';
import { type Items, addItems, imbalance, inTarget } from './items.ts';
import type { BatchIntent } from './migration-batch.ts';
import type { UserStatus } from './migration-user.ts';
import { type Pace, dayBefore, finishOf } from './pace.ts';
import type { DataConsistencyScore, ScoreReason } from './score.ts';

/** A user as the report counts it. Times in ms since 1970, UTC. */
export interface ReportedUser {
  readonly identity: string;
  readonly batch: string;
  readonly status: UserStatus;
  readonly items: Items;
  readonly score: DataConsistencyScore | undefined;
  readonly reasons: readonly ScoreReason[];
  readonly failure: FailureCode | undefined;
  readonly lastSuccessfulSyncAt: number | undefined;
}

export interface ReportedBatch {
  readonly name: string;
  readonly intent: BatchIntent;
  /** ms between two syncs of a user */
  readonly every: number;
  /** Its planned cutover, with its day in the time zone of the report. */
  readonly cutover?: { readonly at: number; readonly date: string };
  readonly pace: Pace;
}

/** A question that waits for somebody to agree. Times in ms since 1970, UTC. */
export interface WaitingApproval {
  readonly identity: string;
  readonly title: string;
  readonly batch: string | null;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
}

/** What was left at the start of a date: one point of the burn-down. */
export interface DaySnapshot {
  readonly date: string;
  readonly pending: number;
  readonly inTarget: number;
  readonly bytes: number;
  /** ms since 1970, UTC. */
  readonly at?: number;
  /** Messages in the target, by batch. */
  readonly batches?: Readonly<Record<string, number>>;
}

export interface ReportInput {
  readonly date: string;
  readonly now: number;
  readonly batches: readonly ReportedBatch[];
  readonly users: readonly ReportedUser[];
  /** Earlier dates, oldest first. */
  readonly history: readonly DaySnapshot[];
  readonly bytes: number;
  /** Messages copied and users synced in the last 24 hours, from the event log. */
  readonly copied: number;
  readonly usersSynced: number;
  /** Oldest first. */
  readonly approvals: readonly WaitingApproval[];
}

export type Verdict = 'nothing' | 'notStarted' | 'done' | 'onTrack' | 'atRisk' | 'standsStill';

export type NextStep =
  | { readonly do: 'decide'; readonly count: number }
  | { readonly do: 'fix'; readonly batch: string; readonly code: FailureCode; readonly count: number }
  | { readonly do: 'start'; readonly batch: string; readonly count: number }
  | { readonly do: 'resume'; readonly batch: string; readonly count: number }
  | { readonly do: 'review'; readonly batch: string; readonly count: number };

export interface DailyReport {
  readonly date: string;
  readonly verdict: Verdict;
  readonly users: number;
  readonly batches: number;
  readonly funnel: Funnel;
  readonly items: Items;
  /** 0 when every message is accounted for. */
  readonly difference: number;
  /** At most the last seven dates, today last. */
  readonly burnDown: readonly DaySnapshot[];
  readonly yesterday: Yesterday;
  /** ms since 1970, UTC; null when nothing moved yesterday or nothing is left. */
  readonly finishAt: number | null;
  readonly scores: Readonly<Record<DataConsistencyScore, number>> & { readonly none: number };
  readonly deductions: readonly ScoreReason[];
  readonly failures: readonly { readonly batch: string; readonly code: FailureCode; readonly count: number }[];
  readonly atRisk: readonly { readonly identity: string; readonly why: 'stale' | 'poor' | 'unbalanced' }[];
  readonly atRiskTotal: number;
  readonly freshness: { readonly median: number; readonly worst: number } | null;
  readonly next: readonly NextStep[];
  /** The earliest date first. */
  readonly cutovers: readonly CutoverOutlook[];
  readonly approvals: readonly WaitingApproval[];
}

/** The date before, from its beginning to its end; the last 24 hours where nobody looked at its beginning. */
export interface Yesterday {
  readonly whole: boolean;
  readonly copied: number;
  /** Users that were synced in the last 24 hours. */
  readonly users: number;
  readonly bytes: number | null;
  readonly perSecond: number;
}

export interface Funnel {
  readonly notStarted: number;
  readonly queued: number;
  readonly syncing: number;
  readonly synced: number;
  readonly completed: number;
  readonly failed: number;
  readonly stopped: number;
}

const STAGE: Readonly<Record<UserStatus, keyof Funnel>> = {
  Validating: 'notStarted',
  Queued: 'queued',
  Syncing: 'syncing',
  Synced: 'synced',
  IncrementalSyncing: 'synced',
  IncrementalFailed: 'failed',
  Stopping: 'stopped',
  Stopped: 'stopped',
  Failed: 'failed',
  Completing: 'syncing',
  Completed: 'completed',
  CompletedWithWarnings: 'completed',
  Removing: 'completed',
};

const DAY = 86_400_000;
const SHOWN_AT_RISK = 5;
const SHOWN_DAYS = 7;

/** Yesterday, what is left, what stands in the way, and what to do next. Pure: the same input is the same report. */
export function dailyReport(input: ReportInput): DailyReport {
  const { date, users, batches, history, now } = input;
  const items = addItems(users.map((user) => user.items));
  const funnel = countStages(users);
  const risky = findAtRisk(input);
  const failures = countFailures(users);
  const cutovers = outlooks(input);
  const today: DaySnapshot = { date, pending: items.pending, inTarget: inTarget(items), bytes: input.bytes };
  const burnDown = [...history.filter((day) => day.date < date), today].slice(-SHOWN_DAYS);
  const yesterday = yesterdayOf(input);
  return {
    date,
    verdict: verdictOf(funnel, risky.length + cutovers.filter(endangers).length, moved(input)),
    users: users.length,
    batches: batches.length,
    funnel,
    items,
    difference: imbalance(items),
    burnDown,
    yesterday,
    finishAt: finishAll(input, items.pending),
    scores: countScores(users),
    deductions: largestDeductions(users),
    failures,
    atRisk: risky.slice(0, SHOWN_AT_RISK),
    atRiskTotal: risky.length,
    freshness: freshnessOf(users, now),
    next: nextSteps(input, failures),
    cutovers,
    approvals: input.approvals,
  };
}

function yesterdayOf({ date, history, copied, usersSynced: users }: ReportInput): Yesterday {
  const from = history.find((day) => day.date === dayBefore(date));
  const to = history.find((day) => day.date === date);
  if (from === undefined || to === undefined)
    return { whole: false, copied, users, bytes: null, perSecond: copied / (DAY / 1000) };
  const moved = Math.max(0, to.inTarget - from.inTarget);
  const ms = Math.max(1, (to.at ?? DAY) - (from.at ?? 0));
  return {
    whole: true,
    copied: moved,
    users,
    bytes: Math.max(0, to.bytes - from.bytes),
    perSecond: moved / (ms / 1000),
  };
}

function moved({ batches, copied }: ReportInput): number {
  return batches.reduce((sum, { pace }) => sum + pace.copied, copied);
}

// Batches move at their own pace, and beside each other.
function finishAll({ batches, now }: ReportInput, pending: number): number | null {
  const perMs = batches.reduce((sum, { pace }) => sum + pace.copied / pace.ms, 0);
  return finishOf(pending, { copied: perMs, ms: 1 }, now);
}

function outlooks({ batches, users, now }: ReportInput): readonly CutoverOutlook[] {
  return batches
    .flatMap(({ name, intent, cutover, pace }) => {
      // A completed batch has its cutover behind it.
      if (cutover === undefined || intent === 'Completed' || intent === 'Removing') return [];
      const mine = users.filter((user) => user.batch === name);
      const pending = addItems(mine.map((user) => user.items)).pending;
      const usersLeft = mine.filter(({ status }) => !isSynced(status)).length;
      const usersFailed = mine.filter(({ status }) => STAGE[status] === 'failed').length;
      return [cutoverOutlook({ batch: name, ...cutover, pending, usersLeft, usersFailed, pace }, now)];
    })
    .sort((a, b) => a.at - b.at);
}

function isSynced(status: UserStatus): boolean {
  return STAGE[status] === 'synced' || STAGE[status] === 'completed';
}

function countStages(users: readonly ReportedUser[]): Funnel {
  const funnel = { notStarted: 0, queued: 0, syncing: 0, synced: 0, completed: 0, failed: 0, stopped: 0 };
  for (const { status } of users) funnel[STAGE[status]] += 1;
  return funnel;
}

function verdictOf(funnel: Funnel, risky: number, copied: number): Verdict {
  const { notStarted, queued, syncing, synced, completed, failed, stopped } = funnel;
  const total = notStarted + queued + syncing + synced + completed + failed + stopped;
  if (total === 0) return 'nothing';
  if (notStarted === total) return 'notStarted';
  if (synced + completed === total && risky === 0) return 'done';
  if (queued + syncing > 0 && copied === 0 && syncing === 0) return 'standsStill';
  return failed + risky > 0 ? 'atRisk' : 'onTrack';
}

// Fresh enough is younger than two cadences: one sync may be under way.
function findAtRisk({ users, batches, now }: ReportInput): DailyReport['atRisk'] {
  const every = new Map(batches.map((batch) => [batch.name, batch.every]));
  return users.flatMap(({ identity, batch, status, items, score, lastSuccessfulSyncAt }): DailyReport['atRisk'] => {
    if (imbalance(items) !== 0) return [{ identity, why: 'unbalanced' }];
    if (score === 'Poor') return [{ identity, why: 'poor' }];
    const stale =
      STAGE[status] === 'synced' &&
      lastSuccessfulSyncAt !== undefined &&
      now - lastSuccessfulSyncAt > 2 * (every.get(batch) ?? DAY);
    return stale ? [{ identity, why: 'stale' }] : [];
  });
}

function countScores(users: readonly ReportedUser[]): DailyReport['scores'] {
  const scores = { Perfect: 0, Good: 0, Investigate: 0, Poor: 0, none: 0 };
  for (const { score } of users) scores[score ?? 'none'] += 1;
  return scores;
}

function largestDeductions(users: readonly ReportedUser[]): readonly ScoreReason[] {
  const sums = new Map<string, ScoreReason>();
  for (const reason of users.flatMap((user) => user.reasons)) {
    const key = `${reason.kind}\n${reason.text}`;
    sums.set(key, { ...reason, count: reason.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count).slice(0, 3);
}

function countFailures(users: readonly ReportedUser[]): DailyReport['failures'] {
  const groups = new Map<string, { batch: string; code: FailureCode; count: number }>();
  for (const { batch, failure, status } of users) {
    if (failure === undefined || STAGE[status] !== 'failed') continue;
    const group = groups.get(`${batch}\n${failure}`) ?? { batch, code: failure, count: 0 };
    group.count += 1;
    groups.set(`${batch}\n${failure}`, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function freshnessOf(users: readonly ReportedUser[], now: number): DailyReport['freshness'] {
  const ages = users
    .flatMap((user) => (user.lastSuccessfulSyncAt === undefined ? [] : [(now - user.lastSuccessfulSyncAt) / 1000]))
    .sort((a, b) => a - b);
  const worst = ages.at(-1);
  return worst === undefined ? null : { median: ages[Math.floor((ages.length - 1) / 2)] ?? worst, worst };
}

// What blocks most comes first; three are enough for a morning.
function nextSteps({ users, batches, approvals }: ReportInput, failures: DailyReport['failures']): readonly NextStep[] {
  const count = (batch: string, fits: (user: ReportedUser) => boolean): number =>
    users.filter((user) => user.batch === batch && fits(user)).length;
  const steps: NextStep[] = approvals.length > 0 ? [{ do: 'decide', count: approvals.length }] : [];
  steps.push(...failures.map((failure) => ({ do: 'fix' as const, ...failure })));
  for (const { name, intent } of batches) {
    const waiting = count(name, (user) => user.status === 'Validating');
    const stopped = count(name, (user) => user.status === 'Stopped');
    const skipped = count(name, (user) => user.items.skipped > 0);
    if (intent === 'Created' && waiting > 0) steps.push({ do: 'start', batch: name, count: waiting });
    if (intent === 'Stopped' && stopped > 0) steps.push({ do: 'resume', batch: name, count: stopped });
    if (skipped > 0) steps.push({ do: 'review', batch: name, count: skipped });
  }
  return steps.slice(0, 3);
}
