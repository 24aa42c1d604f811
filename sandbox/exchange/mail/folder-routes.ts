import type { MailFolder } from '@microsoft/microsoft-graph-types';

import type { Mailbox } from '../directory/directory.ts';
import { param, requestJson } from '../graph/graph-call.ts';
import type { GraphAnswer, MailboxCall } from '../graph/graph-call.ts';
import { badRequest, GraphError, unreadableBody } from '../graph/graph-error.ts';
import { entityAnswer, listAnswer } from '../graph/list-answer.ts';
import { mailRoute } from '../graph/router.ts';
import type { Route } from '../graph/router.ts';
import { matchesFilter } from '../odata/match-filter.ts';
import type { Readable } from '../odata/match-filter.ts';
import { readQueryOptions } from '../odata/query-options.ts';
import type { Folder } from '../store/mailbox-store.ts';
import { ROOT_FOLDER } from '../store/well-known-folders.ts';
import { findFolder } from './find-by-id.ts';
import { dropFolder } from './move-item.ts';
import { checkShape } from './message-schema.ts';
import type { Shape } from './message-schema.ts';

const FOLDER: Shape = {
  name: 'mailFolder',
  properties: {
    displayName: 'text',
    isHidden: 'boolean',
    id: 'anything',
    parentFolderId: 'anything',
    childFolderCount: 'anything',
    unreadItemCount: 'anything',
    totalItemCount: 'anything',
    singleValueExtendedProperties: 'anything',
  },
};
const MAX_NAME = 255;
const MAX_DEPTH = 300;

const ALL = '/users/{user}/mailFolders';
const ONE = `${ALL}/{folder}`;

export const FOLDER_ROUTES: readonly Route[] = [
  mailRoute('GET', ALL, (call) => listFolders(call, ROOT_FOLDER)),
  mailRoute('POST', ALL, (call) => createFolder(call, ROOT_FOLDER)),
  mailRoute('GET', ONE, getFolder),
  mailRoute('PATCH', ONE, renameFolder),
  mailRoute('DELETE', ONE, (call) => deleteFolder(call, 'recoverable')),
  mailRoute('POST', `${ONE}/permanentDelete`, (call) => deleteFolder(call, 'purged')),
  mailRoute('POST', `${ONE}/move`, moveFolder),
  mailRoute('GET', `${ONE}/childFolders`, (call) => listFolders(call, folderOf(call).number)),
  mailRoute('POST', `${ONE}/childFolders`, (call) => createFolder(call, folderOf(call).number)),
];

/** A folder as Graph shows it. */
export function folderView(mailbox: Mailbox, folder: Folder, select: ReadonlySet<string> | undefined): MailFolder {
  const visible = mailbox.children(folder.number).filter(({ hidden }) => !hidden);
  const view = {
    displayName: folder.name,
    parentFolderId: mailbox.ids.folder(folder.parent === 0 ? ROOT_FOLDER : folder.parent),
    childFolderCount: visible.length,
    unreadItemCount: folder.unread,
    totalItemCount: folder.items.size,
    isHidden: folder.hidden,
  };
  for (const name of select ?? []) if (name !== 'id' && !Object.hasOwn(view, name)) throw unknownProperty(name);
  const wanted = Object.entries(view).filter(([name]) => !select || select.has(name));
  return { id: mailbox.ids.folder(folder.number), ...Object.fromEntries(wanted) };
}

function listFolders(call: MailboxCall, parent: number): GraphAnswer {
  const { mailbox, request } = call;
  const options = readQueryOptions(request);
  const hidden = request.query.get('includeHiddenFolders')?.toLowerCase() === 'true';
  const folders = mailbox
    .children(parent)
    .filter(
      (folder) =>
        (hidden || !folder.hidden) &&
        (!options.filter || matchesFilter(options.filter, readableFolder(mailbox, folder))),
    )
    .sort((left, right) => left.name.localeCompare(right.name, 'en'));
  return listAnswer(call, `users('${call.user.id}')/mailFolders`, options, folders, (folder) => {
    const view = folderView(mailbox, folder, options.select);
    const expanded = options.expand.some(({ property }) => property === 'childFolders');
    return expanded
      ? { ...view, childFolders: mailbox.children(folder.number).map((child) => folderView(mailbox, child, undefined)) }
      : view;
  });
}

function getFolder(call: MailboxCall): GraphAnswer {
  const { select } = readQueryOptions(call.request);
  return folderAnswer(call, 200, folderOf(call), select);
}

function folderAnswer(call: MailboxCall, status: number, folder: Folder, select?: ReadonlySet<string>): GraphAnswer {
  return entityAnswer(
    call,
    status,
    `users('${call.user.id}')/mailFolders/$entity`,
    folderView(call.mailbox, folder, select),
  );
}

function createFolder(call: MailboxCall, parent: number): GraphAnswer {
  const { mailbox, request } = call;
  const { displayName, isHidden } = readFolderBody(requestJson(request).value);
  if (displayName === undefined)
    throw unreadableBody("The property 'displayName' is required when creating the entity.");
  checkName(mailbox, parent, displayName);
  if (depth(mailbox, parent) >= MAX_DEPTH)
    throw new GraphError(400, 'ErrorQuotaExceeded', 'The folder hierarchy is too deep.');
  const folder = mailbox.saveFolder({
    op: 'folder',
    number: mailbox.nextFolder(),
    parent,
    name: displayName,
    hidden: isHidden ?? false,
  });
  return folderAnswer(call, 201, folder);
}

function renameFolder(call: MailboxCall): GraphAnswer {
  const { mailbox, request } = call;
  const folder = folderOf(call);
  const { displayName } = readFolderBody(requestJson(request).value);
  if (displayName === undefined || displayName === folder.name) return folderAnswer(call, 200, folder);
  refuseDefault(folder, 'ErrorRenameDistinguishedFolder', 'renamed');
  checkName(mailbox, folder.parent, displayName, folder.number);
  return folderAnswer(call, 200, mailbox.saveFolder(recordOf(folder, { name: displayName })));
}

function moveFolder(call: MailboxCall): GraphAnswer {
  const { mailbox, request } = call;
  const folder = folderOf(call);
  const destination = findFolder(mailbox, readDestination(requestJson(request).value));
  refuseDefault(folder, 'ErrorMoveDistinguishedFolder', 'moved');
  for (let at: Folder | undefined = destination; at; at = mailbox.folders.get(at.parent)) {
    if (at.number === folder.number)
      throw new GraphError(400, 'ErrorMoveCopyFailed', 'A folder cannot be moved into itself.');
  }
  checkName(mailbox, destination.number, folder.name, folder.number);
  return folderAnswer(call, 201, mailbox.saveFolder(recordOf(folder, { parent: destination.number })));
}

/** DELETE keeps the items in Recoverable Items (Deletions); permanentDelete does not. The folders are gone both times. */
function deleteFolder(call: MailboxCall, fate: 'recoverable' | 'purged'): GraphAnswer {
  const folder = folderOf(call);
  refuseDefault(folder, 'ErrorDeleteDistinguishedFolder', 'deleted');
  dropFolder(call.mailbox, folder, fate);
  return { status: 204 };
}

/** `{ destinationId }` of a move or copy: an id or a well-known name. */
export function readDestination(value: unknown): string {
  checkShape(value, { name: 'moveParameters', properties: { destinationId: 'text', DestinationId: 'text' } });
  const { destinationId, DestinationId } = value as { destinationId?: string; DestinationId?: string };
  const destination = destinationId ?? DestinationId;
  if (destination === undefined) throw unreadableBody("The parameter 'DestinationId' is missing.");
  return destination;
}

/** What a new name must be: not empty, not too long, not that of a sibling in any case. */
export function checkName(mailbox: Mailbox, parent: number, name: string, self?: number): void {
  if (name === '' || name.length > MAX_NAME)
    throw new GraphError(400, 'ErrorInvalidArgument', 'The folder name is empty or too long.');
  const taken = mailbox
    .children(parent)
    .some((sibling) => sibling.number !== self && sibling.name.toLowerCase() === name.toLowerCase());
  if (taken) throw new GraphError(409, 'ErrorFolderExists', 'A folder with the specified name already exists.');
}

export function recordOf(
  { number, parent, name, hidden, wellKnown }: Folder,
  changes: { readonly name?: string; readonly parent?: number },
) {
  return { op: 'folder' as const, number, parent, name, hidden, ...(wellKnown ? { wellKnown } : {}), ...changes };
}

/** The folder a path names. */
function folderOf(call: MailboxCall): Folder {
  return findFolder(call.mailbox, param(call, 'folder'));
}

function readFolderBody(value: unknown): { readonly displayName?: string; readonly isHidden?: boolean } {
  checkShape(value, FOLDER);
  const { displayName, isHidden } = value as { displayName?: string | null; isHidden?: boolean | null };
  return {
    ...(typeof displayName === 'string' ? { displayName: displayName.trim() } : {}),
    ...(isHidden === true ? { isHidden } : {}),
  };
}

function refuseDefault(folder: Folder, code: string, verb: string): void {
  if (folder.wellKnown) throw new GraphError(403, code, `This is a default folder, it cannot be ${verb}.`);
}

function depth(mailbox: Mailbox, folder: number): number {
  let steps = 0;
  for (let at = mailbox.folders.get(folder); at; at = mailbox.folders.get(at.parent)) steps += 1;
  return steps;
}

function readableFolder(mailbox: Mailbox, folder: Folder): Readable {
  const view = folderView(mailbox, folder, undefined);
  return {
    property: ([name]) => {
      if (name === undefined || !Object.hasOwn(view, name)) throw unknownProperty(name ?? '');
      return view[name as keyof MailFolder];
    },
    elements: () => [],
  };
}

function unknownProperty(name: string): GraphError {
  return badRequest(`Could not find a property named '${name}' on type 'Microsoft.OutlookServices.MailFolder'.`);
}
