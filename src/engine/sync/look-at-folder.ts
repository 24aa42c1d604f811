import type { FolderRoute } from '../domain/folder-plan.ts';
import { isStandInRun } from '../domain/marker.ts';
import { formatFlags } from '../domain/mailbox.ts';
import { messageKey } from '../domain/message-key.ts';
import type { LedgerEntry } from '../ports.ts';
import { finishMoves } from './apply-moves.ts';
import { adoptFormer } from './adopt-former.ts';
import { COLUMN_OF } from './books.ts';
import { type FolderChange, detectChanges } from './detect-changes.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { MarkedAs, MarkedItems } from './marked-items.ts';
import { type TargetTree, targetName } from './match-folders.ts';
import { openRun } from './open-run.ts';
import { withCode } from './owner-work.ts';
import { settleIntents } from './settle-intents.ts';
import { standInEntry } from './stand-in.ts';

const CHUNK = 500;

/**
 * Opens a folder, finishes what an earlier pass began, and finds what changed since. Nothing is copied yet: messages that
 * moved can be told from new ones only when all folders were looked at.
 */
export async function lookAtFolder(
  session: MailboxSession,
  route: FolderRoute,
  tree: TargetTree,
  marked: MarkedItems | undefined,
  listed: ReadonlySet<string>,
): Promise<FolderChange> {
  const folder = await session.source.select(route.source);
  const checkpoint = await session.ledger.checkpoint(route.source.path);
  const run = await openRun(session, route, folder, checkpoint, tree);
  await openPage(session, run);
  const items = marked?.of(run.path, run.status.uidValidity, listed);
  if (items !== undefined && items.size > 0) await adoptMarked(session, run, tree, items);
  const former = marked?.former(run.path, run.status.uidValidity) ?? [];
  if (former.length > 0) await adoptFormer(session, run, tree, former);
  await finishMoves(session, run, tree);
  const { again } = await settleIntents(session, run);
  const change = await detectChanges(session, run, checkpoint);
  const back = await takeBack(session, run, change.again);
  session.books.found(run.path, change.fresh.length + change.again.filter((uid) => back.gone.has(uid)).length);
  return { ...change, again: [...change.again.filter((uid) => !back.taken.has(uid)), ...again] };
}

async function openPage(session: MailboxSession, run: FolderRun): Promise<void> {
  const page = { copied: 0, adopted: 0, excluded: 0, pending: 0, goneAtSource: 0, skipped: 0, failed: 0, source: 0 };
  const counts = await session.ledger.count(run.path, run.status.uidValidity);
  for (const [state, count] of Object.entries(counts) as [LedgerEntry['state'], number][]) {
    const column = COLUMN_OF[state];
    page[column ?? 'goneAtSource'] += count;
    if (column !== undefined) page.source += count;
  }
  session.books.open(run.path, targetName(run.route), run.status.uidValidity, page);
}

// Messages that were gone and are there again under their old numbers: a source that came back. Their items were kept.
async function takeBack(session: MailboxSession, run: FolderRun, uids: readonly number[]) {
  const gone = new Set<number>();
  const entries: LedgerEntry[] = [];
  for (const uid of uids) {
    const entry = await session.ledger.findByUid(run.path, run.status.uidValidity, uid);
    if (entry?.state !== 'gone') continue;
    gone.add(uid);
    if (entry.code === 'RemovalHeld') entries.push({ ...withCode(entry, undefined), state: 'copied' });
  }
  await session.ledger.record(run.path, run.status.uidValidity, entries);
  session.books.comeBack(run.path, entries.length);
  const taken = new Set(entries.map((entry) => entry.uid));
  for (const uid of taken) gone.delete(uid);
  return { gone, taken };
}

// The ledger is new, the target is not: what carries our marker was brought earlier and is taken over as it is.
async function adoptMarked(
  session: MailboxSession,
  run: FolderRun,
  tree: TargetTree,
  items: ReadonlyMap<number, MarkedAs>,
): Promise<void> {
  const { uidValidity } = run.status;
  const known = new Set((await session.ledger.states(run.path, uidValidity)).map(([uid]) => uid));
  const unknown = (await run.folder.uids()).filter((uid) => !known.has(uid));
  const found = unknown.filter((uid) => items.has(uid));
  for (let at = 0; at < found.length; at += CHUNK) {
    session.signal.throwIfAborted();
    const entries = await adopted(session, run, tree, items, found.slice(at, at + CHUNK));
    await session.ledger.record(run.path, uidValidity, entries);
    session.books.found(run.path, entries.length);
    // Stand-ins are looked at again in this pass, like everything that was skipped.
    const taken = entries.filter((entry) => entry.state === 'adopted').length;
    session.books.move(run.path, 'pending', 'adopted', taken);
  }
  await bookMissing(session, run, unknown, items);
}

async function adopted(
  session: MailboxSession,
  run: FolderRun,
  tree: TargetTree,
  items: ReadonlyMap<number, MarkedAs>,
  uids: readonly number[],
): Promise<readonly LedgerEntry[]> {
  const metas = await run.folder.metadata(uids);
  const headers = await run.folder.keyHeaders(uids);
  session.books.sized(
    run.path,
    metas.length,
    metas.reduce((sum, meta) => sum + meta.size, 0),
  );
  return metas.flatMap(({ uid, size, flags, internalDate }): LedgerEntry[] => {
    const item = items.get(uid);
    const fields = headers.get(uid);
    if (item === undefined) return [];
    const elsewhere = item.folderId !== run.targetFolderId;
    const code = elsewhere && tree.isTrash(item.folderId) ? 'RemovedByOwner' : elsewhere ? 'MovedByOwner' : undefined;
    const entry: LedgerEntry = {
      uid,
      state: 'adopted',
      flags: formatFlags(flags),
      size,
      targetId: item.id,
      run: item.run,
      at: session.world.clock.now(),
      ...(fields === undefined ? {} : { key: messageKey(fields, size) }),
      ...(internalDate === undefined ? {} : { internalDate }),
      ...(code === undefined ? {} : { code }),
    };
    return [isStandInRun(item.run) ? standInEntry(session, run, entry, item.id) : entry];
  });
}

// Mail is brought newest first: what is missing between items that are there was there once. It comes again after asking.
async function bookMissing(
  session: MailboxSession,
  run: FolderRun,
  unknown: readonly number[],
  items: ReadonlyMap<number, MarkedAs>,
): Promise<void> {
  const uids = [...items.keys()];
  const first = uids.reduce((least, uid) => Math.min(least, uid), Number.POSITIVE_INFINITY);
  const last = uids.reduce((most, uid) => Math.max(most, uid), 0);
  const missing = unknown.filter((uid) => uid > first && uid < last && !items.has(uid));
  const at = session.world.clock.now();
  await session.ledger.record(
    run.path,
    run.status.uidValidity,
    missing.map((uid) => ({ uid, state: 'excluded', flags: '', size: 0, at, code: 'MissingInTarget' })),
  );
  session.books.found(run.path, missing.length);
  session.books.move(run.path, 'pending', 'excluded', missing.length);
}
