import { MigrationError, failure } from '../domain/failure.ts';
import type { FolderRoute } from '../domain/folder-plan.ts';
import type { Items } from '../domain/items.ts';
import type { MigrationUser } from '../domain/migration-user.ts';
import type { World } from '../ports.ts';
import { type Lot, copyMessages } from './copy-messages.ts';
import type { FolderRun } from './folder-run.ts';
import { LotQueue } from './lot-queue.ts';
import type { MailboxSession } from './mailbox-session.ts';
import { TargetTree, routeFolders, targetName } from './match-folders.ts';
import { withOpenMailbox } from './open-mailbox.ts';
import { saveSkippedItems } from './report-skipped.ts';
import { uploadLane } from './send-lot.ts';
import { removeLateTwins, settleIntents } from './settle-intents.ts';
import { isUnchanged, syncFolder } from './sync-folder.ts';
import { verifyFolders } from './verify-mailbox.ts';

export interface SyncResult {
  readonly items: Items;
  /** Messages written in this pass. */
  readonly copied: number;
}

/** The published limit of a mailbox: four requests at a time. */
const LANES = 4;
/** Bodies that were read and wait for a lane. Together with one window being read it bounds a worker's memory. */
const QUEUE_BYTES = 16 * 1024 * 1024;
const SETTLE_ROUNDS = 3;

/** One pass over one mailbox, initial or incremental: whatever the source has and the ledger does not know is brought over. */
export async function syncMailbox(world: World, user: MigrationUser, signal: AbortSignal): Promise<SyncResult> {
  return withOpenMailbox(world, user, signal, async (session) => {
    try {
      const changed = await openUnchanged(session, await routeFolders(session));
      if (changed.length > 0) await syncFolders(session, changed);
      await reportNotes(session);
      await saveSkippedItems(session);
    } finally {
      await session.books.close();
    }
    return { items: session.books.items(), copied: session.books.copied };
  });
}

// Folders that did not change since their checkpoint cost nothing: their page is the ledger's count.
async function openUnchanged(session: MailboxSession, routes: readonly FolderRoute[]): Promise<readonly FolderRoute[]> {
  const changed: FolderRoute[] = [];
  for (const route of routes.filter((each) => each.source.selectable)) {
    const { path, status } = route.source;
    const checkpoint = await session.ledger.checkpoint(path);
    if (route.excluded) await openExcluded(session, route);
    else if (checkpoint !== undefined && status !== undefined && isUnchanged(route, checkpoint)) {
      const { copied = 0, adopted = 0, skipped = 0, gone = 0 } = await session.ledger.count(path, status.uidValidity);
      session.books.open(path, targetName(route), {
        source: copied + adopted + skipped,
        copied,
        adopted,
        skipped,
        goneAtSource: gone,
      });
    } else changed.push(route);
  }
  return changed;
}

async function openExcluded(session: MailboxSession, { source }: FolderRoute): Promise<void> {
  const { exists } = source.status ?? (await session.source.select(source)).status;
  session.books.open(source.path, '', { source: exists, excluded: exists });
}

async function syncFolders(session: MailboxSession, routes: readonly FolderRoute[]): Promise<void> {
  const queue = new LotQueue<Lot>(QUEUE_BYTES, () => session.world.clock.now());
  const lanes = Array.from({ length: LANES }, () => uploadLane(session, queue));
  try {
    const tree = await TargetTree.load(session);
    const runs: FolderRun[] = [];
    for (const route of routes) {
      const run = await syncFolderOrBook(session, route, tree, queue);
      if (run !== undefined) runs.push(run);
    }
    await queue.drained();
    await settleRest(session, runs, queue);
    await verifyFolders(session, runs);
    for (const run of runs) await saveCheckpoint(session, run);
  } catch (error) {
    queue.fail(error);
    throw error;
  } finally {
    queue.close();
    // Lanes finish the message they hold: its outcome belongs in the ledger.
    await Promise.all(lanes);
  }
}

// A folder that cannot be opened is booked; the others are synced.
async function syncFolderOrBook(
  session: MailboxSession,
  route: FolderRoute,
  tree: TargetTree,
  queue: LotQueue<Lot>,
): Promise<FolderRun | undefined> {
  try {
    return await syncFolder(session, route, tree, queue);
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== 'SourceFolderUnavailable') throw error;
    const exists = route.source.status?.exists ?? 0;
    session.books.open(route.source.path, targetName(route), { source: exists, failed: exists });
    session.books.failed(route.source.path, failure(error.code, { folder: route.source.path, ...error.details }));
    return undefined;
  }
}

// Messages whose answer never came: asked about once the target had time to show them, sent again if it has not got them.
async function settleRest(session: MailboxSession, runs: readonly FolderRun[], queue: LotQueue<Lot>): Promise<void> {
  const { clock } = session.world;
  for (let round = 1; ; round += 1) {
    const open = await unsettled(session, runs);
    if (open.length === 0) break;
    if (round > SETTLE_ROUNDS) {
      throw new MigrationError('TargetUnavailable', { detail: 'requests stay without an answer' });
    }
    for (const run of open) {
      let settled = await settleIntents(session, run);
      if (settled.askAgainAt !== undefined) {
        await clock.sleep(Math.max(0, settled.askAgainAt - clock.now()), session.signal);
        settled = await settleIntents(session, run);
      }
      if (settled.again.length === 0) continue;
      const folder = await session.source.select(run.route.source);
      await copyMessages(session, { ...run, folder }, settled.again, queue);
      await queue.drained();
    }
  }
  for (const run of runs) await removeLateTwins(session, run);
}

async function unsettled(session: MailboxSession, runs: readonly FolderRun[]): Promise<readonly FolderRun[]> {
  const open: FolderRun[] = [];
  for (const run of runs) {
    const { intended = 0 } = await session.ledger.count(run.path, run.status.uidValidity);
    if (intended > 0) open.push(run);
  }
  return open;
}

// RFC 7162: HIGHESTMODSEQ is stored only after every change up to it is in the ledger.
async function saveCheckpoint(session: MailboxSession, run: FolderRun): Promise<void> {
  const { intended = 0, failed = 0, skipped = 0 } = await session.ledger.count(run.path, run.status.uidValidity);
  const complete = intended + failed + skipped === 0;
  await session.ledger.saveCheckpoint(run.path, { ...run.status, targetFolderId: run.targetFolderId, complete });
}

async function reportNotes(session: MailboxSession): Promise<void> {
  for (const { count, text } of await session.ledger.noteCounts())
    session.books.reason({ kind: 'metadata', count, text });
}
