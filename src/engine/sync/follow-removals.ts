import { type FolderRemovals, heldRemovals } from '../domain/safety.ts';
import { type FolderDepartures, applyRemovals, holdRemovals, isInTarget } from './apply-removals.ts';
import type { VanishedFolder } from './collect-departures.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';

/**
 * The end of a pass: what left the source leaves the target, unless there is too much of it at once; then a person is
 * asked first. Deletions are last, so that nothing is removed that could still have been recognised elsewhere.
 */
export async function followRemovals(
  session: MailboxSession,
  departures: readonly FolderDepartures[],
  vanished: readonly VanishedFolder[],
  tree: TargetTree,
): Promise<void> {
  const names = new Set(vanished.map((folder) => folder.path));
  const folders = await countRemovals(session, departures, names);
  const held = heldRemovals(folders);
  for (const folder of departures) {
    if (held.has(folder.path)) await holdRemovals(session, folder);
    else await applyRemovals(session, folder, tree);
  }
  await removeApproved(session, tree);
  for (const folder of vanished) if (!held.has(folder.path)) await removeEmptyFolder(session, folder, tree);
}

async function countRemovals(
  session: MailboxSession,
  departures: readonly FolderDepartures[],
  vanished: ReadonlySet<string>,
): Promise<readonly FolderRemovals[]> {
  const removals = new Map<string, number>();
  for (const { path, entries } of departures) {
    removals.set(path, (removals.get(path) ?? 0) + entries.filter(isInTarget).length);
  }
  const known = session.books.inTarget();
  return [...new Set([...known.keys(), ...removals.keys()])].map((path) => {
    const leaving = removals.get(path) ?? 0;
    return { path, removals: leaving, known: Math.max(known.get(path) ?? 0, leaving), vanished: vanished.has(path) };
  });
}

// What a person let go goes now; the guards of every removal hold for it, too.
async function removeApproved(session: MailboxSession, tree: TargetTree): Promise<void> {
  const approvedAt = session.user.removalsApprovedAt;
  if (approvedAt === undefined) return;
  const held = (await session.ledger.coded()).filter((entry) => entry.code === 'RemovalHeld' && entry.at <= approvedAt);
  const folders = Map.groupBy(held, ({ path, uidValidity }) => `${uidValidity} ${path}`);
  for (const [first, ...rest] of folders.values()) {
    if (first === undefined) continue;
    const { path, uidValidity } = first;
    const checkpoint = await session.ledger.checkpoint(path);
    const { targetFolderId = '', formerPaths = [] } = checkpoint ?? {};
    const entries = [first, ...rest].map(({ path: _path, uidValidity: _uidValidity, ...entry }) => entry);
    await applyRemovals(session, { path, uidValidity, targetFolderId, formerPaths, entries }, tree);
  }
}

// Only when it is empty and was no folder of Exchange's own: what else is in it is the owner's.
async function removeEmptyFolder(
  session: MailboxSession,
  { path, checkpoint }: VanishedFolder,
  tree: TargetTree,
): Promise<void> {
  const { targetFolderId } = checkpoint;
  const waiting = (await session.ledger.coded()).some((entry) => entry.path === path && entry.code === 'RemovalHeld');
  if (waiting) return;
  const folder = tree.byId(targetFolderId);
  if (folder !== undefined && folder.wellKnown === undefined && !tree.isTrash(folder.id)) {
    const isEmpty = tree.children(folder.id).length === 0 && (await session.target.countItems(folder.id)) === 0;
    if (isEmpty) {
      await session.target.removeFolder(folder.id);
      tree.forget(folder.id);
    }
  }
  await session.ledger.saveCheckpoint(path, { ...checkpoint, targetFolderId: '', complete: false });
}
