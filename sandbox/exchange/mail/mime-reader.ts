import type { InternetMessageHeader } from '@microsoft/microsoft-graph-types';

import { decodeQuoted, decodeText, decodeWords, parseHeaderBlock } from './mime-headers.ts';

/** A MIME entity, taken apart. */
export interface MimePart {
  readonly headers: readonly InternetMessageHeader[];
  readonly type: string;
  readonly charset: string;
  readonly fileName: string | undefined;
  readonly isAttachment: boolean;
  readonly contentId: string | null;
  /** Decoded content; the raw entity for message/rfc822. */
  readonly content: Buffer;
  readonly parts: readonly MimePart[];
}

const MAX_DEPTH = 20;

/** Reads a MIME entity as far as Exchange's conversion needs it (RFC 2045, 2046); never throws, whatever comes. */
export function readMime(raw: Buffer, depth = 0): MimePart {
  const end = headerEnd(raw);
  const headers = parseHeaderBlock(raw.subarray(0, end.head).toString('latin1'));
  const value = (name: string) => headers.find((header) => header.name?.toLowerCase() === name)?.value ?? '';
  const contentType = value('content-type') || 'text/plain';
  const type = (/^[\w.+-]+\/[\w.+-]+/.exec(contentType)?.[0] ?? 'text/plain').toLowerCase();
  const content = raw.subarray(end.body);
  const boundary = parameter(contentType, 'boundary');
  const isMultipart = type.startsWith('multipart/') && boundary !== undefined && depth < MAX_DEPTH;
  const disposition = value('content-disposition');
  return {
    headers,
    type,
    charset: parameter(contentType, 'charset') ?? 'utf-8',
    fileName: parameter(disposition, 'filename') ?? parameter(contentType, 'name'),
    isAttachment: /^attachment/i.test(disposition),
    contentId: /<([^>]+)>/.exec(value('content-id'))?.[1] ?? null,
    content: isMultipart ? Buffer.alloc(0) : decodeTransfer(content, value('content-transfer-encoding')),
    parts: isMultipart ? split(content, boundary).map((part) => readMime(part, depth + 1)) : [],
  };
}

/** First value of a header, encoded words decoded; raw 8-bit headers are read as UTF-8 where they are UTF-8. */
export function headerValue(part: MimePart, name: string): string | undefined {
  const value = part.headers.find((header) => header.name?.toLowerCase() === name.toLowerCase())?.value;
  return typeof value === 'string' ? decodeWords(fromRaw(value)) : undefined;
}

/** Text of a text part in its charset. */
export function partText(part: MimePart): string {
  return decodeText(part.content, part.charset);
}

function fromRaw(value: string): string {
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

function headerEnd(raw: Buffer): { readonly head: number; readonly body: number } {
  const at = raw.indexOf('\r\n\r\n');
  return at === -1 ? { head: raw.length, body: raw.length } : { head: at, body: at + 4 };
}

function split(content: Buffer, boundary: string): readonly Buffer[] {
  const text = content.toString('latin1');
  const lines = new RegExp(
    `(?:^|\\r\\n)--${boundary.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(--)?[ \\t]*(?=\\r\\n|$)`,
    'g',
  );
  const parts: Buffer[] = [];
  let start: number | undefined;
  for (const match of text.matchAll(lines)) {
    if (start !== undefined) parts.push(content.subarray(start, Math.max(start, match.index)));
    start = match.index + match[0].length + 2;
    if (match[1] !== undefined) return parts;
  }
  if (start !== undefined && start < content.length) parts.push(content.subarray(start));
  return parts;
}

function decodeTransfer(content: Buffer, encoding: string): Buffer {
  const name = encoding.trim().toLowerCase();
  if (name === 'base64') return Buffer.from(content.toString('latin1'), 'base64');
  return name === 'quoted-printable' ? decodeQuoted(content.toString('latin1')) : content;
}

/** A parameter, also in the forms of RFC 2231 (`name*=utf-8''..`, `name*0=..`). */
function parameter(value: string, name: string): string | undefined {
  const plain = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(value);
  if (plain) return decodeWords(fromRaw((plain[1] ?? plain[2] ?? '').replaceAll(/\\(.)/g, '$1')));
  const pieces = [
    ...value.matchAll(new RegExp(`;\\s*${name}\\*(?:(\\d+)\\*?)?\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'gi')),
  ];
  if (pieces.length === 0) return undefined;
  const joined = pieces.map(([, , quoted, bare]) => quoted ?? bare ?? '').join('');
  const [, charset = 'utf-8', text = joined] = /^([\w-]*)'[^']*'(.*)$/s.exec(joined) ?? [];
  const bytes = Buffer.from(
    text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return decodeText(bytes, charset === '' ? 'utf-8' : charset);
}
