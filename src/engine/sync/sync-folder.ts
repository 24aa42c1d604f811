import { folderMarkerPrefix, readMarker } from '../domain/marker.ts';
import type { FolderRoute } from '../domain/folder-plan.ts';
import { type KnownAs, diffFolder, sameStatus } from '../domain/sync-plan.ts';
import type { Checkpoint, LedgerEntry, LedgerState, SelectedFolder } from '../ports.ts';
import { type Lot, copyMessages } from './copy-messages.ts';
import type { FolderRun } from './folder-run.ts';
import type { LotQueue } from './lot-queue.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { type TargetTree, targetName } from './match-folders.ts';
import { settleIntents } from './settle-intents.ts';

/** States the ledger holds, and what they mean at the beginning of a pass. */
const KNOWN_AS: Readonly<Record<LedgerState, KnownAs>> = {
  intended: 'unsettled',
  copied: 'done',
  adopted: 'done',
  excluded: 'done',
  // Tried again whenever the folder is looked at: the source or the limit may have been mended.
  skipped: 'again',
  failed: 'again',
  gone: 'gone',
};

/** Brings what is new in one folder on its way to the target. Returns the run, so that it can be settled and verified at the end. */
export async function syncFolder(
  session: MailboxSession,
  route: FolderRoute,
  tree: TargetTree,
  queue: LotQueue<Lot>,
): Promise<FolderRun> {
  const folder = await session.source.select(route.source);
  const run = await openRun(session, route, folder, tree);
  const uids = await folder.uids();
  const settled = await openBooks(session, run, uids);
  const known = await session.ledger.states(run.path, run.status.uidValidity);
  const diff = diffFolder(
    uids,
    known.map(([uid, state]) => [uid, KNOWN_AS[state]] as const),
  );
  await bookVanished(session, run, diff.vanished);
  const toCopy = await adoptMarked(session, run, withAgain(diff.toCopy, settled, uids));
  await copyMessages(session, run, toCopy, queue);
  return run;
}

async function openRun(
  session: MailboxSession,
  route: FolderRoute,
  folder: SelectedFolder,
  tree: TargetTree,
): Promise<FolderRun> {
  const { path } = route.source;
  const { status } = folder;
  const checkpoint = await session.ledger.checkpoint(path);
  const target = await tree.resolve(route, checkpoint?.targetFolderId);
  const isNew = checkpoint === undefined || checkpoint.uidValidity !== status.uidValidity;
  // Written before the first message, so that a changed UIDVALIDITY is noticed even after a crash in the first pass.
  if (isNew) await session.ledger.saveCheckpoint(path, { ...status, targetFolderId: target.id, complete: false });
  return {
    route,
    path,
    status,
    targetFolderId: target.id,
    folder,
    adoptable:
      isNew && target.totalItems > 0 ? await readMarked(session, path, status.uidValidity, target.id) : new Map(),
    rematch: (await session.ledger.formerUidValidities(path, status.uidValidity)).length > 0,
    runs: new Map(),
    incomplete: new Map(),
    resent: new Set(),
  };
}

// The ledger is empty, the target is not: what carries our marker came from here before (another batch, a lost ledger).
async function readMarked(session: MailboxSession, path: string, uidValidity: string, targetFolderId: string) {
  const prefix = folderMarkerPrefix(session.user.userName, path, uidValidity);
  const marked = new Map<number, { readonly id: string; readonly run: string }>();
  for await (const item of session.target.listMarked(targetFolderId)) {
    const origin = readMarker(item.marker, prefix);
    if (origin !== undefined) marked.set(origin.uid, { id: item.id, run: origin.run });
  }
  return marked;
}

// Opens the folder's page with what the ledger knows, then asks about the messages without an answer.
async function openBooks(session: MailboxSession, run: FolderRun, uids: readonly number[]): Promise<readonly number[]> {
  const present = new Set(uids);
  const counts = { copied: 0, adopted: 0, excluded: 0, goneAtSource: 0 };
  for (const [uid, state] of await session.ledger.states(run.path, run.status.uidValidity)) {
    if (!present.has(uid)) counts.goneAtSource += 1;
    else if (state === 'copied' || state === 'adopted' || state === 'excluded') counts[state] += 1;
  }
  const pending = uids.length - counts.copied - counts.adopted - counts.excluded;
  session.books.open(run.path, targetName(run.route), { ...counts, source: uids.length, pending });
  const { again } = await settleIntents(session, run);
  return again;
}

function withAgain(toCopy: readonly number[], again: readonly number[], uids: readonly number[]): readonly number[] {
  if (again.length === 0) return toCopy;
  const present = new Set(uids);
  const all = new Set([...toCopy, ...again.filter((uid) => present.has(uid))]);
  return [...all].sort((a, b) => b - a);
}

async function bookVanished(session: MailboxSession, run: FolderRun, uids: readonly number[]): Promise<void> {
  const at = session.world.clock.now();
  const entries: LedgerEntry[] = [];
  for (const uid of uids) {
    const entry = await session.ledger.findByUid(run.path, run.status.uidValidity, uid);
    if (entry !== undefined && entry.state !== 'intended') entries.push({ ...entry, state: 'gone', at });
  }
  await session.ledger.record(run.path, run.status.uidValidity, entries);
}

async function adoptMarked(
  session: MailboxSession,
  run: FolderRun,
  uids: readonly number[],
): Promise<readonly number[]> {
  const found = uids.filter((uid) => run.adoptable.has(uid));
  if (found.length === 0) return uids;
  const metas = await run.folder.metadata(found);
  const at = session.world.clock.now();
  const entries = metas.flatMap((meta): LedgerEntry[] => {
    const item = run.adoptable.get(meta.uid);
    if (item === undefined) return [];
    return [{ uid: meta.uid, state: 'adopted', flags: '', size: meta.size, targetId: item.id, run: item.run, at }];
  });
  await session.ledger.record(run.path, run.status.uidValidity, entries);
  session.books.sized(
    run.path,
    metas.length,
    metas.reduce((sum, meta) => sum + meta.size, 0),
  );
  session.books.move(run.path, 'pending', 'adopted', entries.length);
  const adopted = new Set(entries.map((entry) => entry.uid));
  return uids.filter((uid) => !adopted.has(uid));
}

/** Whether nothing happened in a folder since all its changes were in the ledger. */
export function isUnchanged(route: FolderRoute, checkpoint: Checkpoint | undefined): boolean {
  const { status } = route.source;
  return checkpoint !== undefined && status !== undefined && checkpoint.complete && sameStatus(checkpoint, status);
}
