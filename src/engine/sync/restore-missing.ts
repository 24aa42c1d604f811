import type { LedgerEntry } from '../ports.ts';
import { isOurs } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';
import { withCode } from './owner-work.ts';

/**
 * What a person asked to have back: an item that lies in Deleted Items goes back to its folder; one that is gone is
 * booked as not copied, so that this pass brings it again. Entries noted after the question are left alone.
 */
export async function restoreMissing(session: MailboxSession, tree: TargetTree): Promise<void> {
  if (session.user.restoreAskedAt === undefined) return;
  for (const { path, uidValidity, ...entry } of await session.ledger.coded()) {
    const isWanted = entry.code === 'RemovedByOwner' || entry.code === 'MissingInTarget';
    if (!isWanted || entry.state === 'gone') continue;
    session.signal.throwIfAborted();
    const checkpoint = await session.ledger.checkpoint(path);
    const folderId = checkpoint?.targetFolderId ?? '';
    await session.ledger.record(path, uidValidity, [await restored(session, entry, folderId, tree)]);
  }
}

async function restored(
  session: MailboxSession,
  entry: LedgerEntry,
  folderId: string,
  tree: TargetTree,
): Promise<LedgerEntry> {
  const { targetId, ...rest } = withCode(entry, undefined);
  const item = targetId === undefined ? undefined : await session.target.item(targetId);
  if (targetId !== undefined && isOurs(session, item?.marker) && tree.byId(folderId) !== undefined) {
    const moved = item?.folderId === folderId ? 'moved' : await session.target.move(targetId, folderId);
    if (moved === 'moved') return { ...rest, targetId, state: 'copied' };
  }
  return { ...rest, state: 'failed', code: 'Restored', detail: 'to be brought again, as asked' };
}
