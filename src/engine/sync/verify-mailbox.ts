import { folderMarkerPrefix, readMarker } from '../domain/marker.ts';
import type { LedgerEntry } from '../ports.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';

/**
 * Looks whether the target holds what the ledger says. Counts come from one folder listing; only where a folder has fewer
 * items than were brought there, its markers are compared one by one.
 */
export async function verifyFolders(session: MailboxSession, runs: readonly FolderRun[]): Promise<void> {
  const totals = new Map((await session.target.listFolders()).map((folder) => [folder.id, folder.totalItems]));
  const expected = new Map<string, number>();
  const own = new Map<FolderRun, number>();
  for (const run of runs) {
    const counts = await session.ledger.count(run.path, run.status.uidValidity);
    const brought = (counts.copied ?? 0) + (counts.adopted ?? 0);
    own.set(run, brought);
    expected.set(run.targetFolderId, (expected.get(run.targetFolderId) ?? 0) + brought);
  }
  for (const run of runs) {
    const brought = own.get(run) ?? 0;
    if ((totals.get(run.targetFolderId) ?? 0) >= (expected.get(run.targetFolderId) ?? 0)) {
      session.books.verified(run.path, brought);
    } else if (brought > 0) await compareMarkers(session, run);
  }
}

async function compareMarkers(session: MailboxSession, run: FolderRun): Promise<void> {
  const { uidValidity } = run.status;
  const prefix = folderMarkerPrefix(session.user.userName, run.path, uidValidity);
  const present = new Set<string>();
  let found = 0;
  for await (const item of session.target.listMarked(run.targetFolderId)) {
    present.add(item.id);
    if (readMarker(item.marker, prefix) !== undefined) found += 1;
  }
  session.books.verified(run.path, found);
  const copied = await session.ledger.entries(run.path, uidValidity, 'copied');
  const missing = copied.filter((entry) => entry.targetId !== undefined && !present.has(entry.targetId));
  const lost = missing.filter((entry) => entry.run === session.run);
  await bookLost(session, run, lost);
  const removed = missing.length - lost.length;
  if (removed > 0) {
    session.books.reason({ kind: 'metadata', count: removed, text: 'moved or deleted in the target by its owner' });
  }
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
