import { folderMarkerPrefix, isStandInRun, readMarker } from '../domain/marker.ts';
import type { LedgerEntry } from '../ports.ts';
import type { FolderRun } from './folder-run.ts';
import { inLanes } from './in-lanes.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { standInsOf } from './stand-in.ts';
import type { TargetTree } from './match-folders.ts';
import { ownersMove, withCode } from './owner-work.ts';

const LANES = 4;
/** Items one pass asks after; the others are asked after in the next ones. */
const LOOKED_AT = 1000;

/**
 * Looks whether the target holds what the ledger says. Counts come from one folder listing; only where a folder has fewer
 * items than were brought there, or a comparison missed some, its markers are compared one by one.
 */
export async function verifyFolders(
  session: MailboxSession,
  runs: readonly FolderRun[],
  tree: TargetTree,
  doubted: ReadonlySet<string>,
): Promise<void> {
  const totals = new Map((await session.target.listFolders()).map((folder) => [folder.id, folder.totalItems]));
  const expected = new Map<string, number>();
  const own = new Map<FolderRun, number>();
  const away = await awayFromTheirFolder(session);
  for (const run of runs) {
    const counts = await session.ledger.count(run.path, run.status.uidValidity);
    const brought = (counts.copied ?? 0) + (counts.adopted ?? 0) - (away.get(run.path) ?? 0);
    const standIns = (await standInsOf(session, run.path, run.status.uidValidity)).size;
    own.set(run, brought);
    expected.set(run.targetFolderId, (expected.get(run.targetFolderId) ?? 0) + brought + standIns);
  }
  for (const run of runs) {
    const brought = own.get(run) ?? 0;
    const enough = (totals.get(run.targetFolderId) ?? 0) >= (expected.get(run.targetFolderId) ?? 0);
    if (enough && !doubted.has(run.path)) {
      session.books.verified(run.path, brought);
    } else if (brought > 0) await compareMarkers(session, run, tree);
  }
}

async function compareMarkers(session: MailboxSession, run: FolderRun, tree: TargetTree): Promise<void> {
  const { uidValidity } = run.status;
  const prefix = folderMarkerPrefix(session.user.userName, run.path, uidValidity);
  const present = new Set<string>();
  let found = 0;
  for await (const item of session.target.listMarked(run.targetFolderId)) {
    present.add(item.id);
    const origin = readMarker(item.marker, prefix);
    if (origin !== undefined && !isStandInRun(origin.run)) found += 1;
  }
  session.books.verified(run.path, found);
  const copied = [
    ...(await session.ledger.entries(run.path, uidValidity, 'copied')),
    ...(await session.ledger.entries(run.path, uidValidity, 'adopted')),
  ];
  const missing = copied.filter((entry) => entry.targetId !== undefined && !present.has(entry.targetId));
  const lost = missing.filter((entry) => entry.run === session.run);
  await bookLost(session, run, lost);
  const removed = missing.filter((entry) => entry.run !== session.run && entry.code === undefined);
  await noteOwnersWork(session, run, removed, tree);
}

// Which of them the owner filed elsewhere, and which are gone: it is listed, and nothing is done about it.
async function noteOwnersWork(
  session: MailboxSession,
  run: FolderRun,
  entries: readonly LedgerEntry[],
  tree: TargetTree,
): Promise<void> {
  const noted: LedgerEntry[] = [];
  await inLanes(entries.slice(0, LOOKED_AT), LANES, async (entry) => {
    const item = entry.targetId === undefined ? undefined : await session.target.item(entry.targetId);
    const code = ownersMove(item, run.targetFolderId, (id) => tree.isTrash(id));
    if (code !== undefined) noted.push(withCode(entry, code));
  });
  await session.ledger.record(run.path, run.status.uidValidity, noted);
}

async function awayFromTheirFolder(session: MailboxSession): Promise<ReadonlyMap<string, number>> {
  const away = new Map<string, number>();
  for (const { path, state, code } of await session.ledger.coded()) {
    if ((state !== 'copied' && state !== 'adopted') || (code !== 'RemovedByOwner' && code !== 'MovedByOwner')) continue;
    away.set(path, (away.get(path) ?? 0) + 1);
  }
  return away;
}

// Confirmed by the target minutes ago and not there: that is no owner's doing. It is sent again at the next sync.
async function bookLost(session: MailboxSession, run: FolderRun, lost: readonly LedgerEntry[]): Promise<void> {
  if (lost.length === 0) return;
  const entries = lost.map((entry): LedgerEntry => ({
    ...entry,
    state: 'failed',
    code: 'TargetRefused',
    detail: 'confirmed by the target, but not found there',
  }));
  await session.ledger.record(run.path, run.status.uidValidity, entries);
  session.books.move(run.path, 'copied', 'failed', lost.length);
}
