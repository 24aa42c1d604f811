import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { AppendFile } from './append-file.ts';
import type { Place } from './append-file.ts';
import { ExchangeIds } from './exchange-ids.ts';
import { MESSAGE_READ } from './records.ts';
import type { FolderRecord, ItemRecord, JournalRecord, StoredProperty } from './records.ts';
import { FIRST_FOLDERS, ROOT_FOLDER } from './well-known-folders.ts';
import type { WellKnownName } from './well-known-folders.ts';

/** What is kept in memory of an item: enough to list, filter and sort it. Everything else is read from the journal. */
export interface Item extends Pick<
  ItemRecord,
  'number' | 'generation' | 'folder' | 'createdAt' | 'modifiedAt' | 'receivedAt' | 'sentAt' | 'messageFlags' | 'size'
> {
  readonly internetMessageId: string;
  readonly hasAttachments: boolean;
  /** Named properties with short values: the ones clients filter by. */
  readonly named: readonly (readonly [id: string, value: string])[];
  /** Line of the journal. */
  readonly line: Place;
  /** Position of that line among all changes of the mailbox. */
  readonly sequence: number;
}

export interface Tombstone {
  readonly number: number;
  readonly generation: number;
  readonly sequence: number;
}

export interface Folder extends FolderRecord {
  readonly items: Map<number, Item>;
  readonly gone: Tombstone[];
  unread: number;
  /** Sequence of the last change of the folder itself. */
  sequence: number;
  /** Sequence of the last change of anything in it. */
  version: number;
}

/** One mailbox: a journal of changes, a file of contents beside it, and an index of both in memory. */
export class MailboxStore {
  readonly ids: ExchangeIds;
  readonly folders = new Map<number, Folder>();
  /** Names that hold a slot of the named-property table; slots are never given back. */
  readonly namedProperties = new Set<string>();
  readonly goneFolders: { readonly number: number; readonly sequence: number }[] = [];
  readonly #items = new Map<number, Item>();
  readonly #journal: AppendFile;
  readonly #content: AppendFile;
  #sequence = 0;
  #lastItem = 0;
  #lastFolder = 0;

  constructor(directory: string, guid: string, without: readonly WellKnownName[] = []) {
    mkdirSync(directory, { recursive: true });
    this.ids = new ExchangeIds(guid);
    this.#journal = new AppendFile(join(directory, 'journal.jsonl'));
    this.#content = new AppendFile(join(directory, 'content.bin'));
    this.#journal.replay((line, place) => this.#apply(JSON.parse(line.toString()) as JournalRecord, place));
    if (this.folders.size > 0) return;
    for (const folder of FIRST_FOLDERS)
      if (!without.includes(folder.wellKnown)) this.saveFolder({ op: 'folder', ...folder });
    this.#lastFolder = FIRST_FOLDERS.length;
  }

  /** Number of changes so far. */
  get sequence(): number {
    return this.#sequence;
  }

  nextItem(): number {
    return this.#lastItem + 1;
  }

  nextFolder(): number {
    return this.#lastFolder + 1;
  }

  wellKnown(name: WellKnownName): Folder | undefined {
    return this.folders.values().find(({ wellKnown }) => wellKnown === name);
  }

  children(parent: number): Folder[] {
    return [...this.folders.values()].filter((folder) => folder.parent === parent);
  }

  /** Whether a folder lies below msgfolderroot: what `/messages` lists. */
  isVisible(folder: Folder): boolean {
    for (let at: Folder | undefined = folder; at; at = this.folders.get(at.parent))
      if (at.number === ROOT_FOLDER) return true;
    return false;
  }

  item(number: number): Item | undefined {
    return this.#items.get(number);
  }

  record(item: Item): ItemRecord {
    return JSON.parse(this.#journal.read(item.line).toString()) as ItemRecord;
  }

  content(place: Place): Buffer {
    return this.#content.read(place);
  }

  text(value: string | Place): string {
    return typeof value === 'string' ? value : this.content(value).toString();
  }

  storeContent(pieces: readonly Uint8Array[]): readonly Place[] {
    return this.#content.appendAll(pieces);
  }

  saveFolder(record: FolderRecord): Folder {
    this.#write(record);
    const folder = this.folders.get(record.number);
    if (!folder) throw new Error(`Folder ${record.number} was not stored`);
    return folder;
  }

  removeFolder(number: number): void {
    this.#write({ op: 'folder-gone', number });
  }

  saveItem(record: ItemRecord): Item {
    this.#write(record);
    const item = this.#items.get(record.number);
    if (!item) throw new Error(`Item ${record.number} was not stored`);
    return item;
  }

  removeItem(number: number): void {
    this.#write({ op: 'item-gone', number });
  }

  close(): void {
    this.#journal.close();
    this.#content.close();
  }

  #write(record: JournalRecord): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    const { at } = this.#journal.append(line);
    this.#apply(record, { at, length: line.length - 1 });
  }

  #apply(record: JournalRecord, line: Place): void {
    this.#sequence += 1;
    if (record.op === 'item') this.#applyItem(record, line);
    else if (record.op === 'item-gone') this.#takeOut(record.number);
    else if (record.op === 'folder') this.#applyFolder(record);
    else {
      this.folders.delete(record.number);
      this.goneFolders.push({ number: record.number, sequence: this.#sequence });
    }
  }

  #applyFolder(record: FolderRecord): void {
    const known = this.folders.get(record.number);
    const contents = known ?? { items: new Map<number, Item>(), gone: [], unread: 0, version: this.#sequence };
    this.folders.set(record.number, { ...contents, ...record, sequence: this.#sequence });
    this.#lastFolder = Math.max(this.#lastFolder, record.number);
  }

  #applyItem(record: ItemRecord, line: Place): void {
    const before = this.#items.get(record.number);
    if (before) this.#takeOut(record.number, before.folder === record.folder);
    const { number, generation, folder, createdAt, modifiedAt, receivedAt, sentAt, messageFlags, size } = record;
    const item: Item = {
      number,
      generation,
      folder,
      createdAt,
      modifiedAt,
      receivedAt,
      sentAt,
      messageFlags,
      size,
      line,
      internetMessageId: record.message.internetMessageId ?? '',
      hasAttachments: record.attachments.some(({ isInline }) => !isInline),
      named: record.properties.filter((property): property is readonly [string, string] => isNamed(property)),
      sequence: this.#sequence,
    };
    for (const [id] of record.properties) if (id.includes('} ')) this.namedProperties.add(id.slice(id.indexOf('{')));
    for (const header of record.message.internetMessageHeaders ?? [])
      this.namedProperties.add(`header ${header.name?.toLowerCase()}`);
    this.#items.set(number, item);
    this.#lastItem = Math.max(this.#lastItem, number);
    const home = this.folders.get(folder);
    if (!home) return;
    home.items.set(number, item);
    home.unread += unread(item);
    home.version = this.#sequence;
  }

  #takeOut(number: number, stays = false): void {
    const item = this.#items.get(number);
    const home = item && this.folders.get(item.folder);
    if (!item) return;
    if (!stays) this.#items.delete(number);
    if (!home) return;
    home.items.delete(number);
    home.unread -= unread(item);
    home.version = this.#sequence;
    if (!stays) home.gone.push({ number, generation: item.generation, sequence: this.#sequence });
  }
}

function isNamed([id, value]: StoredProperty): boolean {
  return typeof value === 'string' && id.includes('} ');
}

function unread(item: Item): number {
  return (item.messageFlags & MESSAGE_READ) === 0 ? 1 : 0;
}
