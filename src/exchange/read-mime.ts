import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { headerBlock } from '../engine/domain/message-key.ts';
import { type Ranges, base64Ranges, unfoldBase64, wholeRanges } from './base64.ts';
import { type HollowMessage, hollowAttachments } from './hollow-attachments.ts';
import { withMemoryBlobs } from './memory-blob.ts';
import type { NeededHeader } from './needed-headers.ts';
import { decodeHeaderBlock, withReadableHeaders } from './raw-headers.ts';
import { readText } from './read-text.ts';
import type { TextForm } from './text-form.ts';
import { decodeTransfer } from './transfer-coding.ts';

/** A message taken apart, as far as Graph's JSON needs it. */
export interface ParsedMessage {
  /** The headers that are needed, as the parser read them. */
  readonly email: Omit<Email, 'text' | 'html'>;
  /** Its text and its HTML, "" for none. Made when asked for: of two forms of a text, one is enough. */
  readonly text: () => string;
  readonly html: () => string;
  readonly attachments: readonly ParsedAttachment[];
  /** The header block as text, CRLF line ends. */
  readonly headers: string;
  /** Its structure could not be read: the body is kept as text, and the original is attached. */
  readonly repaired: boolean;
  /** Date header in ms since 1970 UTC, where it can be read. */
  readonly date: number | undefined;
  /** Date of the topmost Received header. */
  readonly received: number | undefined;
}

export interface ParsedAttachment {
  readonly name: string;
  readonly contentType: string;
  /** Without angle brackets. */
  readonly contentId: string | undefined;
  readonly inline: boolean;
  /** Bytes when decoded, at most; exact once `read`. */
  readonly size: number;
  /** The decoded content, made when it is needed. */
  readonly read: () => Buffer;
  /** The same, part by part: a large one need not exist besides the message. */
  readonly ranges: () => Ranges;
  /** The same as base64, where the message has it nearly so. */
  readonly base64?: (() => readonly Buffer[] | undefined) | undefined;
  readonly method: string | undefined;
}

/** Bytes of a body that are kept as text when nothing else can be made of it; the original is attached anyway. */
const LONGEST_UNSEEN = 1024 * 1024;
/** Exchange refuses deeper and larger ones; a bomb must not cost more than a mail. */
const LIMITS = { maxNestingDepth: 256, maxHeadersSize: 4 * 1024 * 1024 };

/** Parses a message of any quality; of one beyond every limit the headers are read, and the original is attached. */
export async function readMime(raw: Buffer): Promise<ParsedMessage> {
  return readWhole(raw).catch(() => readHeadersOnly(raw));
}

async function readHeadersOnly(raw: Buffer): Promise<ParsedMessage> {
  const block = headerBlock(raw).subarray(0, LONGEST_UNSEEN);
  const head = Buffer.concat([block, Buffer.from('\r\n\r\n')]);
  const { email } = await parse(head, block.length);
  return {
    email,
    text: () => '',
    html: () => email.html ?? '',
    attachments: [originalAsAttachment(raw)],
    repaired: true,
    headers: decodeHeaders(block),
    date: readDate(headerValue(email, 'date')),
    received: readDate(headerValue(email, 'received')?.split(';').at(-1)),
  };
}

async function readWhole(raw: Buffer): Promise<ParsedMessage> {
  const block = headerBlock(raw);
  const hollow = hollowAttachments(raw, true);
  const parsed =
    (await parseHollow(hollow, block.length)) ??
    (hollow.texts.size > 0 ? await parseHollow(hollowAttachments(raw, false), block.length) : undefined) ??
    (await parse(raw, block.length));
  const { email, html } = parsed;
  const text = hollow.broken ? textOfBroken(parsed, raw.subarray(block.length)) : '';
  const repaired = hollow.broken && (text !== '' || html() !== '' || parsed.attachments.length > 0);
  return {
    email,
    text: repaired && text !== '' ? () => text : parsed.text,
    html,
    attachments: repaired ? [...parsed.attachments, originalAsAttachment(raw)] : parsed.attachments,
    repaired,
    headers: decodeHeaders(block),
    date: readDate(headerValue(email, 'date')),
    received: readDate(headerValue(email, 'received')?.split(';').at(-1)),
  };
}

// Every program shows the body of a multipart without parts as text, and so must the target. "" when there is nothing to show.
function textOfBroken({ text, html }: Parsed, body: Buffer): string {
  return text().trim() === '' && html().trim() === ''
    ? decodeHeaderBlock(body.subarray(0, LONGEST_UNSEEN)).trim()
    : text();
}

/** A whole message as an attachment, for where its own form cannot be kept. */
export function originalAsAttachment(raw: Buffer): ParsedAttachment {
  return {
    name: 'original.eml',
    contentType: 'message/rfc822',
    contentId: undefined,
    inline: false,
    size: raw.length,
    read: () => raw,
    ranges: () => wholeRanges(raw),
    method: undefined,
  };
}

type Parsed = Pick<ParsedMessage, 'text' | 'html' | 'attachments'> & { readonly email: Email };

async function parse(mime: Buffer, headerLength: number, taken: HollowMessage['taken'] = new Map()): Promise<Parsed> {
  const email = await withMemoryBlobs(withReadableHeaders(mime, headerLength), (message) =>
    PostalMime.parse(message, { ...LIMITS, forceRfc822Attachments: true, attachmentEncoding: 'arraybuffer' }),
  );
  return {
    email,
    text: () => email.text ?? '',
    html: () => email.html ?? '',
    attachments: email.attachments.map((attachment, index) => readAttachment(attachment, index, taken)),
  };
}

// Undefined when what was taken is not what the parser calls an attachment or the text: then nothing may be missing from the message.
async function parseHollow({ mime, taken, texts }: HollowMessage, headerLength: number): Promise<Parsed | undefined> {
  const parsed = await parse(mime, headerLength, taken);
  const { email } = parsed;
  const found = new Set(email.attachments.map((attachment) => tokenOf(bytesOf(attachment.content))));
  if (![...taken.keys()].every((token) => found.has(token))) return undefined;
  for (const [standIn, { form }] of texts) if (email[form.type] !== standIn) return undefined;
  const read = (type: TextForm['type']): string => {
    const text = texts.get(email[type] ?? '');
    return text === undefined ? (email[type] ?? '') : readText(text.bytes, text.form);
  };
  return { ...parsed, text: () => read('text'), html: () => read('html') };
}

/** Addresses without groups: members of a group are recipients like others. */
export function flatAddresses(
  addresses: readonly Address[] | undefined,
): readonly { readonly name: string; readonly address: string }[] {
  return (addresses ?? []).flatMap((each) => (each.group === undefined ? [each] : each.group));
}

export function headerValue(email: ParsedMessage['email'], name: NeededHeader): string | undefined {
  return email.headers.find((header) => header.key === name)?.value;
}

function readAttachment(attachment: Attachment, index: number, taken: HollowMessage['taken']): ParsedAttachment {
  const content = bytesOf(attachment.content);
  const body = taken.get(tokenOf(content) ?? '');
  const contentId = attachment.contentId?.replaceAll(/^<|>$/g, '');
  const read = (): Buffer => (body === undefined ? content : decodeTransfer(body.bytes, body.encoding));
  return {
    name: nameOf(attachment, index),
    contentType: /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(attachment.mimeType)
      ? attachment.mimeType
      : 'application/octet-stream',
    contentId: contentId === '' ? undefined : contentId,
    inline: attachment.related === true && contentId !== undefined,
    size: body?.encoding === 'base64' ? Math.ceil((body.bytes.length / 4) * 3) : (body?.bytes.length ?? content.length),
    read,
    base64: body?.encoding === 'base64' ? () => unfoldBase64(body.bytes) : undefined,
    ranges: () => (body?.encoding === 'base64' ? base64Ranges(body.bytes) : undefined) ?? wholeRanges(read()),
    method: attachment.method,
  };
}

function tokenOf(content: Buffer): string | undefined {
  return content.length < 64 ? content.toString('latin1').trimEnd() : undefined;
}

function nameOf({ filename, mimeType, description }: Attachment, index: number): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed
  const clean = (filename ?? '').replaceAll(/[\u0000-\u001f\u007f]/g, '').trim();
  if (clean !== '') return clean.slice(0, 255);
  if (mimeType === 'message/rfc822') return `${(description ?? 'message').slice(0, 100)}.eml`;
  if (mimeType === 'text/calendar') return 'invite.ics';
  return `attachment-${index + 1}`;
}

function bytesOf(content: Attachment['content']): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof ArrayBuffer
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

function decodeHeaders(block: Buffer): string {
  // Three fixed strings are replaced faster than one pattern.
  return decodeHeaderBlock(block)
    .replaceAll(/\r\n/g, '\n')
    .replaceAll('\r', '\n')
    .replaceAll(/\n/g, '\r\n')
    .replaceAll('\u0000', '');
}

// Comments such as "(CET)" confuse Date.parse; years outside of what Exchange stores are no dates.
function readDate(value: string | undefined): number | undefined {
  const time = Date.parse((value ?? '').replaceAll(/\([^)]*\)/g, '').trim());
  return time > Date.UTC(1900, 0) && time < Date.UTC(4500, 0) ? time : undefined;
}
