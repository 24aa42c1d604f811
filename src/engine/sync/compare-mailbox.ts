import { planFolders } from '../domain/folder-plan.ts';
import { folderMarkerPrefix, isStandInRun } from '../domain/marker.ts';
import { messageIdOf } from '../domain/message-key.ts';
import { type FolderVerification, type Found, countFound } from '../domain/verification.ts';
import type { LedgerState, MarkedItem, SelectedFolder } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

const CHUNK = 500;

type ReadOnlySession = Pick<MailboxSession, 'user' | 'batch' | 'source' | 'target' | 'ledger' | 'signal'>;
type Marked = Pick<MarkedItem, 'folderId' | 'messageId'> & {
  readonly run: string;
  /** Items with this marker. */
  readonly times: number;
};

/**
 * Compares source and target as they are now: every UID of the source against the markers of the whole target, and the
 * Message-ID of both. Items of other people cannot stand in for a missing one, as they can where only numbers are
 * compared. Writes nothing.
 */
export async function compareMailbox(session: ReadOnlySession): Promise<readonly FolderVerification[]> {
  const { source, batch, signal } = session;
  const items = await markedByFolder(session);
  const results: FolderVerification[] = [];
  for (const route of planFolders(await source.listFolders(), batch)) {
    if (!route.source.selectable) continue;
    signal.throwIfAborted();
    const folder = await source.select(route.source);
    const uids = await folder.uids();
    results.push(
      route.excluded
        ? countFound(
            folder.path,
            uids.map((uid) => [uid, 'excluded'] as const),
            0,
          )
        : await compareFolder(session, folder, uids, items),
    );
  }
  return results;
}

// The marker names the folder as it was called then, and with the UIDVALIDITY it had: that is the key of the outer map.
async function markedByFolder({ target, user }: ReadOnlySession): Promise<ReadonlyMap<string, Map<number, Marked>>> {
  const byFolder = new Map<string, Map<number, Marked>>();
  for await (const { marker, folderId, messageId } of target.listMarked()) {
    const [, prefix = '', uid = '', run = ''] = /^(.*\|)(\d+)\|([^|]*)$/s.exec(marker) ?? [];
    if (!prefix.startsWith(`${user.userName}|`)) continue;
    const items = byFolder.get(prefix) ?? new Map<number, Marked>();
    const times = (items.get(Number(uid))?.times ?? 0) + 1;
    items.set(Number(uid), { folderId, run, times, ...(messageId === undefined ? {} : { messageId }) });
    byFolder.set(prefix, items);
  }
  return byFolder;
}

async function compareFolder(
  session: ReadOnlySession,
  folder: SelectedFolder,
  uids: readonly number[],
  items: ReadonlyMap<string, ReadonlyMap<number, Marked>>,
): Promise<FolderVerification> {
  const { ledger, user } = session;
  const { path, status } = folder;
  const checkpoint = await ledger.checkpoint(path);
  const prefixes = [path, ...(checkpoint?.formerPaths ?? [])].map((name) =>
    folderMarkerPrefix(user.userName, name, status.uidValidity),
  );
  const marked = new Map(prefixes.toReversed().flatMap((prefix) => [...(items.get(prefix) ?? [])]));
  const states = new Map((await ledger.states(path, status.uidValidity)).map(([uid, state]) => [uid, state]));
  const owners = await ownersDoing(session, path, status.uidValidity);
  const found = new Map<number, Found>();
  for (const uid of uids) {
    const item = marked.get(uid);
    if (item === undefined || isStandInRun(item.run))
      found.set(uid, absent(states.get(uid) ?? 'skipped', owners.has(uid)));
    else found.set(uid, item.folderId === checkpoint?.targetFolderId ? 'inTarget' : 'elsewhere');
  }
  for (const uid of await otherMessages(session, folder, uids, marked)) found.set(uid, 'different');
  const surplus = [...marked.keys()].filter((uid) => !found.has(uid)).length;
  const doubled = [...marked.values()].reduce((sum, { times }) => sum + times - 1, 0);
  return countFound(path, found, surplus, doubled);
}

function absent(state: LedgerState | undefined, removedByOwner: boolean): Found {
  if (removedByOwner) return 'removedByOwner';
  return state === 'skipped' || state === 'excluded' ? state : 'missing';
}

async function ownersDoing(
  { ledger }: ReadOnlySession,
  path: string,
  uidValidity: string,
): Promise<ReadonlySet<number>> {
  const removed = (await ledger.coded()).filter(
    (entry) => entry.code === 'RemovedByOwner' && entry.path === path && entry.uidValidity === uidValidity,
  );
  return new Set(removed.map((entry) => entry.uid));
}

// Only where both sides name an id: Exchange makes one up for mail without, and a repaired message may have got a new one.
async function otherMessages(
  { ledger, signal }: ReadOnlySession,
  folder: SelectedFolder,
  uids: readonly number[],
  marked: ReadonlyMap<number, Marked>,
): Promise<readonly number[]> {
  const { path, status } = folder;
  const compared = uids.filter((uid) => marked.get(uid)?.messageId !== undefined);
  const others: number[] = [];
  for (let at = 0; at < compared.length; at += CHUNK) {
    signal.throwIfAborted();
    for (const [uid, headers] of await folder.keyHeaders(compared.slice(at, at + CHUNK))) {
      const id = messageIdOf(headers);
      if (id === undefined || id === marked.get(uid)?.messageId?.trim()) continue;
      const entry = await ledger.findByUid(path, status.uidValidity, uid);
      if (entry?.notes?.some((note) => note.kind === 'repaired') !== true) others.push(uid);
    }
  }
  return others;
}
