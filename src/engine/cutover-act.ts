import { createHash } from 'node:crypto';
import { enqueue, requireBatch } from './batches.ts';
import { type Cutover, currentStep } from './domain/cutover.ts';
import { completedCheck, finalSince, isFinal } from './domain/cutover-evidence.ts';
import { BATCH_TRANSITIONS, batchStatus, countUsers } from './domain/migration-batch.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import { nextState } from './domain/transitions.ts';
import { verdictOf } from './domain/verification.ts';
import { completeBatch } from './ending.ts';
import type { World } from './ports.ts';
import { scheduleSoon } from './scheduling.ts';

/** A comparison that found differences is made anew after this, in ms: somebody may have mended it. */
const COMPARE_AGAIN = 10 * 60_000;

/**
 * Does what the step of a cutover needs of Bellhop itself. Every act asks first whether it is still needed, so that it
 * may be repeated after a crash at any point; none is recorded as done, its evidence is.
 */
export async function actOnCutover(world: World, cutover: Cutover, users: readonly MigrationUser[]): Promise<void> {
  const { timeScale } = world.settings;
  switch (currentStep(cutover)) {
    case 'converge':
      return syncAgain(world, users, (user) => (user.lastSync?.startedAt ?? 0) < cutover.since);
    case 'final-sync':
    case 'complete': {
      if (cutover.goAhead !== undefined) return complete(world, cutover, users);
      const since = finalSince(cutover, timeScale);
      if (world.clock.now() < since) return;
      return syncAgain(world, users, (user) => !isFinal(user, since));
    }
    case 'reconcile':
      return compare(world, cutover, users);
    default:
      return;
  }
}

// Who runs is left alone, who waits for a person waits on: a wrong password is not tried again and again.
async function syncAgain(
  world: World,
  users: readonly MigrationUser[],
  isNeeded: (user: MigrationUser) => boolean,
): Promise<void> {
  let asked = 0;
  for (const { address } of users.filter((user) => user.status === 'Synced' && isNeeded(user))) {
    await world.store.changeUser(address, (user) => {
      const isAsked = user.nextSyncAt !== undefined && user.nextSyncAt <= world.clock.now();
      if (user.status !== 'Synced' || isAsked || !isNeeded(user)) return undefined;
      asked += 1;
      return enqueue(world, user);
    });
  }
  if (asked > 0) await scheduleSoon(world);
}

async function compare(world: World, cutover: Cutover, users: readonly MigrationUser[]): Promise<void> {
  const counted = users.filter(({ lastSuccessfulSyncAt }) => lastSuccessfulSyncAt !== undefined);
  const found = await Promise.all(counted.map(({ address }) => world.store.verification(address)));
  const { verify } = cutover;
  const isFresh = verify !== undefined && verify.at >= cutover.since;
  const isOver = isFresh && found.every((each) => each?.request === verify.request);
  const isDifferent = isOver && found.some((each) => each !== undefined && verdictOf(each) !== 'equal');
  const isOld = isFresh && world.clock.now() - verify.at >= COMPARE_AGAIN / world.settings.timeScale;
  // The request is stored before anybody works on it: whoever comes after a crash goes on with the same one.
  const next =
    !isFresh || (isDifferent && isOld)
      ? (await world.store.changeCutover(cutover.batch, (current) => newComparison(world, current, cutover))).verify
      : verify;
  if (next === undefined) return;
  for (const [at, { address }] of counted.entries()) {
    if (found[at]?.request === next.request) continue;
    const id = `verify-${hash(address)}-${next.request}`;
    await world.jobs.add('verify-mailbox', { user: address, request: next.request }, { id });
  }
}

function newComparison(world: World, current: Cutover, seen: Cutover) {
  if (current.state !== seen.state || current.verify?.request !== seen.verify?.request) return undefined;
  return { to: { ...current, verify: { request: world.newId(), at: world.clock.now() } }, events: [] };
}

// Passwords of users that never came along go as well: the batch is over.
async function complete(world: World, cutover: Cutover, users: readonly MigrationUser[]): Promise<void> {
  const { batch: name, goAhead } = cutover;
  if (goAhead === undefined) return;
  if (completedCheck(users).passed) {
    for (const { address } of users) await world.vault.forget(address);
    return;
  }
  // Who syncs just now is waited for; whoever died in the middle of completing finds users that still are to be.
  const status = batchStatus(await requireBatch(world, name), countUsers(users.map(({ status }) => status)));
  const isPossible = nextState(BATCH_TRANSITIONS, status, 'Complete') !== undefined;
  if (isPossible && users.some(({ status }) => status === 'Synced'))
    await completeBatch(world, name, { lastSync: true }, goAhead.by);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
