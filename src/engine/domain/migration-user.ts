import type { BatchName, UserAddress } from './ids.ts';
import { type TransitionTable, supportedActions } from './transitions.ts';
import type { Failure } from './failure.ts';
import type { Freshness } from './freshness.ts';
import type { Priority } from './schedule.ts';
import type { SpentTime } from './spent-time.ts';

/** Status words of Get-MigrationUser that an IMAP migration uses. */
export type UserStatus =
  | 'Validating'
  | 'Queued'
  | 'Syncing'
  | 'Synced'
  | 'IncrementalSyncing'
  | 'IncrementalFailed'
  | 'Stopping'
  | 'Stopped'
  | 'Failed'
  | 'Completing'
  | 'Completed'
  | 'CompletedWithWarnings'
  | 'Removing';

/** What people ask for (queue, stop, remove) and what the sync reports (begin..., finish, fail, stopped). */
export type UserAction =
  | 'queue'
  | 'begin'
  | 'beginIncremental'
  | 'finish'
  /** The newest mail is there, and others wait for theirs: the rest comes later. */
  | 'rest'
  /** A last sync is done, and messages are left that are not in the target. */
  | 'finishWithWarnings'
  | 'fail'
  | 'stop'
  | 'stopped'
  | 'complete'
  | 'remove';

export const USER_TRANSITIONS: TransitionTable<UserStatus, UserAction> = {
  Validating: { queue: 'Queued', remove: 'Removing' },
  Queued: {
    begin: 'Syncing',
    beginIncremental: 'IncrementalSyncing',
    fail: 'Failed',
    stop: 'Stopped',
    remove: 'Removing',
  },
  Syncing: { begin: 'Syncing', rest: 'Queued', finish: 'Synced', fail: 'Failed', stop: 'Stopping', remove: 'Removing' },
  Synced: {
    queue: 'Synced',
    beginIncremental: 'IncrementalSyncing',
    stop: 'Stopped',
    complete: 'Completing',
    remove: 'Removing',
  },
  IncrementalSyncing: {
    beginIncremental: 'IncrementalSyncing',
    queue: 'IncrementalSyncing',
    finish: 'Synced',
    fail: 'IncrementalFailed',
    stop: 'Stopping',
    remove: 'Removing',
  },
  IncrementalFailed: {
    queue: 'IncrementalFailed',
    beginIncremental: 'IncrementalSyncing',
    stop: 'Stopped',
    complete: 'Completing',
    remove: 'Removing',
  },
  Stopping: { stopped: 'Stopped', finish: 'Stopped', fail: 'Stopped', queue: 'Queued', remove: 'Removing' },
  Stopped: { queue: 'Queued', remove: 'Removing' },
  Failed: { queue: 'Queued', stop: 'Stopped', remove: 'Removing' },
  // A last sync that fails completes nobody: a person decides what to do without it.
  Completing: {
    beginIncremental: 'Completing',
    finish: 'Completed',
    finishWithWarnings: 'CompletedWithWarnings',
    fail: 'IncrementalFailed',
    stop: 'Stopping',
  },
  Completed: { remove: 'Removing' },
  CompletedWithWarnings: { remove: 'Removing' },
  // `finish` is the end: the user is gone, its mail stays.
  Removing: { begin: 'Removing', beginIncremental: 'Removing', fail: 'IncrementalFailed', stop: 'Stopping' },
};

/** Actions a person may take, in the words of Get-MigrationUser's SupportedActions. */
export type UserSupportedAction = 'Start' | 'Stop' | 'SyncNow' | 'Remove' | 'Complete';

const ACTION_WORDS: readonly (readonly [UserAction, UserSupportedAction])[] = [
  ['stop', 'Stop'],
  ['complete', 'Complete'],
  ['remove', 'Remove'],
];

/** What may be done with a user now. `queue` is a start for users at rest and a SyncNow for those that were synced before. */
export function userSupportedActions(status: UserStatus): readonly UserSupportedAction[] {
  const allowed = supportedActions(USER_TRANSITIONS, status);
  const words = ACTION_WORDS.filter(([action]) => allowed.includes(action)).map(([, word]) => word);
  if (!allowed.includes('queue')) return words;
  return [...(status === 'Stopped' || status === 'Failed' ? (['Start'] as const) : []), 'SyncNow', ...words];
}

/** StatusSummary of Get-MigrationUser. */
export type UserStatusSummary = 'Active' | 'Synced' | 'Completed' | 'Failed' | 'Stopped';

export const USER_STATUS_SUMMARY: Readonly<Record<UserStatus, UserStatusSummary>> = {
  Validating: 'Active',
  Queued: 'Active',
  Syncing: 'Active',
  Synced: 'Synced',
  IncrementalSyncing: 'Synced',
  IncrementalFailed: 'Failed',
  Stopping: 'Active',
  Stopped: 'Stopped',
  Failed: 'Failed',
  Completing: 'Active',
  Completed: 'Completed',
  CompletedWithWarnings: 'Completed',
  Removing: 'Active',
};

/** Whether a worker has the mailbox in hand, or is about to. */
export function isAtWork(status: UserStatus): boolean {
  return status === 'Syncing' || status === 'IncrementalSyncing' || status === 'Stopping' || status === 'Completing';
}

/** Where the target mailbox of a user was found; the object id is what every later request uses. */
export interface UserTarget {
  readonly id: string;
  readonly displayName: string;
  readonly kind: RecipientKind;
}

/** userPurpose of mailboxSettings (Graph v1.0), `user` when the server does not say. */
export type RecipientKind = 'user' | 'shared' | 'room' | 'equipment' | 'linked' | 'others';

/** One row of the CSV: a source mailbox on its way to a target mailbox. Times are ms since 1970, UTC. */
export interface MigrationUser {
  readonly address: UserAddress;
  /** Stable id shown as Guid in views. */
  readonly guid: string;
  readonly batch: BatchName;
  /** Login at the source (column UserName). */
  readonly userName: string;
  /** Folder of that login below which the user's mail lies (column UserRoot); absent: the whole mailbox is the user's. */
  readonly userRoot?: string;
  /** When login or password were last replaced. */
  readonly credentialsAt?: number;
  readonly status: UserStatus;
  /** Before others of its batch, or behind them; normal when absent. */
  readonly priority?: Priority;
  readonly target?: UserTarget;
  readonly error?: Failure;
  readonly queuedAt?: number;
  /** When its newest mail was there, in batches that bring that first. */
  readonly readyAt?: number;
  readonly lastSuccessfulSyncAt?: number;
  /** The last sync that ended well: when it began, and how many messages it brought. */
  readonly lastSync?: { readonly startedAt: number; readonly copied: number };
  /** When the next automatic sync is due. */
  readonly nextSyncAt?: number;
  /** How close the target follows the source; only in live batches. */
  readonly freshness?: Freshness;
  /** Tries in a row that ended in a failure which heals by itself. */
  readonly delays?: number;
  /** When a worker took it last, and what it had waited until then. */
  readonly begun?: { readonly at: number; readonly waited: SpentTime };
  /** A sync that ended early is tried again then. */
  readonly delayedUntil?: number;
  /** What the first sync took, in ms, without waiting for a slot. */
  readonly firstSyncTook?: number;
  /** A sync was asked for while one was running: it runs right after. */
  readonly syncRequested?: boolean;
  /** Until when removals that waited for a person may be carried out: those booked before. */
  readonly removalsApprovedAt?: number;
  /** When a person asked for what is missing in the target; the next sync brings it and forgets this. */
  readonly restoreAskedAt?: number;
  /** Counts the workers that took this mailbox; a worker with an older number may not write any more. */
  readonly epoch: number;
  readonly warnings: readonly string[];
}
