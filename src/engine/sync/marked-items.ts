import type { MarkedItem } from '../ports.ts';
import type { MailboxSession } from './mailbox-session.ts';

/** Items the target has from earlier, by where they came from. */
export interface MarkedItems {
  /** Items of a folder by UID; markers may also say a name the folder had before, when no folder has that name now. */
  of(path: string, uidValidity: string, listed: ReadonlySet<string>): ReadonlyMap<number, MarkedAs>;
  /** Items of a folder under another UIDVALIDITY: their UIDs mean nothing any more. */
  former(path: string, uidValidity: string): readonly FormerItem[];
}

export interface MarkedAs {
  readonly id: string;
  readonly run: string;
  readonly folderId: string;
}

/** An item that is recognised by what it is, not by where it came from. */
export type FormerItem = MarkedAs & Pick<MarkedItem, 'messageId' | 'receivedAt' | 'subject'>;

/** No folder has this name: its checkpoint says that the target was asked once what it has from earlier. */
const MAILBOX = '';

/**
 * Asks the target once in the life of a ledger what it has from earlier: another batch, or a ledger that was lost. The
 * whole mailbox is looked at, because its owner may have filed items elsewhere. Undefined when that is known already.
 * `uidValidities` are those the folders of the source have now, as far as they are known.
 */
export async function loadMarkedItems(
  session: MailboxSession,
  uidValidities: ReadonlyMap<string, string>,
): Promise<MarkedItems | undefined> {
  if ((await session.ledger.checkpoint(MAILBOX)) !== undefined) return undefined;
  const login = session.user.userName;
  const folders = new Map<string, Map<string, Map<number, FormerItem>>>();
  for await (const item of session.target.listMarked()) {
    const origin = readOrigin(item, login);
    if (origin === undefined) continue;
    const paths = getOrAdd(folders, origin.uidValidity);
    const { id, folderId, marker: _marker, ...seen } = item;
    const place = { id, run: origin.run, folderId };
    // What an item is, is needed only where its number means nothing: half a million subjects are not kept for nothing.
    const isFormer = (uidValidities.get(origin.path) ?? origin.uidValidity) !== origin.uidValidity;
    getOrAdd(paths, origin.path).set(origin.uid, isFormer ? { ...seen, ...place } : place);
  }
  if (folders.size === 0) await markedItemsTaken(session);
  return {
    of(path, uidValidity, listed) {
      const paths = folders.get(uidValidity) ?? new Map<string, Map<number, FormerItem>>();
      const former = [...paths].filter(([name]) => !listed.has(name)).flatMap(([, items]) => [...items]);
      return new Map([...former, ...(paths.get(path) ?? [])]);
    },
    former(path, uidValidity) {
      const others = [...folders].filter(([validity]) => validity !== uidValidity);
      return others.flatMap(([, paths]) => [...(paths.get(path)?.values() ?? [])]);
    },
  };
}

/** What the target had is in the ledger now. */
export async function markedItemsTaken(session: MailboxSession): Promise<void> {
  const checkpoint = { uidValidity: '0', uidNext: 0, exists: 0, targetFolderId: '', complete: true };
  await session.ledger.saveCheckpoint(MAILBOX, checkpoint);
}

/** Folders the ledger knows; the mailbox as a whole is none. */
export async function knownFolders(session: Pick<MailboxSession, 'ledger'>): Promise<readonly string[]> {
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
