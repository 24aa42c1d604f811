import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A user object of the directory; without `mailbox` it exists but has none. */
export interface StoredUser {
  readonly id: string;
  readonly address: string;
  readonly displayName: string;
  readonly aliases: readonly string[];
  readonly kind: 'user' | 'shared';
  readonly mailbox: boolean;
}

export interface StoredFolder {
  readonly id: string;
  readonly user: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly wellKnown?: string;
  readonly hidden?: boolean;
}

export interface StoredAttachment {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly isInline: boolean;
  readonly contentId?: string;
  /** Bytes when decoded. */
  readonly size: number;
  /** Where its base64 stands in content.bin. */
  readonly at: { readonly offset: number; readonly length: number };
}

/** An item. Dates are ISO 8601 UTC; `fields` are the plain Graph properties as they were sent. */
export interface StoredItem {
  readonly id: string;
  readonly user: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly receivedAt: string;
  readonly sentAt: string;
  readonly isDraft: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly attachments: readonly StoredAttachment[];
  /** Not shown by filters before this time (ms): Exchange's indexes lag behind. */
  readonly visibleAt?: number;
}

type LogLine =
  | { readonly op: 'user'; readonly user: StoredUser }
  | { readonly op: 'folder'; readonly folder: StoredFolder }
  | { readonly op: 'item'; readonly item: StoredItem }
  | { readonly op: 'removeItem'; readonly id: string }
  | { readonly op: 'removeFolder'; readonly id: string };

/** Folders every new mailbox has, by well-known name and English display name. */
const NEW_MAILBOX: readonly (readonly [wellKnown: string, name: string])[] = [
  ['inbox', 'Inbox'], ['drafts', 'Drafts'], ['sentitems', 'Sent Items'], ['deleteditems', 'Deleted Items'],
  ['junkemail', 'Junk Email'], ['archive', 'Archive'], ['outbox', 'Outbox'], ['conversationhistory', 'Conversation History'],
]; // prettier-ignore

/**
 * The mailboxes on disk: `log.jsonl` holds every change as one line (the last one of an id wins), `content.bin` the base64 of
 * attachments. Both are append-only; a cut last line is ignored. No fsync: a kill loses nothing, a power cut may.
 */
export class MailStore {
  readonly users = new Map<string, StoredUser>();
  readonly folders = new Map<string, StoredFolder>();
  readonly items = new Map<string, StoredItem>();
  readonly #byFolder = new Map<string, Set<string>>();
  readonly #log: number;
  readonly #content: number;
  #contentEnd: number;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    const log = join(directory, 'log.jsonl');
    const content = join(directory, 'content.bin');
    if (existsSync(log)) for (const line of readLog(log)) this.#apply(line);
    this.#log = openSync(log, 'a');
    this.#content = openSync(content, 'a+');
    this.#contentEnd = statSync(content).size;
  }

  addUser(user: Omit<StoredUser, 'id'>): StoredUser {
    const stored = { ...user, id: randomUUID() };
    this.#write({ op: 'user', user: stored });
    if (stored.mailbox)
      for (const [wellKnown, name] of NEW_MAILBOX)
        this.addFolder({ user: stored.id, parentId: undefined, name, wellKnown });
    return stored;
  }

  addFolder(folder: Omit<StoredFolder, 'id'>): StoredFolder {
    const stored = { ...folder, id: newId() };
    this.#write({ op: 'folder', folder: stored });
    return stored;
  }

  saveFolder(folder: StoredFolder): void {
    this.#write({ op: 'folder', folder });
  }

  removeFolder(id: string): void {
    for (const child of this.children(id)) this.removeFolder(child.id);
    for (const item of this.itemsOf(id)) this.removeItem(item.id);
    this.#write({ op: 'removeFolder', id });
  }

  addItem(item: Omit<StoredItem, 'id'>): StoredItem {
    const stored = { ...item, id: newId() };
    this.#write({ op: 'item', item: stored });
    return stored;
  }

  saveItem(item: StoredItem): void {
    this.#write({ op: 'item', item });
  }

  removeItem(id: string): void {
    this.#write({ op: 'removeItem', id });
  }

  children(parentId: string): readonly StoredFolder[] {
    return [...this.folders.values()].filter((folder) => folder.parentId === parentId);
  }

  itemsOf(folderId: string): readonly StoredItem[] {
    const ids = this.#byFolder.get(folderId) ?? [];
    return [...ids].flatMap((id) => this.items.get(id) ?? []);
  }

  countItems(folderId: string): number {
    return this.#byFolder.get(folderId)?.size ?? 0;
  }

  /** Keeps the base64 of an attachment; returns where it stands. */
  putContent(base64: string): StoredAttachment['at'] {
    const bytes = Buffer.from(base64, 'latin1');
    const offset = this.#contentEnd;
    writeSync(this.#content, bytes);
    this.#contentEnd += bytes.length;
    return { offset, length: bytes.length };
  }

  content({ offset, length }: StoredAttachment['at']): string {
    const bytes = Buffer.alloc(length);
    readSync(this.#content, bytes, 0, length, offset);
    return bytes.toString('latin1');
  }

  close(): void {
    closeSync(this.#log);
    closeSync(this.#content);
  }

  #write(line: LogLine): void {
    this.#apply(line);
    writeSync(this.#log, `${JSON.stringify(line)}\n`);
  }

  #apply(line: LogLine): void {
    switch (line.op) {
      case 'user':
        this.users.set(line.user.id, line.user);
        break;
      case 'folder':
        this.folders.set(line.folder.id, line.folder);
        break;
      case 'item':
        this.#forget(line.item.id);
        this.items.set(line.item.id, line.item);
        this.#folderSet(line.item.folderId).add(line.item.id);
        break;
      case 'removeItem':
        this.#forget(line.id);
        break;
      case 'removeFolder':
        this.folders.delete(line.id);
        break;
    }
  }

  #forget(id: string): void {
    const item = this.items.get(id);
    if (item !== undefined) this.#byFolder.get(item.folderId)?.delete(id);
    this.items.delete(id);
  }

  #folderSet(folderId: string): Set<string> {
    const known = this.#byFolder.get(folderId);
    if (known !== undefined) return known;
    const created = new Set<string>();
    this.#byFolder.set(folderId, created);
    return created;
  }
}

function* readLog(file: string): Generator<LogLine> {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      yield JSON.parse(line) as LogLine;
    } catch {
      // The line the process was writing when it was killed.
      return;
    }
  }
}

/** Ids look like Exchange's: long, case-sensitive, base64url. */
function newId(): string {
  return `AAMk${randomBytes(111).toString('base64url')}`;
}
