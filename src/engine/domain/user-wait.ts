import type { FailureCode } from './failure.ts';
import { type MigrationUser, isAtWork } from './migration-user.ts';
import type { UserProgress } from './progress.ts';
import { type LostTo, NO_TIME, type SpentTime, addTime } from './spent-time.ts';

/** What a user waits for that no worker has in hand, and since when (ms since 1970). */
export interface UserWait {
  readonly cause: LostTo;
  readonly since: number;
}

type Told = Pick<UserProgress, 'updatedAt'>;

/** Queued users wait for a slot; a sync that ended early and is tried again waits for whoever ended it. */
export function waitOf(user: MigrationUser, progress: Told | undefined): UserWait | undefined {
  if (user.status === 'Queued')
    return user.queuedAt === undefined ? undefined : { cause: 'slot', since: user.queuedAt };
  if (user.delayedUntil === undefined || user.error === undefined || !isAtWork(user.status)) return undefined;
  const since = accountedUntil(user, progress, Number.POSITIVE_INFINITY);
  return since === undefined ? undefined : { cause: endedBy(user.error.code), since };
}

/** What a user waited from when it was due, or from where its last try ended, until a worker took it. */
export function waitedBefore(user: MigrationUser, progress: Told | undefined, now: number): SpentTime {
  const since = accountedUntil(user, progress, now);
  if (since === undefined || since >= now) return NO_TIME;
  const wait = waitOf(user, progress);
  if (wait === undefined || wait.cause === 'slot') return { ...NO_TIME, slot: now - since };
  const until = Math.max(since, Math.min(user.delayedUntil ?? now, now));
  return { ...NO_TIME, [wait.cause]: until - since, slot: now - until };
}

/**
 * Where the time of a user went: what its syncs told, and what it had waited when a worker took it, until the worker tells.
 * While it waits, the time since is not in it.
 */
export function timeOf(user: MigrationUser, progress: (Told & Pick<UserProgress, 'time'>) | undefined): SpentTime {
  const told = progress?.time ?? NO_TIME;
  const { begun } = user;
  if (begun === undefined || waitOf(user, progress) !== undefined) return told;
  return progress !== undefined && progress.updatedAt >= begun.at ? told : addTime(told, begun.waited);
}

// A sync is due from when somebody asked for it or its time came; what a try of it used is in its progress.
function accountedUntil(user: MigrationUser, progress: Told | undefined, now: number): number | undefined {
  const { queuedAt, nextSyncAt, lastSuccessfulSyncAt = 0 } = user;
  const due = Math.max(queuedAt ?? 0, nextSyncAt !== undefined && nextSyncAt <= now ? nextSyncAt : 0);
  if (due === 0 || due < lastSuccessfulSyncAt) return undefined;
  return isAtWork(user.status) ? Math.max(due, progress?.updatedAt ?? 0) : due;
}

function endedBy(code: FailureCode): LostTo {
  if (code === 'TargetThrottled') return 'budget';
  // No connection of the source is free: others of its users have them.
  if (code === 'SourceBusy') return 'slot';
  if (code.startsWith('Target')) return 'target';
  return code.startsWith('Source') || code.startsWith('Imap') ? 'source' : 'cpu';
}
