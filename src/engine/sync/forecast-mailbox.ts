import type { FolderRoute } from '../domain/folder-plan.ts';
import { planFolders } from '../domain/folder-plan.ts';
import type { MessageMeta } from '../domain/mailbox.ts';
import { leftOutBy } from '../domain/mail-filter.ts';
import { type FolderRemovals, heldRemovals } from '../domain/safety.ts';
import { chooseStrategy } from '../domain/sync-plan.ts';
import { type FolderForecast, NO_FORECAST, isQuiet } from '../domain/sync-forecast.ts';
import type { SelectedFolder, World } from '../ports.ts';
import { isInTarget } from './apply-removals.ts';
import { type VanishedFolder, departuresOf, recognisable, vanishedFolders } from './collect-departures.ts';
import { type FolderChange, detectChanges } from './detect-changes.ts';
import { findRenamed } from './follow-renames.ts';
import { targetName } from './match-folders.ts';
import type { OpenSource } from './open-source.ts';
import { type Move, recogniseMoves } from './recognise-moves.ts';

/** Sizes of more new messages than this are not asked for: the number alone is answer enough. */
const MOST_SIZES = 20_000;
const CHUNK = 1000;

interface Session extends OpenSource {
  readonly world: World;
  readonly signal: AbortSignal;
}

/**
 * What a sync would do now, by the same questions it would ask the source and the ledger, and by the same rules. Nothing is
 * written, and the target is not asked: what its owner did meanwhile may keep the sync from some of it.
 */
export async function forecastMailbox(session: Session): Promise<readonly FolderForecast[]> {
  const { source, batch, ledger } = session;
  const routes = planFolders(await source.listFolders(), batch).filter((route) => route.source.selectable);
  const missing = await vanishedFolders(session, new Set(routes.map((route) => route.source.path)));
  const renamed = await findAllRenamed(session, routes, missing);
  const vanished = missing.filter((folder) => ![...renamed.values()].includes(folder));
  const changes: FolderChange[] = [];
  for (const route of routes) {
    session.signal.throwIfAborted();
    if (route.excluded) continue;
    const change = await lookAt(session, route, renamed.get(route));
    if (change !== undefined) changes.push(change);
  }
  const departures = await departuresOf(ledger, changes, vanished);
  const moves = await recogniseMoves(session, changes, await recognisable(session, departures));
  const gone = new Map<string, number>();
  for (const { path, entries } of departures) {
    const left = entries.filter(
      (entry) => isInTarget(entry) && !moves.some(({ from }) => from.path === path && from.uid === entry.uid),
    );
    gone.set(path, (gone.get(path) ?? 0) + left.length);
  }
  const held = heldRemovals(await removalsOf(session, [...gone], vanished));
  const split = (path: string): Pick<FolderForecast, 'removed' | 'held'> =>
    held.has(path) ? { removed: 0, held: gone.get(path) ?? 0 } : { removed: gone.get(path) ?? 0, held: 0 };
  const folders: FolderForecast[] = [];
  for (const change of changes) {
    const { route } = change.run;
    const former = renamed.get(route);
    const isNew = former === undefined && (await ledger.checkpoint(route.source.path)) === undefined;
    folders.push({
      ...{ source: route.source.path, target: targetName(route) },
      ...(former === undefined ? {} : { renamedFrom: former.path }),
      ...(isNew ? { change: 'new' } : {}),
      ...(await countNew(session, change, moves)),
      flagged: change.flags.size,
      ...split(former?.path ?? route.source.path),
    });
  }
  for (const { path } of vanished)
    folders.push({ source: path, target: '', change: 'vanished', bytes: 0, ...NO_FORECAST, ...split(path) });
  return folders.filter((folder) => !isQuiet(folder));
}

async function findAllRenamed(
  session: Session,
  routes: readonly FolderRoute[],
  missing: readonly VanishedFolder[],
): Promise<ReadonlyMap<FolderRoute, VanishedFolder>> {
  const renamed = new Map<FolderRoute, VanishedFolder>();
  if (missing.length === 0) return renamed;
  const appeared: FolderRoute[] = [];
  for (const route of routes)
    if (!route.excluded && (await session.ledger.checkpoint(route.source.path)) === undefined) appeared.push(route);
  for (const folder of missing) {
    const route = await findRenamed(
      session,
      folder,
      appeared.filter((each) => !renamed.has(each)),
    );
    if (route !== undefined) renamed.set(route, folder);
  }
  return renamed;
}

// A renamed folder is known under its former name; what its numbers mean did not change.
async function lookAt(
  session: Session,
  route: FolderRoute,
  former: VanishedFolder | undefined,
): Promise<FolderChange | undefined> {
  const path = former?.path ?? route.source.path;
  const checkpoint = await session.ledger.checkpoint(path);
  const { status } = route.source;
  const isSame = status !== undefined && chooseStrategy(checkpoint, status, session.source.can) === 'unchanged';
  if (isSame && former === undefined) return undefined;
  const folder = await session.source.select(route.source);
  const run = {
    ...{ route, path, status: folder.status, targetFolderId: checkpoint?.targetFolderId ?? '', folder },
    ...{ formerPaths: [], runs: new Map(), incomplete: new Map(), resent: new Set<number>() },
  };
  return detectChanges(session, run, checkpoint);
}

async function removalsOf(
  { ledger }: Session,
  gone: readonly (readonly [path: string, removals: number])[],
  vanished: readonly VanishedFolder[],
): Promise<readonly FolderRemovals[]> {
  const folders = new Map(gone);
  const all: FolderRemovals[] = [];
  for (const path of await ledger.folders()) {
    const checkpoint = await ledger.checkpoint(path);
    if (checkpoint === undefined) continue;
    const { copied = 0, adopted = 0 } = await ledger.count(path, checkpoint.uidValidity);
    const isVanished = vanished.some((folder) => folder.path === path);
    all.push({ path, removals: folders.get(path) ?? 0, known: copied + adopted, vanished: isVanished });
  }
  return all;
}

async function countNew(
  session: Session,
  { run, fresh, again }: FolderChange,
  moves: readonly Move[],
): Promise<Pick<FolderForecast, 'copied' | 'bytes' | 'excluded' | 'tooLarge' | 'moved'>> {
  const moved = new Set(moves.filter(({ to }) => to.run === run).map(({ to }) => to.uid));
  const uids = [...new Set([...fresh, ...again])].filter((uid) => !moved.has(uid));
  const none = { copied: uids.length, bytes: null, excluded: 0, tooLarge: 0, moved: moved.size };
  if (uids.length > MOST_SIZES) return none;
  const folder = await session.source.select(run.route.source, run.status.uidValidity);
  const metas = await metadataOf(session, folder, uids);
  const filter = session.batch.filter ?? {};
  const wanted = metas.filter((meta) => leftOutBy(filter, meta) === undefined);
  const fitting = wanted.filter((meta) => meta.size <= session.world.settings.maxItemSize);
  return {
    copied: fitting.length,
    bytes: fitting.reduce((sum, meta) => sum + meta.size, 0),
    excluded: metas.length - wanted.length,
    tooLarge: wanted.length - fitting.length,
    moved: moved.size,
  };
}

async function metadataOf(
  { signal }: Session,
  folder: SelectedFolder,
  uids: readonly number[],
): Promise<readonly MessageMeta[]> {
  const metas: MessageMeta[] = [];
  for (let at = 0; at < uids.length; at += CHUNK) {
    signal.throwIfAborted();
    metas.push(...(await folder.metadata(uids.slice(at, at + CHUNK))));
  }
  return metas;
}
