import type { Mailbox } from '../directory/directory.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import type { ItemRecord } from '../store/records.ts';

/** Moves an item: its ordinary id changes, its immutable id stays. */
export function moveItem(mailbox: Mailbox, item: Item, destination: Folder, now: number): Item {
  const record = mailbox.record(item);
  return mailbox.saveItem({
    ...record,
    folder: destination.number,
    generation: record.generation + 1,
    modifiedAt: now,
  });
}

/** Copies an item; the copy shares the stored contents, which never change. */
export function copyItem(mailbox: Mailbox, item: Item, destination: Folder, now: number): Item {
  const record: ItemRecord = {
    ...mailbox.record(item),
    number: mailbox.nextItem(),
    generation: 0,
    folder: destination.number,
    createdAt: now,
    modifiedAt: now,
  };
  return mailbox.saveItem(record);
}

/** DELETE of an item: into Recoverable Items, from where the user can still get it; from there it is gone for good. */
export function recycleItem(mailbox: Mailbox, item: Item, now: number): void {
  const deletions = mailbox.wellKnown('recoverableitemsdeletions');
  if (!deletions || item.folder === deletions.number) mailbox.removeItem(item.number);
  else moveItem(mailbox, item, deletions, now);
}

/** Removes a folder with everything below it; its items are recycled or purged. */
export function dropFolder(mailbox: Mailbox, folder: Folder, fate: 'recoverable' | 'purged'): void {
  for (const child of mailbox.children(folder.number)) dropFolder(mailbox, child, fate);
  for (const item of folder.items.values().toArray()) {
    if (fate === 'purged') mailbox.removeItem(item.number);
    else recycleItem(mailbox, item, Date.now());
  }
  mailbox.removeFolder(folder.number);
}
