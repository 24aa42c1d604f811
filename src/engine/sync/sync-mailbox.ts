import { MigrationError, failure } from '../domain/failure.ts';
import type { FolderRoute } from '../domain/folder-plan.ts';
import type { Items } from '../domain/items.ts';
import type { FolderStatus } from '../domain/mailbox.ts';
import type { MigrationUser } from '../domain/migration-user.ts';
import { type OwnerFinding, ownerFindings } from '../domain/owner-findings.ts';
import { chooseStrategy } from '../domain/sync-plan.ts';
import type { Ledger, World } from '../ports.ts';
import { applyFlags } from './apply-flags.ts';
import { applyMoves } from './apply-moves.ts';
import type { FolderDepartures } from './apply-removals.ts';
import { type VanishedFolder, collectDepartures, recognisable, vanishedFolders } from './collect-departures.ts';
import { type Brought, copyNew } from './copy-new.ts';
import type { FolderChange } from './detect-changes.ts';
import type { FolderRun } from './folder-run.ts';
import { followRemovals } from './follow-removals.ts';
import { followRenames } from './follow-renames.ts';
import { lookAtFolder } from './look-at-folder.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { NewestFirst } from './newest-first.ts';
import { type MarkedItems, loadMarkedItems, markedItemsTaken } from './marked-items.ts';
import { TargetTree, routeFolders, targetName } from './match-folders.ts';
import { withOpenMailbox } from './open-mailbox.ts';
import { type Move, recogniseMoves } from './recognise-moves.ts';
import { restoreMissing } from './restore-missing.ts';
import { reconsiderExcluded } from './reconsider-excluded.ts';
import { saveSkippedItems } from './report-skipped.ts';
import type { SyncTimer } from './sync-timer.ts';
import { verifyFolders } from './verify-mailbox.ts';

export interface SyncResult {
  readonly items: Items;
  /** Messages written in this pass. */
  readonly copied: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Removals that wait for a person since this pass. */
  readonly held?: OwnerFinding;
  /** Only the newest mail was brought: others wait for theirs. */
  readonly restLater?: true;
}

/** One pass over one mailbox, initial or incremental: the target follows what happened at the source, its owner's work stays. */
export async function syncMailbox(
  world: World,
  user: MigrationUser,
  signal: AbortSignal,
  timer: SyncTimer,
  newest?: NewestFirst,
): Promise<SyncResult> {
  return withOpenMailbox(world, user, signal, timer, async (session) => {
    let brought: Brought = 'all';
    try {
      const { routes, ...result } = await bringOver(session, newest);
      brought = result.brought;
      await reportNotes(session);
      await saveSkippedItems(
        session,
        routes.map((route) => route.source),
      );
      session.books.note(ownerFindings(await session.ledger.coded()));
    } finally {
      await session.books.close();
    }
    const held = session.books.newlyHeld();
    return {
      items: session.books.items(),
      copied: session.books.copied,
      bytes: session.books.bytes,
      ...(held === undefined ? {} : { held }),
      ...(brought === 'newest' ? { restLater: true as const } : {}),
    };
  });
}

async function bringOver(
  session: MailboxSession,
  newest: NewestFirst | undefined,
): Promise<{ readonly routes: readonly FolderRoute[]; readonly brought: Brought }> {
  const routes = await routeFolders(session);
  const listed = new Set(routes.map((route) => route.source.path));
  const tree = once(() => TargetTree.load(session));
  const missing = await vanishedFolders(session, listed);
  const renamed = await followRenames(session, routes, missing, tree);
  const vanished = missing.filter((folder) => !renamed.has(folder.path));
  await reconsiderExcluded(session);
  const uidValidities = routes.flatMap(({ source: { path, status } }) =>
    status === undefined ? [] : [[path, status.uidValidity] as const],
  );
  const marked = await loadMarkedItems(session, new Map(uidValidities));
  if (session.user.restoreAskedAt !== undefined) await restoreMissing(session, await tree());
  const doubted = await doubtedFolders(session);
  const changed = await openUnchanged(session, routes, doubted);
  for (const folder of vanished) await openVanished(session, folder);
  if (changed.length + vanished.length === 0 && session.user.removalsApprovedAt === undefined)
    return { routes, brought: 'all' };
  const work = { changed, vanished, listed, marked, doubted, tree: await tree() };
  return { routes, brought: await followChanges(session, work, newest) };
}

interface Work {
  readonly changed: readonly FolderRoute[];
  readonly vanished: readonly VanishedFolder[];
  readonly listed: ReadonlySet<string>;
  readonly marked: MarkedItems | undefined;
  readonly doubted: ReadonlySet<string>;
  readonly tree: TargetTree;
}

// Look at everything, then act: moves, flags, new mail, and deletions last.
async function followChanges(
  session: MailboxSession,
  { changed, vanished, listed, marked, doubted, tree }: Work,
  newest: NewestFirst | undefined,
): Promise<Brought> {
  const changes: FolderChange[] = [];
  for (const route of changed) {
    const change = await orBookFailure(session, route, () => lookAtFolder(session, route, tree, marked, listed));
    if (change !== undefined) changes.push(change);
    await session.books.publish();
  }
  if (marked !== undefined) await markedItemsTaken(session);
  const departures = await collectDepartures(session, changes, vanished);
  const moves = await recogniseMoves(session, changes, await recognisable(session, departures));
  await applyMoves(session, moves, tree);
  for (const change of changes) await applyFlags(session, change, tree);
  const runs = changes.map((change) => change.run);
  const brought = await copyNew(session, changes, moves, newest);
  if (brought === 'newest') {
    for (const run of runs) await saveCheckpoint(session, run, false);
    return brought;
  }
  await verifyFolders(session, runs, tree, doubted);
  await followRemovals(session, withoutMoved(departures, moves), vanished, tree);
  for (const run of runs) await saveCheckpoint(session, run, true);
  return brought;
}

function withoutMoved(departures: readonly FolderDepartures[], moves: readonly Move[]): readonly FolderDepartures[] {
  const moved = new Set(moves.map(({ from }) => `${from.uidValidity} ${from.uid} ${from.path}`));
  return departures.map((folder) => ({
    ...folder,
    entries: folder.entries.filter(({ uid }) => !moved.has(`${folder.uidValidity} ${uid} ${folder.path}`)),
  }));
}

// Folders that did not change since their checkpoint cost nothing: their page is the ledger's count.
async function openUnchanged(
  session: MailboxSession,
  routes: readonly FolderRoute[],
  doubted: ReadonlySet<string>,
): Promise<readonly FolderRoute[]> {
  const changed: FolderRoute[] = [];
  for (const route of routes.filter((each) => each.source.selectable)) {
    const { path, status } = route.source;
    if (route.excluded) await openExcluded(session, route);
    else if (status === undefined) changed.push(route);
    else {
      const counts = await session.ledger.count(path, status.uidValidity);
      const { copied = 0, adopted = 0, excluded = 0, gone = 0 } = counts;
      const known = copied + adopted + excluded;
      const unchanged = isSettled(counts) && !doubted.has(path) && (await isUnchanged(session, path, status));
      if (!unchanged) changed.push(route);
      // Until a changed folder is looked at, its status says how much there is: people see the whole from the start.
      const pending = unchanged ? 0 : Math.max(0, status.exists - known);
      const page = { source: known + pending, copied, adopted, excluded, pending, goneAtSource: gone };
      session.books.open(path, targetName(route), status.uidValidity, page);
    }
  }
  await session.books.publish();
  return changed;
}

// Where a comparison since the last sync missed something, this one looks at the target, whatever the source says.
async function doubtedFolders({ world, user }: MailboxSession): Promise<ReadonlySet<string>> {
  const latest = await world.store.verification(user.address);
  if (latest === undefined || latest.finishedAt < (user.lastSuccessfulSyncAt ?? 0)) return new Set();
  return new Set(latest.folders.filter((folder) => folder.missing > 0).map((folder) => folder.source));
}

async function isUnchanged(session: MailboxSession, path: string, status: FolderStatus): Promise<boolean> {
  const checkpoint = await session.ledger.checkpoint(path);
  return chooseStrategy(checkpoint, status, session.source.can) === 'unchanged';
}

function isSettled({ intended = 0, failed = 0, skipped = 0 }: Awaited<ReturnType<Ledger['count']>>): boolean {
  return intended + failed + skipped === 0;
}

async function openVanished(session: MailboxSession, { path, checkpoint }: VanishedFolder): Promise<void> {
  const {
    copied = 0,
    adopted = 0,
    excluded = 0,
    skipped = 0,
    failed = 0,
    intended = 0,
    gone = 0,
  } = await session.ledger.count(path, checkpoint.uidValidity);
  const pending = skipped + failed + intended;
  const source = copied + adopted + excluded + pending;
  session.books.open(path, '', checkpoint.uidValidity, {
    source,
    copied,
    adopted,
    excluded,
    pending,
    goneAtSource: gone,
  });
}

async function openExcluded(session: MailboxSession, { source }: FolderRoute): Promise<void> {
  const { exists, uidValidity } = source.status ?? (await session.source.select(source)).status;
  session.books.open(source.path, '', uidValidity, { source: exists, excluded: exists });
}

// A folder that cannot be opened is booked; the others are synced.
async function orBookFailure<Result>(
  session: MailboxSession,
  route: FolderRoute,
  look: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== 'SourceFolderUnavailable') throw error;
    const exists = route.source.status?.exists ?? 0;
    session.books.open(route.source.path, targetName(route), route.source.status?.uidValidity, {
      source: exists,
      failed: exists,
    });
    session.books.failed(route.source.path, failure(error.code, { folder: route.source.path, ...error.details }));
    return undefined;
  }
}

// RFC 7162: HIGHESTMODSEQ is stored only after every change up to it is in the ledger.
async function saveCheckpoint(session: MailboxSession, run: FolderRun, whole: boolean): Promise<void> {
  const { path, status, targetFolderId, formerPaths } = run;
  const { intended = 0 } = await session.ledger.count(path, status.uidValidity);
  await session.ledger.saveCheckpoint(path, {
    ...status,
    targetFolderId,
    formerPaths,
    complete: whole && intended === 0,
  });
}

async function reportNotes(session: MailboxSession): Promise<void> {
  for (const { count, text } of await session.ledger.noteCounts())
    session.books.reason({ kind: 'metadata', count, text });
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
