import type { FileAttachment, Message, Recipient } from '@microsoft/microsoft-graph-types';
import type { FidelityNote, MessageToImport } from '../engine/ports.ts';
import { base64Length, base64Slices } from './base64.ts';
import { itemProperties } from './item-properties.ts';
import {
  type ParsedAttachment,
  type ParsedMessage,
  flatAddresses,
  headerValue,
  originalAsAttachment,
} from './read-mime.ts';
import { type StreamedBody, joined } from './streamed-body.ts';

/** How much of a message is offered; each next level leaves out what servers refuse most often. */
export type Offer = 'whole' | 'plain' | 'reduced';

/** One CREATE, and the attachments that have to follow it. */
export interface CreateRequest {
  readonly body: StreamedBody;
  /** All attachments the item has in the end. */
  readonly attachments: readonly ParsedAttachment[];
  readonly later: readonly ParsedAttachment[];
  readonly notes: readonly FidelityNote[];
}

/** Graph takes 4 MB a request; some room is left for what proxies count differently. */
const LARGEST_REQUEST = 3_800_000;
const LONGEST_SUBJECT = 255;
/** Recipients of the reduced form; the original, which is attached, has all. */
const MOST_REDUCED = 100;
const LONGEST_BODY = 3_000_000;

/**
 * The JSON of a message (POST mailFolders/{id}/messages). Attachments are spliced in as base64 without passing through
 * JSON.stringify: base64 needs no escaping, and megabytes of it dominate the cost.
 */
export function createRequest(message: MessageToImport, parsed: ParsedMessage, offer: Offer): CreateRequest {
  const notes: FidelityNote[] = [];
  const { body, isCut } = bodyOf(parsed, offer);
  const fields = messageFields(message, parsed, offer, body);
  const attachments =
    offer === 'reduced'
      ? [originalAsAttachment(message.raw)]
      : isCut
        ? [...parsed.attachments, originalAsAttachment(message.raw)]
        : parsed.attachments;
  if (offer === 'reduced')
    notes.push({ kind: 'repaired', text: 'stored with the original attached, because the target refused its form' });
  if (isCut) notes.push({ kind: 'repaired', text: 'its text is too long for the target: the original is attached' });
  if (offer === 'whole') notes.push(...headerNotes(parsed));
  const head = Buffer.from(JSON.stringify(fields));
  const fitting: ParsedAttachment[] = [];
  let room = LARGEST_REQUEST - head.length;
  for (const attachment of attachments) {
    const cost = base64Length(attachment.size) + 1024;
    if (cost > room) continue;
    room -= cost;
    fitting.push(attachment);
  }
  const later = attachments.filter((attachment) => !fitting.includes(attachment));
  return { body: splice(head, fitting), attachments, later, notes };
}

// `head` is a JSON object: its closing brace gives way to the attachments.
function splice(head: Buffer, attachments: readonly ParsedAttachment[]): StreamedBody {
  if (attachments.length === 0) return joined([head]);
  const parts: (Buffer | StreamedBody)[] = [head.subarray(0, -1), Buffer.from(',"attachments":[')];
  for (const [index, attachment] of attachments.entries()) {
    if (index > 0) parts.push(Buffer.from(','));
    parts.push(attachmentRequest(attachment));
  }
  return joined([...parts, Buffer.from(']}')]);
}

/** The JSON of one attachment up to 3 MB (POST messages/{id}/attachments). */
export function attachmentRequest({
  name,
  contentType,
  contentId,
  inline,
  base64,
  read,
}: ParsedAttachment): StreamedBody {
  const fields: FileAttachment = {
    name,
    contentType,
    isInline: inline,
    ...(contentId === undefined ? {} : { contentId }),
  };
  const head = Buffer.from(JSON.stringify({ '@odata.type': '#microsoft.graph.fileAttachment', ...fields }));
  const content = base64?.() ?? [encoded(read())];
  return joined([head.subarray(0, -1), Buffer.from(',"contentBytes":"'), ...content, Buffer.from('"}')]);
}

function encoded(bytes: Buffer): StreamedBody {
  return { length: base64Length(bytes.length), pieces: () => base64Slices(bytes) };
}

function messageFields(message: MessageToImport, parsed: ParsedMessage, offer: Offer, body: Body): Message {
  const { email } = parsed;
  const { flags, categories } = message;
  const people = offer === 'whole';
  const text = people ? clean : cleanest;
  const recipients = (addresses: Addresses): Recipient[] => recipientsOf(addresses, offer);
  const from = recipients(email.from === undefined ? [] : [email.from])[0];
  const sender = recipients(email.sender === undefined ? [] : [email.sender])[0] ?? from;
  const replyTo = recipients(email.replyTo);
  const messageId = readMessageId(headerValue(email, 'message-id'));
  return {
    subject: text(email.subject ?? '').slice(0, LONGEST_SUBJECT),
    body,
    toRecipients: recipients(email.to),
    ccRecipients: recipients(email.cc),
    bccRecipients: recipients(email.bcc),
    ...(people && from !== undefined ? { from } : {}),
    ...(people && sender !== undefined ? { sender } : {}),
    ...(people && replyTo.length > 0 ? { replyTo } : {}),
    ...(messageId === undefined || offer === 'reduced' ? {} : { internetMessageId: messageId }),
    importance: importanceOf(parsed),
    isRead: flags.read,
    // Unread mail that asks for a receipt would send one when the owner opens it years later.
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    ...(flags.flagged ? { flag: { flagStatus: 'flagged' } } : {}),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
    singleValueExtendedProperties: itemProperties(message, parsed, { withHeaders: people }).map((each) =>
      people ? each : { ...each, value: text(each.value ?? '') },
    ),
  };
}

type Body = NonNullable<Message['body']>;

function bodyOf(parsed: ParsedMessage, offer: Offer): { readonly body: Body; readonly isCut: boolean } {
  const text = offer === 'whole' ? clean : cleanest;
  if (offer === 'reduced')
    return { body: { contentType: 'text', content: text(parsed.text()).slice(0, 10_000) }, isCut: false };
  const html = parsed.html();
  const isHtml = html !== '';
  const content = clean(isHtml ? html : parsed.text());
  const kept = beginning(content);
  return {
    body: { contentType: isHtml ? 'html' : 'text', content: text(kept) },
    isCut: kept.length < content.length,
  };
}

// As much as fits: what counts is its length in JSON, where a character may take six bytes.
function beginning(content: string): string {
  let kept = content;
  while (kept.length > LONGEST_BODY / 6) {
    const length = Buffer.byteLength(JSON.stringify(kept));
    if (length <= LONGEST_BODY) break;
    kept = kept.slice(0, Math.floor(kept.length * (LONGEST_BODY / length) * 0.99)).toWellFormed();
  }
  return kept;
}

// What the fields of an item cannot hold stands in its headers, and is said.
function headerNotes({ email }: ParsedMessage): readonly FidelityNote[] {
  const id = headerValue(email, 'message-id')?.trim() ?? '';
  return [
    ...(clean(email.subject ?? '').length > LONGEST_SUBJECT
      ? [{ kind: 'headers', text: 'its long subject is cut, and whole in its headers' } as const]
      : []),
    ...(id !== '' && readMessageId(id) === undefined
      ? [{ kind: 'headers', text: 'its Message-ID is none the target takes, and kept in its headers' } as const]
      : []),
  ];
}

type Addresses = Parameters<typeof flatAddresses>[0];

// A name without an address is kept, unless the target refuses it.
function recipientsOf(addresses: Addresses, offer: Offer): Recipient[] {
  const text = offer === 'whole' ? clean : cleanest;
  return flatAddresses(addresses)
    .slice(0, offer === 'reduced' ? MOST_REDUCED : undefined)
    .filter(({ address }) => offer === 'whole' || address.includes('@'))
    .map(({ name, address }) => ({
      emailAddress: { name: text(name || address).slice(0, 256), address: text(address).slice(0, 512) },
    }));
}

// NUL and lone surrogates are no text to Exchange; everything else of a message is kept.
function clean(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

// Control characters are valid JSON and no valid XML, which Exchange keeps text in: a second try goes without them.
function cleanest(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed
  return clean(text).replaceAll(/[\u0001-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ');
}

function readMessageId(value: string | undefined): string | undefined {
  const id = value?.trim();
  // oxlint-disable-next-line no-control-regex -- control characters make it no id
  return id === undefined || id === '' || id.length > 995 || /[\u0000-\u001f]/.test(id) ? undefined : clean(id);
}

function importanceOf({ email }: ParsedMessage): 'low' | 'normal' | 'high' {
  const named = headerValue(email, 'importance')?.trim().toLowerCase();
  if (named === 'high' || named === 'low') return named;
  const priority = /^\s*([1-5])/.exec(headerValue(email, 'x-priority') ?? '')?.[1];
  if (priority === '1' || priority === '2') return 'high';
  return priority === '4' || priority === '5' ? 'low' : 'normal';
}
