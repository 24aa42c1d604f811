import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { exactHash, lineHash } from './content-hash.ts';
import type { TargetAttachment, TargetItem } from './target-item.ts';

const MARKER = 'string {8f1d2c0e-6b1a-4f43-9f0e-0b5a3c7f6d10} name bellhopsource';

interface Place {
  readonly at: number;
  readonly length: number;
}
interface Folder {
  readonly op: 'folder';
  readonly number: number;
  readonly parent: number;
  readonly name: string;
  readonly wellKnown?: string;
}
interface Item {
  readonly op: 'item';
  readonly number: number;
  readonly folder: number;
  readonly receivedAt: number;
  readonly sentAt: number;
  readonly messageFlags: number;
  readonly message: {
    readonly subject?: string | null;
    readonly from?: { readonly emailAddress?: { readonly address?: string | null } | null } | null;
    readonly flag?: { readonly flagStatus?: string | null } | null;
    readonly internetMessageId?: string | null;
    readonly internetMessageHeaders?:
      | readonly { readonly name?: string | null; readonly value?: string | null }[]
      | null;
  };
  readonly body: { readonly content: Place };
  readonly properties: readonly (readonly [id: string, value: string | Place])[];
  /** Bytes of what came by IMAP. */
  readonly mime?: Place;
  readonly attachments: readonly {
    readonly kind: TargetAttachment['kind'];
    readonly name: string;
    readonly size: number;
    readonly pieces: readonly Place[];
  }[];
}
type Line = Folder | Item | { readonly op: 'folder-gone' | 'item-gone'; readonly number: number };

/**
 * Reads a mailbox from the files of the local Exchange, which may be running or not: `users.jsonl` and, for each
 * mailbox, `journal.jsonl` (the last line about an item counts) beside `content.bin`. Opens them for reading only.
 */
export function readExchangeStore(directory: string, address: string): readonly TargetItem[] {
  const users = readLines(join(directory, 'users.jsonl')) as readonly { id: string; address: string }[];
  const user = users.findLast((user) => user.address.toLowerCase() === address.toLowerCase());
  if (user === undefined) throw new Error(`The local Exchange has no mailbox ${address}`);
  const mailbox = join(directory, 'mailboxes', user.id);

  const folders = new Map<number, Folder>();
  const items = new Map<number, Item>();
  for (const line of readLines(join(mailbox, 'journal.jsonl')) as readonly Line[]) {
    if (line.op === 'folder') folders.set(line.number, line);
    else if (line.op === 'item') items.set(line.number, line);
    else (line.op === 'item-gone' ? items : folders).delete(line.number);
  }
  const content = openSync(join(mailbox, 'content.bin'), 'r');
  try {
    const read = (place: Place): Buffer => readAt(content, place);
    return [...items.values()].filter(({ folder }) => folders.has(folder)).map((item) => describe(item, folders, read));
  } finally {
    closeSync(content);
  }
}

function describe(item: Item, folders: ReadonlyMap<number, Folder>, read: (place: Place) => Buffer): TargetItem {
  const text = (value: string | Place): string => (typeof value === 'string' ? value : read(value).toString());
  const property = (id: string): string | undefined => {
    const found = item.properties.find(([name]) => name.toLowerCase() === id);
    return found === undefined ? undefined : text(found[1]);
  };
  const { message } = item;
  const headers = message.internetMessageHeaders ?? [];
  return {
    id: String(item.number),
    ...placeOf(item.folder, folders),
    marker: property(MARKER),
    messageId: message.internetMessageId ?? undefined,
    subject: message.subject ?? '',
    from: message.from?.emailAddress?.address?.toLowerCase(),
    sentAt: Math.floor(item.sentAt / 1000),
    receivedAt: Math.floor(item.receivedAt / 1000),
    isRead: (item.messageFlags & 1) !== 0,
    isDraft: (item.messageFlags & 8) !== 0,
    isFlagged: message.flag?.flagStatus === 'flagged',
    isAnswered: ['102', '103'].includes(property('integer 0x1081') ?? ''),
    owner:
      /^x-owner:[ \t]*(.*?)\r?$/im.exec(property('string 0x007d') ?? '')?.[1] ??
      headers.find(({ name }) => name?.toLowerCase() === 'x-owner')?.value ??
      undefined,
    text: visibleText(read(item.body.content).toString()),
    attachments: item.attachments.map(({ kind, name, size, pieces }) => {
      const bytes = Buffer.concat(pieces.map(read));
      return { kind, name, size, exactHash: exactHash(bytes), lineHash: lineHash(bytes) };
    }),
    rawHash: item.mime === undefined ? undefined : exactHash(withReceiptNames(read(item.mime))),
    version: createHash('sha256').update(JSON.stringify(item)).digest('hex'),
  };
}

/** Requests for read receipts must be renamed in unread mail; everything else of the bytes counts. */
function withReceiptNames(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.toString('latin1', 0, end < 0 ? raw.length : end);
  const names = /^X-Original-(?=(?:Disposition-Notification-To|Return-Receipt-To|X-Confirm-Reading-To)[ \t]*:)/gim;
  return Buffer.concat([Buffer.from(head.replaceAll(names, ''), 'latin1'), raw.subarray(end < 0 ? raw.length : end)]);
}

/** Well-known ancestor and the names below it; msgfolderroot is the root. */
function placeOf(number: number, folders: ReadonlyMap<number, Folder>): Pick<TargetItem, 'anchor' | 'names'> {
  const names: string[] = [];
  for (let at = folders.get(number); at !== undefined; at = folders.get(at.parent)) {
    if (at.wellKnown === 'msgfolderroot') return { anchor: undefined, names };
    if (at.wellKnown !== undefined) return { anchor: at.wellKnown, names };
    names.unshift(at.name);
  }
  return { anchor: undefined, names };
}

function visibleText(body: string): string {
  const visible = body
    .replaceAll(/<(style|head|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&#?\w+;/g, ' ');
  return visible.replaceAll(/[^A-Za-z0-9]/g, '');
}

/** A line torn by a crash at the end of the file does not count. */
function readLines(file: string): readonly unknown[] {
  const text = readFileSync(file, 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
}

function readAt(file: number, { at, length }: Place): Buffer {
  const bytes = Buffer.alloc(length);
  const read = length === 0 ? 0 : readSync(file, bytes, 0, length, at);
  if (read < length) throw new Error(`The store of the local Exchange ends at ${at + read}`);
  return bytes;
}
