import type { Mailbox } from '../directory/directory.ts';
import { GraphError, itemNotFound, malformedId } from '../graph/graph-error.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import { isWellKnownName } from '../store/well-known-folders.ts';

/** The folder an id or a well-known name stands for. Throws 400 for malformed ids and 404 for folders that are gone. */
export function findFolder(mailbox: Mailbox, idOrName: string): Folder {
  const name = idOrName.toLowerCase();
  if (isWellKnownName(name)) {
    const known = mailbox.wellKnown(name);
    if (!known) throw new GraphError(404, 'ErrorItemNotFound', 'Default folder ' + name + ' not found.');
    return known;
  }
  const number = mailbox.ids.readFolder(idOrName);
  if (number === undefined) throw malformedId();
  const folder = mailbox.folders.get(number);
  if (!folder) throw itemNotFound();
  return folder;
}

/** The item an id stands for, ordinary or immutable. An ordinary id of before a move is gone. */
export function findItem(mailbox: Mailbox, id: string): Item {
  const identity = mailbox.ids.readItem(id);
  if (!identity) throw malformedId();
  const item = mailbox.item(identity.number);
  const isCurrent = identity.generation === undefined || identity.generation === item?.generation;
  if (!item || !isCurrent) throw itemNotFound();
  return item;
}
