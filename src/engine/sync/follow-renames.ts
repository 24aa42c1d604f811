import type { FolderRoute } from '../domain/folder-plan.ts';
import type { Checkpoint, LedgerEntry } from '../ports.ts';
import type { VanishedFolder } from './collect-departures.ts';
import type { MailboxSession } from './mailbox-session.ts';
import type { TargetTree } from './match-folders.ts';

/** Messages whose sizes are compared before a folder is taken for a renamed one. */
const SAMPLE = 20;

/**
 * Recognises folders that have another name at the source now, and gives their target folders the same one: nothing is
 * copied again. RENAME keeps UIDVALIDITY and UIDs (RFC 3501, 6.3.5); a sample of sizes guards against servers that give
 * several folders one UIDVALIDITY. Returns the new paths by the old ones.
 */
export async function followRenames(
  session: MailboxSession,
  routes: readonly FolderRoute[],
  vanished: readonly VanishedFolder[],
  tree: () => Promise<TargetTree>,
): Promise<ReadonlySet<string>> {
  const renamed = new Set<string>();
  if (vanished.length === 0) return renamed;
  const appeared: FolderRoute[] = [];
  for (const route of routes) {
    const isNew = route.source.selectable && (await session.ledger.checkpoint(route.source.path)) === undefined;
    if (isNew && !route.excluded) appeared.push(route);
  }
  const known = await tree();
  // Parents first: with them their children are where they belong already.
  const byDepth = [...vanished].sort((a, b) => a.path.length - b.path.length);
  for (const folder of byDepth) {
    const candidates = appeared.filter((route) => canFollow(folder, route, known));
    const route = await findRenamed(session, folder, candidates);
    if (route === undefined) continue;
    appeared.splice(appeared.indexOf(route), 1);
    await renameTarget(session, folder, route, known);
    const { path } = folder;
    const formerPaths = [...(folder.checkpoint.formerPaths ?? []), path];
    await session.ledger.saveCheckpoint(path, { ...folder.checkpoint, formerPaths });
    await session.ledger.rename(path, route.source.path);
    renamed.add(path);
  }
  return renamed;
}

// Exchange's own folders keep their names: mail that leaves one of them, or becomes one, is moved message by message.
function canFollow({ checkpoint }: VanishedFolder, route: FolderRoute, tree: TargetTree): boolean {
  const from = tree.byId(checkpoint.targetFolderId)?.wellKnown;
  const to = route.names.length === 0 ? route.anchor : undefined;
  return from === to;
}

/** The folder that has another name now, if one of these is it. */
export async function findRenamed(
  session: Pick<MailboxSession, 'source' | 'ledger'>,
  folder: VanishedFolder,
  appeared: readonly FolderRoute[],
): Promise<FolderRoute | undefined> {
  const { checkpoint, path } = folder;
  const sample = await newestCopied(session, path, checkpoint);
  for (const route of appeared) {
    const { status } = route.source;
    if (status !== undefined && status.uidValidity !== checkpoint.uidValidity) continue;
    const selected = await session.source.select(route.source);
    if (selected.status.uidValidity !== checkpoint.uidValidity) continue;
    if (selected.status.uidNext < checkpoint.uidNext) continue;
    const metas = await selected.metadata(sample.map((entry) => entry.uid));
    const sizes = new Map(sample.map((entry) => [entry.uid, entry.size]));
    const isSame = metas.every((meta) => sizes.get(meta.uid) === meta.size);
    if (isSame && (metas.length > 0 || sample.length === 0)) return route;
  }
  return undefined;
}

async function newestCopied(
  session: Pick<MailboxSession, 'ledger'>,
  path: string,
  { uidValidity }: Checkpoint,
): Promise<readonly LedgerEntry[]> {
  const states = await session.ledger.states(path, uidValidity);
  const copied = states.filter(([, state]) => state === 'copied' || state === 'adopted').slice(-SAMPLE);
  const entries: LedgerEntry[] = [];
  for (const [uid] of copied) {
    const entry = await session.ledger.findByUid(path, uidValidity, uid);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

// A folder that its owner renamed in the target meanwhile keeps its name.
async function renameTarget(
  session: MailboxSession,
  { path, checkpoint }: VanishedFolder,
  route: FolderRoute,
  tree: TargetTree,
): Promise<void> {
  const folder = tree.byId(checkpoint.targetFolderId);
  const name = route.names.at(-1);
  if (folder === undefined || folder.wellKnown !== undefined || name === undefined) return;
  if (!path.normalize('NFC').toLowerCase().endsWith(folder.name.normalize('NFC').toLowerCase())) return;
  const parent = await tree.parentOf(route);
  if (folder.name === name && folder.parentId === parent) return;
  await session.target.moveFolder(folder.id, parent, name);
  tree.replace({ ...folder, parentId: parent, name });
}
