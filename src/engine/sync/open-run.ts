import type { FolderRoute } from '../domain/folder-plan.ts';
import type { Checkpoint, SelectedFolder } from '../ports.ts';
import type { FolderRun } from './folder-run.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';

/** Opens one folder pair: the target folder is found or created, and the folder is known to the ledger from here on. */
export async function openRun(
  session: MailboxSession,
  route: FolderRoute,
  folder: SelectedFolder,
  checkpoint: Checkpoint | undefined,
  tree: TargetTree,
): Promise<FolderRun> {
  const { path } = route.source;
  const { status } = folder;
  const target = await tree.resolve(route, checkpoint?.targetFolderId);
  const formerPaths = checkpoint?.formerPaths ?? [];
  // Written before the first message, so that a changed UIDVALIDITY is noticed even after a crash in the first pass.
  if (checkpoint?.uidValidity !== status.uidValidity) {
    await session.ledger.saveCheckpoint(path, { ...status, targetFolderId: target.id, formerPaths, complete: false });
  }
  return {
    route,
    path,
    status,
    targetFolderId: target.id,
    formerPaths,
    folder,
    runs: new Map(),
    incomplete: new Map(),
    resent: new Set(),
  };
}

/** The same folder, selected again: another one may have been open meanwhile. Its UIDs must still mean the same messages. */
export async function reopen(session: Pick<MailboxSession, 'source'>, run: FolderRun): Promise<FolderRun> {
  return { ...run, folder: await session.source.select(run.route.source, run.status.uidValidity) };
}
