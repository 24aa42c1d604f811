import { decodeBase64 } from './base64.ts';

/** How the bytes of a part stand in a message. */
export type TransferCoding = 'base64' | 'quoted-printable' | 'uuencode' | 'none';

const EQUALS = 0x3d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The coding a Content-Transfer-Encoding names; undefined for one nobody knows. Uuencode was never a standard and is still sent. */
export function transferCoding(name: string): TransferCoding | undefined {
  const known = name.toLowerCase();
  if (known === 'base64' || known === 'quoted-printable') return known;
  if (/^(?:7bit|8bit|binary)$/.test(known)) return 'none';
  return /^(?:x-)?uu(?:encode|e)?$/.test(known) ? 'uuencode' : undefined;
}

/** The content, byte for byte: line ends are those of the message. */
export function decodeTransfer(bytes: Buffer, coding: TransferCoding): Buffer {
  switch (coding) {
    case 'base64':
      return decodeBase64(bytes);
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes);
    case 'uuencode':
      return decodeUuencode(bytes) ?? bytes;
    case 'none':
      return bytes;
  }
}

/**
 * Decodes a piece of a quoted-printable line to where it belongs; answers where the next one does. What is no escape stays as it is, as
 * every program does it (RFC 2045 6.7).
 */
export function unescapeQuoted(bytes: Buffer, start: number, end: number, into: Buffer, at: number): number {
  let to = at;
  for (let i = start; i < end; i += 1, to += 1) {
    const byte = bytes[i] ?? 0;
    into[to] = byte;
    if (byte !== EQUALS || i + 2 >= end) continue;
    const escaped = hexByte(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0);
    if (escaped < 0) continue;
    into[to] = escaped;
    i += 2;
  }
  return to;
}

function hexByte(high: number, low: number): number {
  const first = HEX[high] ?? -1;
  const second = HEX[low] ?? -1;
  return first < 0 || second < 0 ? -1 : first * 16 + second;
}

/** The value of a hexadecimal digit by its byte; -1 for every other byte. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) =>
  '0123456789abcdef'.indexOf(String.fromCodePoint(byte).toLowerCase()),
);

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(LINE_FEED, at);
    const next = newline < 0 ? bytes.length : newline + 1;
    const ending = newline < 0 ? 0 : newline > at && bytes[newline - 1] === CARRIAGE_RETURN ? 2 : 1;
    let end = next - ending;
    // Blanks at the end of a line are none of the content.
    while (end > at && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end -= 1;
    const isSoft = end > at && bytes[end - 1] === EQUALS;
    length = unescapeQuoted(bytes, at, isSoft ? end - 1 : end, decoded, length);
    if (!isSoft) length += bytes.copy(decoded, length, next - ending, next);
    at = next;
  }
  return decoded.subarray(0, length);
}

// POSIX uuencode: a line of n bytes begins with the character 32 + n. Undefined where it has no beginning.
function decodeUuencode(bytes: Buffer): Buffer | undefined {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  const begin = lines.findIndex((line) => /^begin [0-7]{3,4} /.test(line));
  if (begin < 0) return undefined;
  const decoded: Buffer[] = [];
  for (const line of lines.slice(begin + 1)) {
    if (line === 'end') break;
    const count = ((line.codePointAt(0) ?? 32) - 32) & 63;
    if (count === 0) continue;
    const out = Buffer.alloc(Math.ceil(count / 3) * 3);
    for (let group = 0; group * 3 < count; group += 1) {
      const bits = [1, 2, 3, 4].reduce((sum, i) => (sum << 6) | (((line.codePointAt(group * 4 + i) ?? 32) - 32) & 63), 0); // prettier-ignore
      out.writeUIntBE(bits, group * 3, 3);
    }
    decoded.push(out.subarray(0, count));
  }
  return Buffer.concat(decoded);
}
