import { isStandInRun } from '../domain/marker.ts';
import type { LedgerEntry } from '../ports.ts';
import { isMoveIntent } from './apply-moves.ts';
import { type FolderRun, markerOf } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { standInEntry } from './stand-in.ts';

/** Exchange's filters may not show an item for a few seconds after it was stored; before that, "not found" proves nothing. */
const CONSISTENCY_DELAY = 10_000;
/** Messages above this may have been sent in several steps, so that one found in the target may lack attachments. */
const SEVERAL_STEPS = 2 * 1024 * 1024;

/** What became of the messages that were sent without an answer. */
export interface Settled {
  /** To be sent (again), or to be completed. */
  readonly again: readonly number[];
  /** Not found, but asked too early: ask again at this time (ms since 1970, UTC). */
  readonly askAgainAt: number | undefined;
}

/**
 * Asks the target by marker about every message of a folder that was sent without an answer. CREATE is not idempotent:
 * this question is what makes a crash, a timeout or a 504 harmless.
 */
export async function settleIntents(session: MailboxSession, run: FolderRun): Promise<Settled> {
  const { ledger, world } = session;
  const again: number[] = [];
  let askAgainAt: number | undefined;
  for (const entry of await ledger.entries(run.path, run.status.uidValidity, 'intended')) {
    session.signal.throwIfAborted();
    if (isMoveIntent(entry)) continue;
    if (entry.run !== undefined) run.runs.set(entry.uid, entry.run);
    const id = await findOnce(session, run, entry.uid);
    const settledAt = entry.at + CONSISTENCY_DELAY / world.settings.timeScale;
    if (id !== undefined) {
      if (isStandInRun(entry.run)) await confirmStandIn(session, run, entry, id);
      else if (entry.size > SEVERAL_STEPS) {
        run.incomplete.set(entry.uid, id);
        again.push(entry.uid);
      } else await confirm(session, run, entry, id);
    } else if (world.clock.now() >= settledAt) {
      run.resent.add(entry.uid);
      again.push(entry.uid);
    } else askAgainAt = Math.max(askAgainAt ?? 0, settledAt);
  }
  return { again, askAgainAt };
}

/** A message sent twice because the first try showed up late exists once when this returns. */
export async function removeLateTwins(session: MailboxSession, run: FolderRun): Promise<void> {
  for (const uid of run.resent) await findOnce(session, run, uid);
}

// The item with this message's marker. Extra ones are our own late twins and go for good.
async function findOnce(session: MailboxSession, run: FolderRun, uid: number): Promise<string | undefined> {
  const found = await session.target.findByMarker(run.targetFolderId, markerOf(session, run, uid));
  const known = await session.ledger.findByUid(run.path, run.status.uidValidity, uid);
  const kept = found.find((item) => item.id === known?.targetId) ?? found[0];
  for (const item of found) if (item.id !== kept?.id) await session.target.removeDuplicate(item.id);
  return kept?.id;
}

async function confirmStandIn(session: MailboxSession, run: FolderRun, entry: LedgerEntry, id: string): Promise<void> {
  await session.ledger.record(run.path, run.status.uidValidity, [standInEntry(session, run, entry, id)]);
  session.books.move(run.path, 'pending', 'skipped');
}

async function confirm(session: MailboxSession, run: FolderRun, entry: LedgerEntry, id: string): Promise<void> {
  const { detail: _detail, ...intent } = entry;
  await session.ledger.record(run.path, run.status.uidValidity, [{ ...intent, state: 'copied', targetId: id }]);
  session.books.arrived(run.path, entry.size);
}
