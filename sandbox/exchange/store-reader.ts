/**
 * Reads the store of a local Exchange from the outside, running or not, and never writes. It shares no code with the
 * server: an outside checker can trust it as far as it trusts the format described in README.md.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

export interface StoredMailbox {
  readonly id: string;
  readonly address: string;
  readonly displayName: string;
  /** Every folder but the root, Recoverable Items included. */
  readonly folders: readonly StoredFolder[];
}

export interface StoredFolder {
  /** Names from the top of the mailbox down. */
  readonly path: readonly string[];
  /** `inbox`, `sentitems`, ... */
  readonly wellKnown: string | undefined;
  readonly hidden: boolean;
  readonly items: readonly StoredItem[];
}

/** One item. Times are ms since 1970 UTC, sizes bytes of decoded content. */
export interface StoredItem {
  /** Number of the item in its mailbox: stays for life. */
  readonly number: number;
  readonly subject: string;
  readonly internetMessageId: string;
  readonly from: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly receivedAt: number;
  readonly sentAt: number;
  readonly isRead: boolean;
  readonly isDraft: boolean;
  readonly isFlagged: boolean;
  readonly isAnswered: boolean;
  readonly isForwarded: boolean;
  readonly categories: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  /** Value of the one named property whose name is `BellhopSource`. */
  readonly marker: string | undefined;
  readonly bodyType: 'text' | 'html';
  readonly attachments: readonly StoredAttachment[];
  /** Body as it was given. */
  bodyText(): string;
  /** Value of any extended property by its id, as Graph writes ids: `String 0x7d` for the transport headers. */
  property(id: string): string | undefined;
}

export interface StoredAttachment {
  readonly name: string;
  readonly contentType: string | null;
  readonly size: number;
  readonly isInline: boolean;
  readonly contentId: string | null;
  content(): Buffer;
  /** SHA-256 of the content, hex. */
  sha256(): string;
}

interface Place {
  readonly at: number;
  readonly length: number;
}

interface Recipient {
  readonly emailAddress?: { readonly address?: string };
}

interface ItemLine {
  readonly op: 'item';
  readonly number: number;
  readonly folder: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly receivedAt: number;
  readonly sentAt: number;
  readonly messageFlags: number;
  readonly message: {
    readonly subject?: string;
    readonly internetMessageId?: string;
    readonly from?: Recipient;
    readonly toRecipients?: readonly Recipient[];
    readonly ccRecipients?: readonly Recipient[];
    readonly bccRecipients?: readonly Recipient[];
    readonly categories?: readonly string[];
    readonly flag?: { readonly flagStatus?: string };
  };
  readonly body: { readonly contentType: 'text' | 'html'; readonly content: Place };
  readonly properties: readonly (readonly [id: string, value: string | Place])[];
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string | null;
    readonly size: number;
    readonly isInline: boolean;
    readonly contentId: string | null;
    readonly pieces: readonly Place[];
  }[];
}

interface FolderLine {
  readonly op: 'folder';
  readonly number: number;
  readonly parent: number;
  readonly name: string;
  readonly hidden: boolean;
  readonly wellKnown?: string;
}

type Line = ItemLine | FolderLine | { readonly op: 'item-gone' | 'folder-gone'; readonly number: number };

interface UserLine {
  readonly id: string;
  readonly address: string;
  readonly displayName: string;
  readonly hasMailbox: boolean;
}

const ROOT = 1;
const READ = 1;
const UNSENT = 8;

/** Reads every mailbox of a store. */
export function readStore(directory: string): readonly StoredMailbox[] {
  const users = new Map((readLines(join(directory, 'users.jsonl')) as UserLine[]).map((user) => [user.id, user]));
  return [...users.values()]
    .filter(({ hasMailbox }) => hasMailbox)
    .map(({ id, address, displayName }) => ({
      id,
      address,
      displayName,
      folders: readFolders(join(directory, 'mailboxes', id)),
    }));
}

/** Reads the mailbox with an address; undefined when there is none. */
export function readMailbox(directory: string, address: string): StoredMailbox | undefined {
  return readStore(directory).find((mailbox) => mailbox.address.toLowerCase() === address.toLowerCase());
}

function readFolders(directory: string): readonly StoredFolder[] {
  const folders = new Map<number, FolderLine>();
  const items = new Map<number, ItemLine>();
  for (const line of readLines(join(directory, 'journal.jsonl')) as Line[]) {
    if (line.op === 'item') items.set(line.number, line);
    else if (line.op === 'folder') folders.set(line.number, line);
    else (line.op === 'item-gone' ? items : folders).delete(line.number);
  }
  const byFolder = Map.groupBy(items.values(), ({ folder }) => folder);
  const content = join(directory, 'content.bin');
  return [...folders.values()]
    .filter(({ number }) => number !== ROOT)
    .map((folder) => ({
      path: pathOf(folders, folder),
      wellKnown: folder.wellKnown,
      hidden: folder.hidden,
      items: (byFolder.get(folder.number) ?? []).map((item) => readItem(item, content)),
    }));
}

function readItem(line: ItemLine, content: string): StoredItem {
  const { message, messageFlags, properties } = line;
  const value = (id: string) => properties.find(([known]) => known.toLowerCase() === id.toLowerCase())?.[1];
  const text = (stored: string | Place | undefined) =>
    typeof stored === 'object' ? readPlace(content, stored).toString() : stored;
  const verb = Number(value('Integer 0x1081') ?? 0);
  const { number, createdAt, modifiedAt, receivedAt, sentAt } = line;
  return {
    number,
    createdAt,
    modifiedAt,
    receivedAt,
    sentAt,
    subject: message.subject ?? '',
    internetMessageId: message.internetMessageId ?? '',
    from: address(message.from),
    to: (message.toRecipients ?? []).map(address),
    cc: (message.ccRecipients ?? []).map(address),
    bcc: (message.bccRecipients ?? []).map(address),
    isRead: (messageFlags & READ) !== 0,
    isDraft: (messageFlags & UNSENT) !== 0,
    isFlagged: message.flag?.flagStatus === 'flagged',
    // PidTagLastVerbExecuted, [MS-OXOMSG] 2.2.1.2: 102 reply, 103 reply to all, 104 forward.
    isAnswered: verb === 102 || verb === 103,
    isForwarded: verb === 104,
    categories: message.categories ?? [],
    marker: text(properties.find(([id]) => id.endsWith(' Name BellhopSource'))?.[1]),
    bodyType: line.body.contentType,
    bodyText: () => readPlace(content, line.body.content).toString(),
    property: (id) => text(value(id)),
    attachments: line.attachments.map((attachment) => {
      const read = () => Buffer.concat(attachment.pieces.map((piece) => readPlace(content, piece)));
      const { name, contentType, size, isInline, contentId } = attachment;
      return {
        name,
        contentType,
        size,
        isInline,
        contentId,
        content: read,
        sha256: () => createHash('sha256').update(read()).digest('hex'),
      };
    }),
  };
}

function address(recipient: Recipient | undefined): string {
  return recipient?.emailAddress?.address ?? '';
}

function pathOf(folders: ReadonlyMap<number, FolderLine>, folder: FolderLine): readonly string[] {
  const parent = folders.get(folder.parent);
  return [...(parent && parent.number !== ROOT ? pathOf(folders, parent) : []), folder.name];
}

/** Complete lines only: the last one may be torn, or be being written right now. */
function readLines(file: string): readonly unknown[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

function readPlace(file: string, { at, length }: Place): Buffer {
  const bytes = Buffer.alloc(length);
  const handle = openSync(file, 'r');
  try {
    const read = readSync(handle, bytes, 0, length, at);
    if (read !== length) throw new Error(`${file} ends early: ${read} of ${length} bytes at ${at}`);
    return bytes;
  } finally {
    closeSync(handle);
  }
}
