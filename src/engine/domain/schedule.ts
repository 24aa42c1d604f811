import type { UserAddress } from './ids.ts';
import type { MigrationUser } from './migration-user.ts';

/**
 * What a user waits for. `ready`: its newest mail, or all of it where the batch makes no difference. `rest`: what is older.
 * Both take a place of the endpoint's initial syncs.
 */
export type Turn = 'ready' | 'rest' | 'incremental';
export const TURNS: readonly Turn[] = ['ready', 'rest', 'incremental'];

export type Priority = 'high' | 'normal' | 'low';
export const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low'];

const PRIORITY_WORDS: ReadonlyMap<string, Priority> = new Map([
  ...PRIORITIES.map((priority) => [priority, priority] as const),
  ['hoch', 'high'],
  ['niedrig', 'low'],
]);

/** A priority as people write it, in English or German, in any case. */
export function readPriority(text: string): Priority | undefined {
  return PRIORITY_WORDS.get(text.trim().toLowerCase());
}

/** The turns of one kind and priority, in which users wait in the order of their times. */
export type Lane = `${Turn}-${Priority}`;
export const LANES: readonly Lane[] = TURNS.flatMap((turn) =>
  PRIORITIES.map((priority): Lane => `${turn}-${priority}`),
);

/** A user that waits for a sync, or will from a time on (ms since 1970 UTC). */
export interface Waiting {
  readonly turn: Turn;
  readonly priority: Priority;
  readonly since: number;
}

/**
 * Where a user waits; undefined when it waits for nothing, or for a person. Users at work without a job of their own
 * (their queue was lost) wait as well: the ledger knows how far they were.
 */
export function waitingOf(user: MigrationUser): Waiting | undefined {
  const { priority = 'normal' } = user;
  switch (user.status) {
    case 'Queued':
    case 'Syncing':
    case 'IncrementalSyncing':
    case 'Stopping':
    case 'Completing':
    case 'Removing':
      return { turn: turnOf(user), priority, since: user.nextSyncAt ?? user.queuedAt ?? 0 };
    case 'Synced':
    case 'IncrementalFailed':
      return user.nextSyncAt === undefined ? undefined : { turn: 'incremental', priority, since: user.nextSyncAt };
    default:
      return undefined;
  }
}

export function turnOf(user: MigrationUser): Turn {
  if (user.lastSuccessfulSyncAt !== undefined) return 'incremental';
  return user.readyAt === undefined ? 'ready' : 'rest';
}

/** A waiting user of a batch, as the scheduler is told of it. */
export interface WaitingUser extends Waiting {
  readonly address: UserAddress;
}

/** So much longer somebody has to have waited to come before who is one step before it (ms). Nobody is overtaken for ever. */
const STEP = 8 * 60 * 60 * 1000;
/** The rest of a mailbox stands three days behind the newest mail of another one. */
const REST_STEPS = 9;

/**
 * How far in front somebody stands; lower comes first. The newest mail of everybody comes before the rest of anybody, high
 * priority before low, and every eight hours of waiting are worth one step.
 */
export function rankOf({ turn, priority, since }: Waiting, now: number, timeScale = 1): number {
  const step = PRIORITIES.indexOf(priority) + (turn === 'rest' ? REST_STEPS : 0);
  return step - Math.max(0, now - since) / (STEP / timeScale);
}

/** One mailbox at its published ceiling, in bytes of mail a ms: 150 MB in 5 min on the wire, of which mail is three quarters. */
const BYTES_PER_MS = 375;
const LONGEST_START = 24 * 60 * 60 * 1000;

/**
 * How much earlier than it came somebody is counted to wait for the rest of its mailbox: as long as that will take. The
 * longest begin first, so that all are done soon after each other; a day at most, so that nobody waits for that.
 */
export function headStart(bytesLeft: number, timeScale = 1): number {
  return Math.min(bytesLeft / BYTES_PER_MS, LONGEST_START) / timeScale;
}
