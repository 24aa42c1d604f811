import type { MarkedItem } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** Items the target has from earlier, by where they came from. */
export interface MarkedItems {
  /** Items of a folder by UID; markers may also say a name the folder had before, when no folder has that name now. */
  of(path: string, uidValidity: string, listed: ReadonlySet<string>): ReadonlyMap<number, MarkedAs>;
}

export interface MarkedAs {
  readonly id: string;
  readonly run: string;
  readonly folderId: string;
}

/** No folder has this name: its checkpoint says that the target was asked once what it has from earlier. */
const MAILBOX = '';

/**
 * Asks the target once in the life of a ledger what it has from earlier: another batch, or a ledger that was lost. The
 * whole mailbox is looked at, because its owner may have filed items elsewhere. Undefined when that is known already.
 */
export async function loadMarkedItems(session: MailboxSession): Promise<MarkedItems | undefined> {
  if ((await session.ledger.checkpoint(MAILBOX)) !== undefined) return undefined;
  const login = session.user.userName;
  const folders = new Map<string, Map<string, Map<number, MarkedAs>>>();
  for await (const item of session.target.listMarked()) {
    const origin = readOrigin(item, login);
    if (origin === undefined) continue;
    const paths = getOrAdd(folders, origin.uidValidity);
    getOrAdd(paths, origin.path).set(origin.uid, { id: item.id, run: origin.run, folderId: item.folderId });
  }
  if (folders.size === 0) await markedItemsTaken(session);
  return {
    of(path, uidValidity, listed) {
      const paths = folders.get(uidValidity) ?? new Map<string, Map<number, MarkedAs>>();
      const former = [...paths].filter(([name]) => !listed.has(name)).flatMap(([, items]) => [...items]);
      return new Map([...former, ...(paths.get(path) ?? [])]);
    },
  };
}

/** What the target had is in the ledger now. */
export async function markedItemsTaken(session: MailboxSession): Promise<void> {
  const checkpoint = { uidValidity: '0', uidNext: 0, exists: 0, targetFolderId: '', complete: true };
  await session.ledger.saveCheckpoint(MAILBOX, checkpoint);
}

/** Folders the ledger knows; the mailbox as a whole is none. */
export async function knownFolders(session: MailboxSession): Promise<readonly string[]> {
  return (await session.ledger.folders()).filter((path) => path !== MAILBOX);
}

// Read from the right: a folder may have "|" in its name.
function readOrigin(item: MarkedItem, login: string) {
  if (!item.marker.startsWith(`${login}|`)) return undefined;
  const match = /^(.*)\|(\d+)\|([1-9]\d{0,9})\|([^|]*)$/s.exec(item.marker.slice(login.length + 1));
  const [, path, uidValidity, uid, run] = match ?? [];
  if (path === undefined || uidValidity === undefined || run === undefined) return undefined;
  return { path, uidValidity, uid: Number(uid), run };
}

function getOrAdd<Key, A, B>(map: Map<Key, Map<A, B>>, key: Key): Map<A, B> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = new Map<A, B>();
  map.set(key, added);
  return added;
}
