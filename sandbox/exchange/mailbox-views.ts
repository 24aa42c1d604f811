import type { Directory, Mailbox, UserAccount } from './directory/directory.ts';
import { graphTime } from './mail/extended-properties.ts';
import { checkName, recordOf } from './mail/folder-routes.ts';
import { dropFolder, moveItem, recycleItem } from './mail/move-item.ts';
import type { Folder, Item } from './store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from './store/records.ts';
import { ROOT_FOLDER } from './store/well-known-folders.ts';

export interface ItemView {
  readonly id: string;
  readonly immutableId: string;
  readonly subject: string;
  readonly internetMessageId: string;
  readonly receivedDateTime: string;
  readonly sentDateTime: string;
  readonly isRead: boolean;
  readonly isDraft: boolean;
  readonly flagStatus: string;
  readonly categories: readonly string[];
  /** Values of named properties by id, long ones left out. */
  readonly named: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly name: string;
    readonly size: number;
    readonly isInline: boolean;
    readonly contentType: string | null;
  }[];
  readonly size: number;
}

export interface FolderView {
  readonly id: string;
  /** Names from the top of the mailbox down. */
  readonly path: readonly string[];
  readonly wellKnown?: string;
  readonly hidden: boolean;
  readonly items: readonly ItemView[];
}

/** The mailboxes as plain data, and the hand of their owners: what people do in Outlook while a migration runs. */
export class MailboxViews {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  get users(): readonly UserAccount[] {
    return this.#directory.users;
  }

  /** Every folder with its items, Recoverable Items included. */
  folders(addressOrId: string): readonly FolderView[] {
    const mailbox = this.#mailbox(addressOrId);
    return [...mailbox.folders.values()]
      .filter(({ number }) => number !== ROOT_FOLDER)
      .map((folder) => folderView(mailbox, folder));
  }

  /** Items of one folder, by its path or well-known name. */
  items(addressOrId: string, folder: readonly string[] | string): readonly ItemView[] {
    const mailbox = this.#mailbox(addressOrId);
    return folderView(mailbox, folderAt(mailbox, folder)).items;
  }

  renameFolder(addressOrId: string, folder: readonly string[] | string, name: string): void {
    const mailbox = this.#mailbox(addressOrId);
    const found = folderAt(mailbox, folder);
    checkName(mailbox, found.parent, name, found.number);
    mailbox.saveFolder(recordOf(found, { name }));
  }

  moveFolder(addressOrId: string, folder: readonly string[] | string, destination: readonly string[] | string): void {
    const mailbox = this.#mailbox(addressOrId);
    mailbox.saveFolder(recordOf(folderAt(mailbox, folder), { parent: folderAt(mailbox, destination).number }));
  }

  deleteFolder(addressOrId: string, folder: readonly string[] | string): void {
    const mailbox = this.#mailbox(addressOrId);
    dropFolder(mailbox, folderAt(mailbox, folder), 'recoverable');
  }

  deleteItem(addressOrId: string, id: string): void {
    const mailbox = this.#mailbox(addressOrId);
    recycleItem(mailbox, itemAt(mailbox, id), Date.now());
  }

  moveItem(addressOrId: string, id: string, destination: readonly string[] | string): void {
    const mailbox = this.#mailbox(addressOrId);
    moveItem(mailbox, itemAt(mailbox, id), folderAt(mailbox, destination), Date.now());
  }

  setRead(addressOrId: string, id: string, isRead: boolean): void {
    const mailbox = this.#mailbox(addressOrId);
    const record = mailbox.record(itemAt(mailbox, id));
    const messageFlags = isRead ? record.messageFlags | MESSAGE_READ : record.messageFlags & ~MESSAGE_READ;
    mailbox.saveItem({ ...record, messageFlags, modifiedAt: Date.now() });
  }

  #mailbox(addressOrId: string): Mailbox {
    const user = this.#directory.find(addressOrId);
    if (!user?.hasMailbox) throw new Error(`There is no mailbox ${addressOrId}`);
    return this.#directory.mailbox(user);
  }
}

function folderView(mailbox: Mailbox, folder: Folder): FolderView {
  return {
    id: mailbox.ids.folder(folder.number),
    path: pathOf(mailbox, folder),
    ...(folder.wellKnown ? { wellKnown: folder.wellKnown } : {}),
    hidden: folder.hidden,
    items: [...folder.items.values()].map((item) => itemView(mailbox, item)),
  };
}

function itemView(mailbox: Mailbox, item: Item): ItemView {
  const { message, attachments } = mailbox.record(item);
  return {
    id: mailbox.ids.item(item.folder, item.number, item.generation),
    immutableId: mailbox.ids.immutableItem(item.number),
    subject: message.subject ?? '',
    internetMessageId: item.internetMessageId,
    receivedDateTime: graphTime(item.receivedAt),
    sentDateTime: graphTime(item.sentAt),
    isRead: (item.messageFlags & MESSAGE_READ) !== 0,
    isDraft: (item.messageFlags & MESSAGE_UNSENT) !== 0,
    flagStatus: message.flag?.flagStatus ?? 'notFlagged',
    categories: message.categories ?? [],
    named: Object.fromEntries(item.named),
    attachments: attachments.map(({ name, size, isInline, contentType }) => ({ name, size, isInline, contentType })),
    size: item.size,
  };
}

function pathOf(mailbox: Mailbox, folder: Folder): readonly string[] {
  const parent = mailbox.folders.get(folder.parent);
  return [...(parent && parent.number !== ROOT_FOLDER ? pathOf(mailbox, parent) : []), folder.name];
}

function folderAt(mailbox: Mailbox, path: readonly string[] | string): Folder {
  const wanted = typeof path === 'string' ? [path] : path;
  const found = mailbox.folders
    .values()
    .find((folder) => folder.wellKnown === path || pathOf(mailbox, folder).join('\0') === wanted.join('\0'));
  if (!found) throw new Error(`There is no folder ${wanted.join(' > ')}`);
  return found;
}

function itemAt(mailbox: Mailbox, id: string): Item {
  const item = mailbox.item(mailbox.ids.readItem(id)?.number ?? 0);
  if (!item) throw new Error('There is no item with this id');
  return item;
}
