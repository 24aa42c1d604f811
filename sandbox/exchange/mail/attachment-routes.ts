import { param, requestJson } from '../graph/graph-call.ts';
import type { GraphAnswer, MailboxCall } from '../graph/graph-call.ts';
import { GraphError, itemNotFound, malformedId } from '../graph/graph-error.ts';
import { entityAnswer, listAnswer } from '../graph/list-answer.ts';
import { mailRoute } from '../graph/router.ts';
import type { Route } from '../graph/router.ts';
import { readQueryOptions } from '../odata/query-options.ts';
import type { Item } from '../store/mailbox-store.ts';
import { MESSAGE_UNSENT } from '../store/records.ts';
import type { StoredAttachment } from '../store/records.ts';
import { attachmentContent, attachmentView } from './attachment-view.ts';
import type { AttachmentInput } from './message-input.ts';
import { messageOf } from './message-routes.ts';
import { ATTACHMENT, checkShape } from './message-schema.ts';
import { nextNumber, readAttachment, storeAttachments } from './store-attachments.ts';
import { openUploadSession } from './upload-session-routes.ts';

export const ATTACHMENT_ROUTES: readonly Route[] = [
  '/users/{user}/messages/{message}/attachments',
  '/users/{user}/mailFolders/{folder}/messages/{message}/attachments',
].flatMap((all) => [
  mailRoute('GET', all, listAttachments),
  mailRoute('POST', all, addAttachment),
  mailRoute('POST', `${all}/createUploadSession`, createUploadSession),
  mailRoute('GET', `${all}/{attachment}`, getAttachment),
  mailRoute('DELETE', `${all}/{attachment}`, removeAttachment),
  mailRoute('GET', `${all}/{attachment}/$value`, getContent),
]);

function listAttachments(call: MailboxCall): GraphAnswer {
  const { mailbox, request, immutableIds, user } = call;
  const item = messageOf(call);
  const options = readQueryOptions(request);
  const view = { select: options.select && [...options.select], immutableIds };
  const all = { ...options, top: request.query.has('$top') ? options.top : Number.MAX_SAFE_INTEGER };
  return listAnswer(
    call,
    `users('${user.id}')/messages/attachments`,
    all,
    mailbox.record(item).attachments,
    (attachment) => attachmentView(mailbox, item, attachment, view),
  );
}

function addAttachment(call: MailboxCall): GraphAnswer {
  const { mailbox, request, immutableIds } = call;
  const item = messageOf(call);
  refuseOnSent(call, item);
  const json = requestJson(request);
  checkShape(json.value, ATTACHMENT);
  const read = readAttachment(json.value as AttachmentInput, json, Date.now());
  const record = mailbox.record(item);
  const [attachment] = storeAttachments(mailbox, [read], nextNumber(record.attachments));
  if (!attachment) throw itemNotFound();
  mailbox.saveItem({
    ...record,
    modifiedAt: Date.now(),
    size: record.size + attachment.size,
    attachments: [...record.attachments, attachment],
  });
  return attachmentAnswer(call, 201, attachmentView(mailbox, item, attachment, { select: undefined, immutableIds }));
}

function createUploadSession(call: MailboxCall): GraphAnswer {
  const item = messageOf(call);
  refuseOnSent(call, item);
  return openUploadSession(call, item);
}

function getAttachment(call: MailboxCall): GraphAnswer {
  const { mailbox, request, immutableIds } = call;
  const { item, attachment } = find(call);
  const { select } = readQueryOptions(request);
  return attachmentAnswer(
    call,
    200,
    attachmentView(mailbox, item, attachment, { select: select && [...select], immutableIds }),
  );
}

function removeAttachment(call: MailboxCall): GraphAnswer {
  const { mailbox } = call;
  const { item, attachment } = find(call);
  refuseOnSent(call, item);
  const record = mailbox.record(item);
  const attachments = record.attachments.filter(({ number }) => number !== attachment.number);
  mailbox.saveItem({ ...record, modifiedAt: Date.now(), size: record.size - attachment.size, attachments });
  return { status: 204 };
}

function getContent(call: MailboxCall): GraphAnswer {
  const { attachment } = find(call);
  return {
    status: 200,
    bytes: attachmentContent(call.mailbox, attachment),
    contentType: attachment.contentType ?? 'application/octet-stream',
  };
}

function find(call: MailboxCall): { readonly item: Item; readonly attachment: StoredAttachment } {
  const item = messageOf(call);
  const number = call.mailbox.ids.readAttachment(param(call, 'attachment'));
  if (number === undefined) throw malformedId();
  const attachment = call.mailbox.record(item).attachments.find((known) => known.number === number);
  if (!attachment) throw itemNotFound();
  return { item, attachment };
}

/** Nobody has said yet whether the rule of 2027 covers attachments: a switch decides. */
function refuseOnSent({ world }: MailboxCall, item: Item): void {
  const { from2027, attachmentsOnSentMessages } = world.faults.switches;
  if (from2027 && attachmentsOnSentMessages === 'refused' && (item.messageFlags & MESSAGE_UNSENT) === 0) {
    throw new GraphError(
      403,
      'ErrorAccessDenied',
      'Changing the attachments of a message that is not a draft needs Mail-Advanced.ReadWrite.All.',
    );
  }
}

function attachmentAnswer(call: MailboxCall, status: number, view: object): GraphAnswer {
  return entityAnswer(call, status, `users('${call.user.id}')/messages/attachments/$entity`, view);
}
