import type { Recipient } from '@microsoft/microsoft-graph-types';

import { TRANSPORT_MESSAGE_HEADERS } from './extended-properties.ts';
import { parseAddresses } from './mime-headers.ts';
import { headerValue, partText, readMime } from './mime-reader.ts';
import type { MimePart } from './mime-reader.ts';
import type { ReadAttachment } from './store-attachments.ts';
import type { NewItem } from './store-message.ts';

/** Turns MIME into an item the way Exchange's converter does: one body, everything else an attachment, headers kept. */
export function mimeToItem(raw: Buffer, state: Pick<NewItem, 'messageFlags' | 'receivedAt'>, now: number): NewItem {
  const root = readMime(raw);
  const leaves = flatten(root);
  const bodies = leaves.filter((part) => !part.isAttachment && part.fileName === undefined);
  const body = bodies.find(({ type }) => type === 'text/html') ?? bodies.find(({ type }) => type === 'text/plain');
  const alternatives = new Set(bodies.filter((part) => part.type === 'text/plain' && body?.type === 'text/html'));
  const attached = leaves.filter((part) => part !== body && !alternatives.has(part));
  const sentAt = Date.parse(headerValue(root, 'date') ?? '');
  const sender = recipients(root, 'sender')[0];
  const from = recipients(root, 'from')[0];
  const messageId = headerValue(root, 'message-id')?.trim();
  const headerEnd = raw.indexOf('\r\n\r\n');
  return {
    ...state,
    message: {
      subject: headerValue(root, 'subject') ?? '',
      ...(from ? { from } : {}),
      ...(sender ? { sender } : {}),
      toRecipients: recipients(root, 'to'),
      ccRecipients: recipients(root, 'cc'),
      bccRecipients: recipients(root, 'bcc'),
      replyTo: recipients(root, 'reply-to'),
      ...(messageId ? { internetMessageId: messageId } : {}),
    },
    body: { contentType: body?.type === 'text/html' ? 'html' : 'text', text: body ? partText(body) : '' },
    sentAt: Number.isNaN(sentAt) ? state.receivedAt : sentAt,
    properties: new Map([
      [TRANSPORT_MESSAGE_HEADERS, raw.toString('latin1', 0, headerEnd === -1 ? raw.length : headerEnd)],
    ]),
    attachments: attached.map((part, index) => attachment(part, index, now)),
  };
}

function flatten(part: MimePart): readonly MimePart[] {
  return part.parts.length > 0 ? part.parts.flatMap(flatten) : [part];
}

function recipients(part: MimePart, name: string): Recipient[] {
  return parseAddresses(headerValue(part, name) ?? '').map((emailAddress) => ({ emailAddress }));
}

function attachment(part: MimePart, index: number, now: number): ReadAttachment {
  const content = part.content;
  return {
    stored: {
      kind: 'file',
      name: part.fileName ?? (part.type === 'message/rfc822' ? `message ${index + 1}.eml` : `attachment ${index + 1}`),
      contentType: part.type,
      size: content.length,
      isInline: part.contentId !== null && !part.isAttachment,
      contentId: part.contentId,
      contentLocation: null,
      modifiedAt: now,
    },
    content,
  };
}
