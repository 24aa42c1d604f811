import { hash } from 'node:crypto';

/** The headers that tell one message from another before its body is read. */
export const KEY_HEADERS = ['message-id', 'date', 'from', 'subject'] as const;

const KEYS: ReadonlySet<string> = new Set(KEY_HEADERS);

/**
 * Identity of a message without its body: 16 bytes over Message-ID, Date, From, Subject and size. It recognises a
 * message after a move or a changed UIDVALIDITY. Message-ID alone would not do: it is absent, or shared by different mails.
 */
export function messageKey(headers: Buffer, size: number): Buffer {
  const fields = readFields(headers);
  const text = KEY_HEADERS.map((name) => `${name}:${fields.get(name) ?? ''}\n`).join('');
  return hash('sha256', text + size, 'buffer').subarray(0, 16);
}

/** The Message-ID as Exchange keeps it; undefined for what is no id at all and was not given to Exchange as one. */
export function messageIdOf(headers: Buffer): string | undefined {
  const id = readFields(headers).get('message-id');
  return id === undefined || id === '' || id.length > 995 || !/^[\x21-\x7e]+$/.test(id) ? undefined : id;
}

// First occurrence of each of these fields, unfolded (RFC 5322, 2.2.3). latin1 keeps raw 8-bit bytes as they are.
function readFields(headers: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const text = headerBlock(headers).toString('latin1');
  let colon = -1;
  for (let at = 0, next = 0; at < text.length && fields.size < KEY_HEADERS.length; at = next) {
    const end = endOfField(text, at);
    next = end + 1;
    if (colon < at) colon = text.indexOf(':', at);
    if (colon < 0) break;
    if (colon > end) continue;
    const name = text.slice(at, colon).trim().toLowerCase();
    if (!KEYS.has(name) || fields.has(name)) continue;
    const value = text.slice(colon + 1, end);
    fields.set(name, (value.includes('\n') ? value.replaceAll(/\r?\n[ \t]+/g, ' ') : value).trim());
  }
  return fields;
}

function endOfField(text: string, start: number): number {
  let end = text.indexOf('\n', start);
  while (end >= 0 && (text[end + 1] === ' ' || text[end + 1] === '\t')) end = text.indexOf('\n', end + 1);
  return end < 0 ? text.length : end;
}

/** The header block of a message: everything before the first empty line. */
export function headerBlock(message: Buffer): Buffer {
  const crlf = message.indexOf('\r\n\r\n');
  // A bare pair of line feeds counts only before it: whoever looked further would read megabytes of body for nothing.
  const head = crlf < 0 ? message : message.subarray(0, crlf);
  const lf = head.indexOf('\n\n');
  return lf < 0 ? head : head.subarray(0, lf);
}
