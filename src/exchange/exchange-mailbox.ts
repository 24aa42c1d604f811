import type { MailFolder, Message } from '@microsoft/microsoft-graph-types';
import { MigrationError } from '../engine/domain/failure.ts';
import { MARKER_PROPERTY_ID } from '../engine/domain/marker.ts';
import type { SpecialUse } from '../engine/domain/mailbox.ts';
import type { Clock, MarkedItem, TargetFolder, TargetMailbox } from '../engine/ports.ts';
import type { GraphAnswer } from './graph-answer.ts';
import { type GraphClient, type GraphRequest, failureOf } from './graph-client.ts';
import { appendLane } from './append-lane.ts';
import type { GraphVerdict } from './graph-failure.ts';
import type { AppendSession } from './append-session.ts';
import { chooseLane } from './choose-lane.ts';
import { graphLane } from './graph-lane.ts';
import { itemApi, markerOf } from './item-api.ts';

/** Exchange's well-known folder names; they do not depend on the language of the mailbox. */
const WELL_KNOWN: Readonly<Record<SpecialUse, string>> = {
  inbox: 'inbox',
  sent: 'sentitems',
  drafts: 'drafts',
  trash: 'deleteditems',
  junk: 'junkemail',
  archive: 'archive',
};
/** Pauses before a folder is asked for and looked for again (ms). */
const FOLDER_LOOKS = [500, 2_000, 5_000];
/** Answers after which a folder may be there, or be made by asking again; a parent that was just made may not be known yet. */
const OPEN: ReadonlySet<GraphVerdict> = new Set(['uncertain', 'conflict', 'not-found']);
const FOLDER_FIELDS = '$select=id,displayName,parentFolderId,childFolderCount,totalItemCount';

export interface MailboxOptions {
  readonly graph: GraphClient;
  /** Object id of the mailbox. */
  readonly id: string;
  readonly maxItemSize: number;
  /** The append lane; undefined where it is switched off. */
  readonly session: AppendSession | undefined;
  readonly clock: Clock;
  readonly timeScale: number;
}

/** One mailbox of Exchange Online through Graph. */
export function exchangeMailbox({ graph, id, maxItemSize, session, clock, timeScale }: MailboxOptions): TargetMailbox {
  const root = `/users/${encodeURIComponent(id)}`;
  const folderPath = (folderId: string): string => `${root}/mailFolders/${encodeURIComponent(folderId)}`;
  const itemPath = (itemId: string): string => `${root}/messages/${encodeURIComponent(itemId)}`;

  async function ask<Body>(request: Omit<GraphRequest, 'mailbox'>): Promise<Body> {
    const answer: GraphAnswer<Body> = await graph.read<Body>({ ...request, mailbox: id });
    if (!answer.ok) throw failureOf(answer);
    return answer.body;
  }

  async function wellKnownIds(): Promise<ReadonlyMap<string, SpecialUse>> {
    const ids = new Map<string, SpecialUse>();
    for (const [use, name] of Object.entries(WELL_KNOWN) as [SpecialUse, string][]) {
      const answer = await graph.read<MailFolder>({
        method: 'GET',
        path: `${folderPath(name)}?${FOLDER_FIELDS}`,
        mailbox: id,
      });
      // A new mailbox may lack some of them, archive above all.
      if (answer.ok && typeof answer.body.id === 'string') ids.set(answer.body.id, use);
      else if (!answer.ok && answer.verdict !== 'not-found' && answer.verdict !== 'refused') throw failureOf(answer);
    }
    return ids;
  }

  async function children(parent: MailFolder | undefined): Promise<readonly MailFolder[]> {
    const base = parent === undefined ? `${root}/mailFolders` : `${folderPath(parent.id ?? '')}/childFolders`;
    return Array.fromAsync(
      graph.pages<MailFolder>({ method: 'GET', path: `${base}?${FOLDER_FIELDS}&$top=250`, mailbox: id }),
    );
  }

  async function listFolders(): Promise<readonly TargetFolder[]> {
    const known = await wellKnownIds();
    const found: TargetFolder[] = [];
    const walk = async (parent: MailFolder | undefined): Promise<void> => {
      for (const folder of await children(parent)) {
        if (typeof folder.id !== 'string' || isSearchFolder(folder)) continue;
        found.push(toTargetFolder(folder, parent?.id ?? undefined, known.get(folder.id)));
        if ((folder.childFolderCount ?? 0) > 0) await walk(folder);
      }
    };
    await walk(undefined);
    return found;
  }

  async function createFolder(parentId: string | undefined, name: string): Promise<TargetFolder> {
    const base = parentId === undefined ? `${root}/mailFolders` : `${folderPath(parentId)}/childFolders`;
    for (let tries = 0; ; tries += 1) {
      const body = { displayName: name };
      const answer = await graph.send<MailFolder>({ method: 'POST', path: base, body, mailbox: id });
      if (answer.ok && typeof answer.body.id === 'string') return toTargetFolder(answer.body, parentId, undefined);
      // It exists already, or the answer got lost: in both cases it is found by looking.
      const siblings = await children(parentId === undefined ? undefined : { id: parentId }).catch(unlessChanged);
      const existing = siblings.find((folder) => sameName(folder.displayName ?? '', name));
      if (typeof existing?.id === 'string') return toTargetFolder(existing, parentId, undefined);
      // A list shows a new folder a little later, and siblings have different names: asking twice makes one folder.
      const isOpen = answer.ok || OPEN.has(answer.verdict);
      const pause = FOLDER_LOOKS[tries];
      if (!isOpen || pause === undefined)
        throw answer.ok ? new MigrationError('TargetUnavailable', { detail: 'a folder was not created' }) : failureOf(answer); // prettier-ignore
      await clock.sleep(pause / timeScale);
    }
  }

  async function* listMarked(folderId?: string): AsyncIterable<MarkedItem> {
    const query = `$select=id,parentFolderId,internetMessageId,receivedDateTime,subject&$top=500&$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY_ID}')`)}`;
    const path = `${folderId === undefined ? root : folderPath(folderId)}/messages?${query}`;
    for await (const item of graph.pages<Message>({ method: 'GET', path, mailbox: id })) {
      const marked = toMarkedItem(item);
      if (marked !== undefined) yield marked;
    }
  }

  async function findByMarker(folderId: string, marker: string): Promise<readonly MarkedItem[]> {
    const value = marker.replaceAll("'", "''");
    const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${MARKER_PROPERTY_ID}' and ep/value eq '${value}')`;
    const expand = `singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY_ID}')`;
    const query = `$select=id,parentFolderId&$top=50&$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent(expand)}`;
    const path = `${folderPath(folderId)}/messages?${query}`;
    const found: MarkedItem[] = [];
    for await (const item of graph.pages<Message>({ method: 'GET', path, mailbox: id })) {
      const marked = toMarkedItem(item);
      // Exchange compares the value without case: only the exact one is meant.
      if (marked?.marker === marker) found.push(marked);
    }
    return found;
  }

  async function move(itemId: string, folderId: string): Promise<'moved' | 'gone'> {
    const answer = await graph.read({
      method: 'POST',
      path: `${itemPath(itemId)}/move`,
      body: { destinationId: folderId },
      mailbox: id,
    });
    if (answer.ok) return 'moved';
    if (answer.verdict === 'not-found') return 'gone';
    throw failureOf(answer);
  }

  async function removeDuplicate(itemId: string): Promise<void> {
    const answer = await graph.send({ method: 'POST', path: `${itemPath(itemId)}/permanentDelete`, mailbox: id });
    if (answer.ok || answer.verdict === 'not-found') return;
    const deleted = await graph.send({ method: 'DELETE', path: itemPath(itemId), mailbox: id });
    if (!deleted.ok && deleted.verdict !== 'not-found') throw failureOf(deleted);
  }

  const items = itemApi({ graph, mailbox: id, itemPath });
  const lanes = chooseLane({
    graphLane: graphLane({ graph, mailbox: id, maxItemSize, removeDuplicate, clock, timeScale }),
    appendLane: session && appendLane({ session, graph, mailbox: id, changeItem: items.changeItem, clock, timeScale }),
    maxItemSize,
    together: () => graph.together(),
    removeDuplicate,
  });

  return {
    ...lanes,
    probeAppendLane: async () => session?.probe() ?? 'off',
    listFolders,
    createFolder,
    listMarked,
    findByMarker,
    async hasMessage(messageId) {
      const filter = encodeURIComponent(`internetMessageId eq '${messageId.replaceAll("'", "''")}'`);
      const path = `${root}/messages?$select=id&$top=1&$filter=${filter}`;
      for await (const item of graph.pages<Message>({ method: 'GET', path, mailbox: id }))
        if (typeof item.id === 'string') return true;
      return false;
    },
    async countItems(folderId) {
      const folder = await ask<MailFolder>({
        method: 'GET',
        path: `${folderPath(folderId)}?$select=id,totalItemCount`,
      });
      return folder.totalItemCount ?? 0;
    },
    ...items,
    move,
    async moveFolder(folderId, parentId, name) {
      await ask({ method: 'PATCH', path: folderPath(folderId), body: { displayName: name } });
      const destinationId = parentId ?? 'msgfolderroot';
      await ask({ method: 'POST', path: `${folderPath(folderId)}/move`, body: { destinationId } });
    },
    async removeFolder(folderId) {
      await ask({
        method: 'POST',
        path: `${folderPath(folderId)}/move`,
        body: { destinationId: WELL_KNOWN.trash },
      });
    },
    async remove(itemId) {
      await move(itemId, WELL_KNOWN.trash);
    },
    async discard(itemId) {
      // DELETE is no end: it puts the item into Recoverable Items (message-delete).
      const answer = await graph.read({ method: 'DELETE', path: itemPath(itemId), mailbox: id });
      if (!answer.ok && answer.verdict !== 'not-found') throw failureOf(answer);
    },
    removeDuplicate,
    [Symbol.asyncDispose]: async () => session?.[Symbol.asyncDispose](),
  };
}

// A parent that was just made may not be known yet, and has no children then.
function unlessChanged(error: unknown): readonly MailFolder[] {
  if (error instanceof MigrationError && error.code === 'TargetChanged') return [];
  throw error;
}

function isSearchFolder(folder: MailFolder): boolean {
  return Reflect.get(folder, '@odata.type') === '#microsoft.graph.mailSearchFolder';
}

function toTargetFolder(
  folder: MailFolder,
  parentId: string | undefined,
  wellKnown: SpecialUse | undefined,
): TargetFolder {
  return {
    id: folder.id ?? '',
    parentId,
    name: folder.displayName ?? '',
    totalItems: folder.totalItemCount ?? 0,
    ...(wellKnown === undefined ? {} : { wellKnown }),
  };
}

function toMarkedItem(item: Message): MarkedItem | undefined {
  const marker = markerOf(item);
  return typeof item.id === 'string' && marker !== undefined
    ? {
        id: item.id,
        marker,
        folderId: item.parentFolderId ?? '',
        ...(typeof item.internetMessageId === 'string' ? { messageId: item.internetMessageId } : {}),
        ...(typeof item.receivedDateTime === 'string' ? { receivedAt: Date.parse(item.receivedDateTime) } : {}),
        ...(typeof item.subject === 'string' ? { subject: item.subject } : {}),
      }
    : undefined;
}

function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

function folded(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
