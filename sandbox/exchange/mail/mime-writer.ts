import { createHash } from 'node:crypto';

import type { Recipient } from '@microsoft/microsoft-graph-types';

import type { Mailbox } from '../directory/directory.ts';
import type { ItemRecord, StoredAttachment } from '../store/records.ts';
import { attachmentContent } from './attachment-view.ts';

/**
 * Writes a message as MIME from what is stored, as Exchange does: it keeps properties, not the bytes it once got, so the
 * result is a mail with the same content and never the same file.
 */
export function writeMime(mailbox: Mailbox, record: ItemRecord): Buffer {
  const { message } = record;
  const headers = [
    ...addressHeader('From', message.from ? [message.from] : []),
    ...addressHeader(
      'Sender',
      message.sender && message.sender !== message.from && !sameAddress(message.sender, message.from)
        ? [message.sender]
        : [],
    ),
    ...addressHeader('To', message.toRecipients ?? []),
    ...addressHeader('CC', message.ccRecipients ?? []),
    ...addressHeader('Bcc', message.bccRecipients ?? []),
    ...addressHeader('Reply-To', message.replyTo ?? []),
    `Subject: ${encodeWords(message.subject ?? '')}`,
    `Date: ${new Date(record.sentAt).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${message.internetMessageId ?? ''}`,
    ...(message.internetMessageHeaders ?? []).map(({ name, value }) => `${name ?? ''}: ${encodeWords(value ?? '')}`),
    'MIME-Version: 1.0',
  ];
  const text = encodePart(
    [`Content-Type: text/${record.body.contentType === 'html' ? 'html' : 'plain'}; charset="utf-8"`],
    mailbox.content(record.body.content),
  );
  if (record.attachments.length === 0) return Buffer.from([...headers, text].join('\r\n'), 'latin1');
  const boundary = `_${createHash('sha256')
    .update(`${record.number} ${message.internetMessageId ?? ''}`)
    .digest('hex')
    .slice(0, 32)}_`;
  const parts = [text, ...record.attachments.map((attachment) => writeAttachment(mailbox, attachment))];
  const hasInline = record.attachments.some(({ isInline }) => isInline);
  headers.push(`Content-Type: multipart/${hasInline ? 'related' : 'mixed'}; boundary="${boundary}"`);
  return Buffer.from(
    `${headers.join('\r\n')}\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`,
    'latin1',
  );
}

function writeAttachment(mailbox: Mailbox, attachment: StoredAttachment): string {
  const name = encodeWords(attachment.name).replaceAll('"', "'");
  const type = attachment.contentType ?? 'application/octet-stream';
  const headers = [
    `Content-Type: ${type.startsWith('message/') ? 'application/octet-stream' : type}; name="${name}"`,
    `Content-Disposition: ${attachment.isInline ? 'inline' : 'attachment'}; filename="${name}"; size=${attachment.size}`,
    ...(attachment.contentId === null ? [] : [`Content-ID: <${attachment.contentId}>`]),
  ];
  return encodePart(headers, attachmentContent(mailbox, attachment));
}

function encodePart(headers: readonly string[], content: Buffer): string {
  const lines = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return [...headers, 'Content-Transfer-Encoding: base64', '', lines].join('\r\n');
}

function addressHeader(name: string, recipients: readonly Recipient[]): readonly string[] {
  if (recipients.length === 0) return [];
  const addresses = recipients.map(({ emailAddress }) => {
    const address = emailAddress?.address ?? '';
    const display = emailAddress?.name ?? '';
    if (display === '' || display === address) return `<${address}>`;
    return `${/^[\x20-\x7e]*$/.test(display) ? `"${display.replaceAll(/["\\]/g, '\\$&')}"` : encodeWords(display)} <${address}>`;
  });
  return [`${name}: ${addresses.join(',\r\n ')}`];
}

function sameAddress(left: Recipient, right: Recipient | undefined | null): boolean {
  return left.emailAddress?.address === right?.emailAddress?.address;
}

/** Non-ASCII text as encoded words of at most 75 characters, never cutting a character (RFC 2047). */
function encodeWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text.replaceAll(/[\r\n]+/g, ' ')) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}
