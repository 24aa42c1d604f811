import type { Actor } from './domain/actor.ts';
import { MigrationError, failure, toMigrationError } from './domain/failure.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { type FolderVerification, type Verification, verdictOf, verificationReport } from './domain/verification.ts';
import type { Jobs, World } from './ports.ts';
import { compareMailbox } from './sync/compare-mailbox.ts';
import { someAtOnce } from './some-at-once.ts';
import { withOpenSides } from './sync/open-mailbox.ts';
import { type Target, usersOf } from './users-of.ts';
import type { VerifyView } from './views.ts';

/** Has workers compare a user, or every user of a batch that was ever synced. Throws UnknownUser, UnknownBatch, NothingToVerify. */
export async function verify(world: World, target: Target, by: Actor): Promise<{ readonly request: string }> {
  const users = (await usersOf(world, target)).filter((user) => user.lastSuccessfulSyncAt !== undefined);
  const name = 'user' in target ? target.user : target.batch;
  if (users.length === 0) throw new MigrationError('NothingToVerify', { name });
  const request = world.newId();
  await someAtOnce(users, async ({ address, batch }) => {
    await world.store.publish([{ type: 'VerifyRequested', batch, user: address }], by);
    await world.jobs.add('verify-mailbox', { user: address, request });
  });
  return { request };
}

/** The job behind {@link verify}. It reads both sides and writes nothing but its report. */
export async function runVerifyMailbox(world: World, job: Jobs['verify-mailbox'], signal: AbortSignal): Promise<void> {
  const user = await world.store.user(job.user);
  if (user === undefined) return;
  const startedAt = world.clock.now();
  const outcome = await compared(world, user, signal);
  const verification: Verification = {
    ...{ user: user.address, batch: user.batch, request: job.request },
    ...{ startedAt, finishedAt: world.clock.now(), ...outcome },
  };
  const { text, sha256 } = verificationReport(verification);
  const file = await world.reports.write(`verify-${user.address}-${stamp(startedAt)}.json`, text);
  const verdict = verdictOf(verification);
  await world.store.saveVerification({ ...verification, file, sha256 }, [
    { type: 'Verified', batch: user.batch, user: user.address, request: job.request, verdict, sha256 },
  ]);
}

async function compared(
  world: World,
  user: MigrationUser,
  signal: AbortSignal,
): Promise<{ readonly folders: readonly FolderVerification[]; readonly error?: string }> {
  try {
    return { folders: await withOpenSides(world, user, signal, compareMailbox) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, details } = toMigrationError(error);
    return { folders: [], error: failure(code, { address: user.address, batch: user.batch, ...details }).message };
  }
}

/** How far a verification is, and what it found so far; without a request the latest of each user. */
export async function verifyView(world: World, target: Target, request?: string): Promise<VerifyView> {
  const users = (await usersOf(world, target)).filter((user) => user.lastSuccessfulSyncAt !== undefined);
  const found = (await someAtOnce(users, (user) => world.store.verification(user.address))).filter(
    (each) => each !== undefined && (request === undefined || each.request === request),
  );
  const done = found.flatMap((each) => (each === undefined ? [] : [each]));
  const sum = (column: Exclude<keyof FolderVerification, 'source' | 'uids'>): number =>
    done.flatMap((each) => each.folders).reduce((total, folder) => total + (folder[column] ?? 0), 0);
  const of = (verdict: string): number => done.filter((each) => verdictOf(each) === verdict).length;
  return {
    identity: 'user' in target ? target.user : target.batch,
    users: users.length,
    done: done.length,
    ...{ equal: of('equal'), different: of('different'), unknown: of('unknown') },
    ...{ sourceItems: sum('sourceItems'), inTarget: sum('inTarget'), elsewhere: sum('elsewhere') },
    ...{ skipped: sum('skipped'), excluded: sum('excluded'), removedByOwner: sum('removedByOwner') },
    ...{ missing: sum('missing'), differentItems: sum('different'), surplus: sum('surplus'), doubled: sum('doubled') },
    results: done.map((each) => ({
      identity: each.user,
      verdict: verdictOf(each),
      error: each.error ?? null,
      folders: each.folders,
      finishedAt: new Date(each.finishedAt).toISOString(),
      file: each.file,
      sha256: each.sha256,
    })),
    asOf: new Date(world.clock.now()).toISOString(),
  };
}

function stamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[:.]/g, '-');
}
