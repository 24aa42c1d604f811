import type { PlannedCompletion } from './completion.ts';
import type { Announced } from './expiry.ts';
import type { BatchName, EndpointName } from './ids.ts';
import type { MailFilter } from './mail-filter.ts';
import type { UserStatus } from './migration-user.ts';
import type { Priority } from './schedule.ts';
import { type TransitionTable, supportedActions } from './transitions.ts';

/** Status words of Get-MigrationBatch. */
export type BatchStatus =
  | 'Created'
  | 'Waiting'
  | 'Syncing'
  | 'Synced'
  | 'SyncedWithErrors'
  | 'IncrementalSyncing'
  | 'Stopping'
  | 'Stopped'
  | 'Completing'
  | 'Completed'
  | 'CompletedWithErrors'
  | 'Failed'
  | 'Removing';

/** State of Get-MigrationBatch: the status in five words. */
export type BatchState = 'Active' | 'Waiting' | 'Completed' | 'Stopped' | 'Failed';

/** What a person wants of a batch. Its status is computed from this and from its users, never stored. */
export type BatchIntent = 'Created' | 'Started' | 'Stopped' | 'Completed' | 'Removing';

/** Actions of people on a batch, in the words of SupportedActions. */
export type BatchAction = 'Start' | 'Stop' | 'Resume' | 'SyncNow' | 'Complete' | 'Remove';

export const BATCH_TRANSITIONS: TransitionTable<BatchStatus, BatchAction> = {
  Created: { Start: 'Syncing', Remove: 'Removing' },
  Waiting: { Start: 'Syncing', Stop: 'Stopping', Remove: 'Removing' },
  Syncing: { Stop: 'Stopping', SyncNow: 'Syncing' },
  Synced: { Stop: 'Stopping', SyncNow: 'IncrementalSyncing', Complete: 'Completing', Remove: 'Removing' },
  SyncedWithErrors: {
    Start: 'Syncing',
    Stop: 'Stopping',
    SyncNow: 'IncrementalSyncing',
    Complete: 'Completing',
    Remove: 'Removing',
  },
  IncrementalSyncing: { Stop: 'Stopping', SyncNow: 'IncrementalSyncing' },
  Stopping: { Resume: 'Syncing' },
  Stopped: { Resume: 'Syncing', Start: 'Syncing', Remove: 'Removing' },
  Completing: { Stop: 'Stopping', Complete: 'Completing' },
  Completed: { Remove: 'Removing' },
  CompletedWithErrors: { Complete: 'Completing', Remove: 'Removing' },
  Failed: { Start: 'Syncing', Stop: 'Stopping', SyncNow: 'Syncing', Remove: 'Removing' },
  // Users whose last sync failed wait for a person: removed again without one, the batch goes.
  Removing: { Remove: 'Removing' },
};

/** The stored part of a batch. Times are ms since 1970, UTC; the cadence is in ms. */
export interface MigrationBatch {
  readonly name: BatchName;
  readonly endpoint: EndpointName;
  readonly intent: BatchIntent;
  readonly createdBy: string;
  readonly createdAt: number;
  /** Its share of the endpoint's places beside other batches; normal when absent. */
  readonly priority?: Priority;
  readonly startedAt?: number;
  /** Starts by itself at this time; until then it waits. */
  readonly startAt?: number;
  /** Completes by itself at its time. */
  readonly completion?: PlannedCompletion;
  /** Nobody has worked with it since; absent while it is at work. */
  readonly idleSince?: number;
  /** What was said about the end of its passwords. */
  readonly announced?: Announced;
  /** Time between two automatic syncs of a user. */
  readonly every: number;
  /** Followed all the time: a change at the source is brought over when it is seen, `every` is only the longest wait. */
  readonly live?: true;
  /** Mail of so many days comes first, of every user, before the rest of anybody; 0 for none. The preset when absent. */
  readonly readyDays?: number;
  readonly trash: 'copy' | 'skip';
  readonly exclude: readonly string[];
  /** What becomes of messages the target does not take; skipped when absent. */
  readonly oversize?: 'stub';
  /** Categories by keyword, lower case; an empty one leaves the keyword out. The others as domain/categories says. */
  readonly categories?: Readonly<Record<string, string>>;
  /** When its cutover is planned. */
  readonly cutoverAt?: number;
  /** Only mail that passes is moved; all of it when absent. */
  readonly filter?: MailFilter;
}

/** Every automatic sync starts 24 h after the one before (as in Exchange Online), unless the batch says otherwise. */
export const DEFAULT_CADENCE = 24 * 60 * 60 * 1000;
/** What everybody needs to work again: a month of mail. */
export const DEFAULT_READY_DAYS = 30;
/** In a live batch every mailbox is gone through once an hour, seen changes or not: plain servers do not tell of changed flags. */
export const LIVE_CADENCE = 60 * 60 * 1000;

/** The counts of Get-MigrationBatch. Each user is counted once: total = pending + active + synced + failed + stopped + finalized. */
export interface BatchCounts {
  readonly total: number;
  readonly pending: number;
  readonly active: number;
  readonly synced: number;
  readonly failed: number;
  readonly stopped: number;
  readonly finalized: number;
  readonly incremental: number;
  readonly stopping: number;
  readonly completedWithWarning: number;
}

type CountName = 'pending' | 'active' | 'synced' | 'failed' | 'stopped' | 'finalized';

const COUNTED_AS: Readonly<Record<UserStatus, CountName>> = {
  Validating: 'pending',
  Queued: 'pending',
  Syncing: 'active',
  Synced: 'synced',
  IncrementalSyncing: 'synced',
  IncrementalFailed: 'failed',
  Stopping: 'active',
  Stopped: 'stopped',
  Failed: 'failed',
  Completing: 'active',
  Completed: 'finalized',
  CompletedWithWarnings: 'finalized',
  Removing: 'active',
};

/** Folds users into the counts of their batch. */
export function countUsers(statuses: Iterable<UserStatus>): BatchCounts {
  const numbers = new Map<UserStatus, number>();
  for (const status of statuses) numbers.set(status, (numbers.get(status) ?? 0) + 1);
  return countStatuses(numbers);
}

/** The counts of a batch with so many users in each status. */
export function countStatuses(numbers: ReadonlyMap<UserStatus, number>): BatchCounts {
  const counts = { total: 0, pending: 0, active: 0, synced: 0, failed: 0, stopped: 0, finalized: 0 };
  for (const [status, number] of numbers) {
    counts.total += number;
    counts[COUNTED_AS[status]] += number;
  }
  return {
    ...counts,
    incremental: numbers.get('IncrementalSyncing') ?? 0,
    stopping: numbers.get('Stopping') ?? 0,
    completedWithWarning: numbers.get('CompletedWithWarnings') ?? 0,
  };
}

/** The status of a batch: what was asked of it, and how far its users are. */
export function batchStatus(
  { intent, startAt }: Pick<MigrationBatch, 'intent' | 'startAt'>,
  counts: BatchCounts,
): BatchStatus {
  switch (intent) {
    case 'Created':
      return startAt === undefined ? 'Created' : 'Waiting';
    case 'Removing':
      return 'Removing';
    case 'Stopped':
      return counts.active + counts.incremental > 0 ? 'Stopping' : 'Stopped';
    case 'Completed':
      if (counts.finalized + counts.stopped + counts.failed < counts.total) return 'Completing';
      return counts.failed + counts.completedWithWarning > 0 ? 'CompletedWithErrors' : 'Completed';
    case 'Started':
      if (counts.pending + counts.active > 0) return 'Syncing';
      if (counts.incremental > 0) return 'IncrementalSyncing';
      if (counts.failed === 0) return counts.stopped === counts.total && counts.total > 0 ? 'Stopped' : 'Synced';
      return counts.failed === counts.total ? 'Failed' : 'SyncedWithErrors';
  }
}

const STATE_OF: Readonly<Record<BatchStatus, BatchState>> = {
  Created: 'Waiting',
  Waiting: 'Waiting',
  Syncing: 'Active',
  Synced: 'Waiting',
  SyncedWithErrors: 'Waiting',
  IncrementalSyncing: 'Active',
  Stopping: 'Active',
  Stopped: 'Stopped',
  Completing: 'Active',
  Completed: 'Completed',
  CompletedWithErrors: 'Completed',
  Failed: 'Failed',
  Removing: 'Active',
};

/** State of Get-MigrationBatch. A synced batch waits for its next sync, as Exchange Online shows it. */
export function batchState(status: BatchStatus): BatchState {
  return STATE_OF[status];
}

/** What people may do with a batch in this status. */
export function batchSupportedActions(status: BatchStatus): readonly BatchAction[] {
  return supportedActions(BATCH_TRANSITIONS, status);
}
