import { type Cutover, type StagedUsers, lastEntry } from './cutover.ts';
import { type MxMemory, oldHostForgottenAt, shortTtlKnownAt } from './mx-memory.ts';
import type { TargetDomain } from './dns-evidence.ts';
import type { Check } from './evidence.ts';
import type { MigrationUser } from './migration-user.ts';
import { type Verification, verdictOf } from './verification.ts';

const SAMPLE = 3;

const SYNCED: ReadonlySet<MigrationUser['status']> = new Set([
  'Synced',
  'IncrementalSyncing',
  'Completing',
  'Completed',
  'CompletedWithWarnings',
]);

function isSynced({ status, lastSuccessfulSyncAt }: MigrationUser): boolean {
  return SYNCED.has(status) && lastSuccessfulSyncAt !== undefined;
}

/** The tenant has the domain, verified, and takes mail for it. */
export function domainCheck(domain: string, target: TargetDomain | undefined): Check {
  const state =
    target === undefined ? 'absent' : target.isVerified ? (target.takesMail ? 'verified' : 'no-mail') : 'unverified';
  return { name: 'domain-verified', passed: state === 'verified', required: true, found: { domain, state } };
}

/** Every user was synced, and nobody waits for a person. */
export function usersSyncedCheck(users: readonly MigrationUser[]): Check {
  const left = users.filter((user) => !isSynced(user));
  return {
    name: 'users-synced',
    passed: users.length > 0 && left.length === 0,
    required: true,
    found: { users: users.length, synced: users.length - left.length, left: sampleOf(left) },
  };
}

/** Nobody of the domains is left in another batch. Who is stops nobody: a domain may be moved in stages, with forwarding. */
export function stagedCheck({ count, batches, sample }: StagedUsers, host: string): Check {
  const found = { staged: count, batches, users: sample, host };
  return { name: 'staged-users', passed: count === 0, required: false, found };
}

/** Every user was synced once more since the step began. Who never was is the affair of another step. */
export function usersConvergedCheck(users: readonly MigrationUser[], since: number): Check {
  const counted = users.filter(({ lastSuccessfulSyncAt }) => lastSuccessfulSyncAt !== undefined);
  const done = counted.filter((user) => syncedSince(user, since));
  const copied = done.reduce((sum, { lastSync }) => sum + (lastSync?.copied ?? 0), 0);
  return {
    name: 'users-converged',
    passed: done.length === counted.length,
    required: true,
    found: { users: counted.length, done: done.length, copied },
  };
}

function syncedSince(user: MigrationUser, since: number): boolean {
  return isSynced(user) && user.lastSync !== undefined && user.lastSync.startedAt >= since;
}

/** Whether a user's last sync began after a time and had nothing to bring. */
export function isFinal(user: MigrationUser, since: number): boolean {
  return syncedSince(user, since) && user.lastSync?.copied === 0;
}

/** The last sync of every user began after the world forgot the old host, and copied nothing. */
export function finalSyncCheck(users: readonly MigrationUser[], since: number): Check {
  const counted = users.filter(({ lastSuccessfulSyncAt }) => lastSuccessfulSyncAt !== undefined);
  const left = counted.filter((user) => !isFinal(user, since));
  return {
    name: 'final-sync-empty',
    passed: left.length === 0,
    required: true,
    found: { users: counted.length, empty: counted.length - left.length, left: sampleOf(left) },
  };
}

/** From when on a sync may be the last one. */
export function finalSince({ mx, since, state }: Pick<Cutover, 'mx' | 'since' | 'state'>, timeScale: number): number {
  const forgotten = (mx === undefined ? undefined : oldHostForgottenAt(mx, timeScale)) ?? Number.POSITIVE_INFINITY;
  return state === 'final-sync' ? Math.max(since, forgotten) : forgotten;
}

/** Source and target of every user were compared afresh, and are equal. */
export function verifiedCheck(
  users: readonly MigrationUser[],
  found: readonly (Verification | undefined)[],
  request: string | undefined,
): Check {
  const fresh = found.filter((each) => each !== undefined && each.request === request && request !== undefined);
  const of = (verdict: string): number =>
    fresh.filter((each) => each !== undefined && verdictOf(each) === verdict).length;
  const equal = of('equal');
  return {
    name: 'verified-equal',
    passed: users.length > 0 && equal === users.length,
    required: true,
    found: { users: users.length, equal, different: of('different'), unknown: of('unknown') },
  };
}

/** Every user that was ever synced is at its end. Who never was is the affair of another step. */
export function completedCheck(users: readonly MigrationUser[]): Check {
  const counted = users.filter(({ lastSuccessfulSyncAt }) => lastSuccessfulSyncAt !== undefined);
  const left = counted.filter(({ status }) => status !== 'Completed' && status !== 'CompletedWithWarnings');
  return {
    name: 'batch-completed',
    passed: counted.length > 0 && left.length === 0,
    required: true,
    found: { users: counted.length, completed: counted.length - left.length, left: sampleOf(left) },
  };
}

/** No password of a user is kept. */
export function passwordsCheck(users: number, kept: number): Check {
  return { name: 'passwords-forgotten', passed: kept === 0, required: true, found: { users, kept } };
}

/** The TTL from before the lowering is over. */
export function ttlWaitedCheck(mx: MxMemory, timeScale: number, now: number): Check {
  const until = shortTtlKnownAt(mx, timeScale);
  return {
    name: 'mx-ttl-waited',
    passed: until !== undefined && now >= until,
    required: true,
    found: { oldTtl: mx.oldTtl, until: until === undefined ? '' : new Date(until).toISOString() },
  };
}

/** The last TTL and the time to settle are over since the switch. */
export function mxWaitedCheck(mx: MxMemory, settle: number, timeScale: number, now: number): Check {
  const forgotten = oldHostForgottenAt(mx, timeScale);
  const until = forgotten === undefined ? undefined : forgotten + settle / timeScale;
  return {
    name: 'mx-waited',
    passed: until !== undefined && now >= until,
    required: true,
    found: { until: until === undefined ? '' : new Date(until).toISOString(), settle },
  };
}

/** Whether late mail was looked for since everything was synced: before that nobody knows whether there is any. */
export function isLateMailKnown({ history, lateReadAt }: Pick<Cutover, 'history' | 'lateReadAt'>): boolean {
  const synced = lastEntry(history, 'final-sync')?.at;
  return synced !== undefined && lateReadAt !== undefined && lateReadAt >= synced;
}

/** Late mail was looked for. What was found stops nobody: it is brought over, and its senders are listed. */
export function sourceSilentCheck(cutover: Pick<Cutover, 'history' | 'lateReadAt' | 'lateCount'>): Check {
  const looked = isLateMailKnown(cutover);
  return {
    name: 'source-silent',
    passed: looked && cutover.lateCount === 0,
    required: !looked,
    found: { looked: looked ? 'yes' : 'no', late: cutover.lateCount },
  };
}

/** Nobody reaches the old server any more. */
export function unreachableCheck(host: string, reachable: boolean): Check {
  return { name: 'source-unreachable', passed: !reachable, required: true, found: { host } };
}

function sampleOf(users: readonly MigrationUser[]): readonly string[] {
  return users.slice(0, SAMPLE).map(({ address }) => address);
}
