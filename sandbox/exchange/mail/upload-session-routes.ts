import { param, requestJson } from '../graph/graph-call.ts';
import type { GraphAnswer, MailboxCall } from '../graph/graph-call.ts';
import { badRequest, GraphError, itemNotFound } from '../graph/graph-error.ts';
import type { UploadRoute } from '../graph/router.ts';
import type { Item } from '../store/mailbox-store.ts';
import { checkShape } from './message-schema.ts';
import { DIRECT_ATTACHMENT_LIMIT, nextNumber } from './store-attachments.ts';
import type { UploadSession } from './upload-sessions.ts';

const MAX_ATTACHMENT = 150 * 1024 * 1024;
const MAX_RANGE = 4 * 1024 * 1024;

/**
 * Upload URLs are pre-authenticated and live on another host than Graph (outlook.office.com there, 127.0.0.1 here), so that
 * clients which send their token by host name do not send it along.
 */
export const UPLOAD_ROUTES: readonly UploadRoute[] = [
  { method: 'PUT', path: '/users/{user}/messages/{message}/AttachmentSessions/{session}', run: putRange },
  { method: 'GET', path: '/users/{user}/messages/{message}/AttachmentSessions/{session}', run: showProgress },
  { method: 'DELETE', path: '/users/{user}/messages/{message}/AttachmentSessions/{session}', run: cancel },
];

/** Answers createUploadSession: 3 to 150 MB, in ranges of at most 4 MB (Graph: attach large files to Outlook messages). */
export function openUploadSession(call: MailboxCall, item: Item): GraphAnswer {
  const { world, user, mailbox } = call;
  const wanted = readAttachmentItem(requestJson(call.request).value);
  if (wanted.size < DIRECT_ATTACHMENT_LIMIT) {
    throw new GraphError(
      400,
      'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
      'The attachment is smaller than 3 MB: post it to attachments.',
    );
  }
  if (wanted.size > MAX_ATTACHMENT)
    throw new GraphError(400, 'ErrorAttachmentSizeLimitExceeded', 'The attachment is larger than 150 MB.');
  const attachment = {
    kind: 'file' as const,
    name: wanted.name,
    contentType: wanted.contentType ?? 'application/octet-stream',
    size: wanted.size,
    isInline: wanted.isInline ?? false,
    contentId: wanted.contentId ?? null,
    contentLocation: null,
    modifiedAt: Date.now(),
  };
  const session = world.uploads.open({ mailboxId: user.id, item: item.number, attachment }, Date.now());
  const owner = mailbox.ids.immutableItem(item.number);
  const host = world.origin.replace('localhost', '127.0.0.1');
  const uploadUrl = `${host}/api/gv1.0/users('${user.id}')/messages('${owner}')/AttachmentSessions('${session.id}')?authtoken=${session.token}`;
  return {
    status: 201,
    json: {
      '@odata.context': `${world.origin}/v1.0/$metadata#microsoft.graph.uploadSession`,
      uploadUrl,
      ...progress(session),
    },
  };
}

function putRange(call: MailboxCall): GraphAnswer {
  const { mailbox, world, request, user } = call;
  const session = sessionOf(call);
  if (!('bytes' in request.body)) throw badRequest('The range has no content.');
  const { bytes } = request.body;
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers['content-range'] ?? '');
  if (!range) throw badRequest('The Content-Range header is missing or not valid.');
  const [first, last, total] = range.slice(1).map(Number);
  if (total !== session.attachment.size)
    throw badRequest('The Content-Range header names another size than the session.');
  if (last === undefined || first === undefined || last - first + 1 !== bytes.length)
    throw badRequest('The Content-Range header does not fit the length of the content.');
  if (bytes.length > MAX_RANGE)
    throw new GraphError(413, 'RequestEntityTooLarge', 'A range must not be larger than 4 MB.');
  if (first !== session.received || last >= total) {
    throw new GraphError(416, 'ErrorInvalidRange', `The next expected range begins at ${session.received}.`);
  }
  session.pieces.push(...mailbox.storeContent([bytes]));
  session.received += bytes.length;
  if (session.received < total) return { status: 200, json: progress(session) };
  return finish(call, session, `${world.origin}/v1.0/users('${user.id}')`);
}

/** The last range: 201 with a Location and no body. */
function finish({ mailbox, world }: MailboxCall, session: UploadSession, userUrl: string): GraphAnswer {
  const item = mailbox.item(session.item);
  if (!item) throw itemNotFound();
  const record = mailbox.record(item);
  const attachment = { ...session.attachment, number: nextNumber(record.attachments), pieces: session.pieces };
  mailbox.saveItem({
    ...record,
    modifiedAt: Date.now(),
    size: record.size + attachment.size,
    attachments: [...record.attachments, attachment],
  });
  world.uploads.end(session);
  const messageId = mailbox.ids.item(record.folder, record.number, record.generation);
  const attachmentId = mailbox.ids.attachment(record, attachment.number, false);
  return { status: 201, headers: { Location: `${userUrl}/messages('${messageId}')/attachments('${attachmentId}')` } };
}

function showProgress(call: MailboxCall): GraphAnswer {
  return { status: 200, json: progress(sessionOf(call)) };
}

function cancel(call: MailboxCall): GraphAnswer {
  call.world.uploads.end(sessionOf(call));
  return { status: 204 };
}

function sessionOf(call: MailboxCall): UploadSession {
  const session = call.world.uploads.find(param(call, 'session'), call.request.query.get('authtoken'), Date.now());
  if (session?.mailboxId !== call.user.id)
    throw new GraphError(404, 'ErrorItemNotFound', 'The upload session is not found or has expired.');
  return session;
}

function progress({ received, expiresAt }: UploadSession): object {
  return { expirationDateTime: new Date(expiresAt).toISOString(), nextExpectedRanges: [String(received)] };
}

interface AttachmentItem {
  readonly name: string;
  readonly size: number;
  readonly contentType?: string;
  readonly isInline?: boolean;
  readonly contentId?: string;
}

function readAttachmentItem(value: unknown): AttachmentItem {
  checkShape(value, {
    name: 'createUploadSessionParameters',
    properties: {
      AttachmentItem: {
        name: 'attachmentItem',
        properties: {
          attachmentType: ['file', 'item', 'reference'],
          name: 'text',
          size: 'number',
          contentType: 'text',
          isInline: 'boolean',
          contentId: 'text',
        },
      },
      attachmentItem: 'anything',
    },
  });
  const body = value as { AttachmentItem?: Partial<AttachmentItem>; attachmentItem?: Partial<AttachmentItem> };
  const item = body.AttachmentItem ?? body.attachmentItem;
  if (typeof item?.name !== 'string' || typeof item.size !== 'number')
    throw badRequest("The parameter 'AttachmentItem' must have a name and a size.");
  return { ...item, name: item.name, size: item.size };
}
