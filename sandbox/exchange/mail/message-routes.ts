import type { Message } from '@microsoft/microsoft-graph-types';

import { param, requestJson } from '../graph/graph-call.ts';
import type { GraphAnswer, MailboxCall } from '../graph/graph-call.ts';
import { itemNotFound } from '../graph/graph-error.ts';
import { entityAnswer, listAnswer } from '../graph/list-answer.ts';
import { mailRoute } from '../graph/router.ts';
import type { Route } from '../graph/router.ts';
import { readQueryOptions } from '../odata/query-options.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import { createFromMime } from './create-from-mime.ts';
import { createMessage } from './create-message.ts';
import { findFolder, findItem } from './find-by-id.ts';
import { readDestination } from './folder-routes.ts';
import { readMessageInput } from './message-input.ts';
import { findMessages } from './message-query.ts';
import { messageView } from './message-view.ts';
import { writeMime } from './mime-writer.ts';
import { copyItem, moveItem, recycleItem } from './move-item.ts';
import { updateMessage } from './update-message.ts';

const ALL = '/users/{user}/messages';
const IN_FOLDER = '/users/{user}/mailFolders/{folder}/messages';

export const MESSAGE_ROUTES: readonly Route[] = [
  mailRoute('GET', ALL, (call) => listMessages(call, wholeMailbox(call))),
  mailRoute('POST', ALL, (call) => create(call, findFolder(call.mailbox, 'drafts'))),
  mailRoute('GET', `${ALL}/$count`, (call) => countMessages(call, wholeMailbox(call))),
  mailRoute('GET', IN_FOLDER, (call) => listMessages(call, [folderOf(call)])),
  mailRoute('POST', IN_FOLDER, (call) => create(call, folderOf(call))),
  mailRoute('GET', `${IN_FOLDER}/$count`, (call) => countMessages(call, [folderOf(call)])),
  ...[`${ALL}/{message}`, `${IN_FOLDER}/{message}`].flatMap((one) => [
    mailRoute('GET', one, getMessage),
    mailRoute('PATCH', one, patchMessage),
    mailRoute('DELETE', one, deleteMessage),
    mailRoute('GET', `${one}/$value`, getMime),
    mailRoute('POST', `${one}/move`, (call) => relocate(call, moveItem)),
    mailRoute('POST', `${one}/copy`, (call) => relocate(call, copyItem)),
    mailRoute('POST', `${one}/permanentDelete`, purgeMessage),
  ]),
];

/** The message a path names; under a folder, it must be in that folder. */
export function messageOf(call: MailboxCall): Item {
  const item = findItem(call.mailbox, param(call, 'message'));
  if (call.params['folder'] !== undefined && folderOf(call).number !== item.folder) throw itemNotFound();
  return item;
}

function folderOf(call: MailboxCall): Folder {
  return findFolder(call.mailbox, param(call, 'folder'));
}

function wholeMailbox({ mailbox }: MailboxCall): readonly Folder[] {
  return [...mailbox.folders.values()].filter((folder) => mailbox.isVisible(folder));
}

function listMessages(call: MailboxCall, folders: readonly Folder[]): GraphAnswer {
  const { world, mailbox, request, immutableIds, user } = call;
  const options = readQueryOptions(request);
  const items = findMessages(mailbox, folders, options, world.faults.switches.filterDelay, Date.now());
  const view = (item: Item) => messageView(mailbox, item, { ...options, immutableIds });
  return listAnswer(call, `users('${user.id}')/messages`, options, items, view);
}

function countMessages({ world, mailbox, request }: MailboxCall, folders: readonly Folder[]): GraphAnswer {
  const items = findMessages(
    mailbox,
    folders,
    readQueryOptions(request),
    world.faults.switches.filterDelay,
    Date.now(),
  );
  return { status: 200, bytes: Buffer.from(String(items.length)), contentType: 'text/plain' };
}

/** A JSON body makes what it says; a text/plain body is MIME in base64 and always makes a draft of now. */
function create(call: MailboxCall, folder: Folder): GraphAnswer {
  const { world, mailbox, request, immutableIds } = call;
  const { switches } = world.faults;
  const isMime = /^text\/plain\b/i.test(request.headers['content-type'] ?? '');
  const stored = isMime
    ? createFromMime(mailbox, folder, request, switches, Date.now())
    : createMessage(mailbox, folder, readMessageInput(requestJson(request)), switches, Date.now());
  const view = messageView(mailbox, stored.item, { select: undefined, expand: [], immutableIds }, stored);
  const answer = messageAnswer(call, 201, view);
  return {
    ...answer,
    headers: { Location: `${world.origin}/v1.0/users/${call.user.id}/messages/${encodeURIComponent(view.id ?? '')}` },
  };
}

function getMessage(call: MailboxCall): GraphAnswer {
  const { mailbox, immutableIds } = call;
  return messageAnswer(
    call,
    200,
    messageView(mailbox, messageOf(call), { ...readQueryOptions(call.request), immutableIds }),
  );
}

function patchMessage(call: MailboxCall): GraphAnswer {
  const { world, mailbox, request, immutableIds } = call;
  const item = updateMessage(
    mailbox,
    messageOf(call),
    readMessageInput(requestJson(request)),
    world.faults.switches,
    Date.now(),
  );
  return messageAnswer(call, 200, messageView(mailbox, item, { select: undefined, expand: [], immutableIds }));
}

function deleteMessage(call: MailboxCall): GraphAnswer {
  recycleItem(call.mailbox, messageOf(call), Date.now());
  return { status: 204 };
}

function purgeMessage(call: MailboxCall): GraphAnswer {
  call.mailbox.removeItem(messageOf(call).number);
  return { status: 204 };
}

function getMime(call: MailboxCall): GraphAnswer {
  const { mailbox } = call;
  return { status: 200, bytes: writeMime(mailbox, mailbox.record(messageOf(call))), contentType: 'text/plain' };
}

function relocate(call: MailboxCall, act: typeof moveItem): GraphAnswer {
  const { mailbox, request, immutableIds } = call;
  const item = messageOf(call);
  const destination = findFolder(mailbox, readDestination(requestJson(request).value));
  const moved = act(mailbox, item, destination, Date.now());
  return messageAnswer(call, 201, messageView(mailbox, moved, { select: undefined, expand: [], immutableIds }));
}

function messageAnswer(call: MailboxCall, status: number, view: Message): GraphAnswer {
  return entityAnswer(call, status, `users('${call.user.id}')/messages/$entity`, view);
}
