import { isStandInRun } from '../domain/marker.ts';
import { settledAfter } from '../domain/settled-after.ts';
import type { LedgerEntry, MarkedItem } from '../ports.ts';
import { isMoveIntent } from './apply-moves.ts';
import { type FolderPlace, type FolderRun, formerMarkersOf, markerOf } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { standInEntry } from './stand-in.ts';

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
    const settledAt = settledAfter(entry, session.since, world.settings.timeScale);
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

/**
 * The same for a folder that is not at the source any more, or has other numbers now: what reached the target departs with
 * the rest, or is recognised where it is now; what did not is forgotten. Answers how many of each.
 */
export async function settleDeparted(
  session: MailboxSession,
  place: FolderPlace,
): Promise<{ readonly found: number; readonly forgotten: number }> {
  const { ledger, world } = session;
  const { uidValidity } = place.status;
  const forgotten: number[] = [];
  let found = 0;
  for (const { detail, ...entry } of await ledger.entries(place.path, uidValidity, 'intended')) {
    session.signal.throwIfAborted();
    if (entry.run !== undefined) place.runs.set(entry.uid, entry.run);
    let id = entry.targetId ?? (await findOnce(session, place, entry.uid));
    const settledAt = settledAfter({ at: entry.at, detail }, session.since, world.settings.timeScale);
    const wait = settledAt - world.clock.now();
    if (id === undefined && wait > 0) {
      await world.clock.sleep(wait, session.signal);
      id = await findOnce(session, place, entry.uid);
    }
    if (id === undefined) forgotten.push(entry.uid);
    else await ledger.record(place.path, uidValidity, [{ ...entry, state: 'copied', targetId: id }]);
    found += id === undefined ? 0 : 1;
  }
  await ledger.withdraw(place.path, uidValidity, forgotten);
  return { found, forgotten: forgotten.length };
}

/** A message sent twice because the first try showed up late exists once when this returns. */
export async function removeLateTwins(session: MailboxSession, run: FolderRun): Promise<void> {
  for (const uid of run.resent) await findOnce(session, run, uid);
}

// The item with this message's marker. Extra ones are our own late twins and go for good.
async function findOnce(session: MailboxSession, run: FolderPlace, uid: number): Promise<string | undefined> {
  const found: MarkedItem[] = [];
  for (const marker of [markerOf(session, run, uid), ...formerMarkersOf(session, run, uid)])
    found.push(...(await session.target.findByMarker(run.targetFolderId, marker)));
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
