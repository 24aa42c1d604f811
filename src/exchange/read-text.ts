import { TextDecoder } from 'node:util';
import { decodeBase64 } from './base64.ts';
import type { TextForm } from './text-form.ts';
import { unescapeQuoted } from './transfer-coding.ts';

const EQUALS = 0x3d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Texts are decoded one after the other, and nearly every one fits. */
const SCRATCH = Buffer.allocUnsafe(64 * 1024);
const decoders = new Map<string, TextDecoder>();

/** The text of a body, without the line end before what follows it; lines end in LF, as parsers of mail give them. */
export function readText(bytes: Buffer, { encoding, charset }: TextForm): string {
  const decoder = decoderOf(charset);
  switch (encoding) {
    case 'none':
      // A fixed pattern is replaced many times faster than any other.
      return hasOddLineEnds(bytes)
        ? decoder.decode(byLine(bytes, copyLine))
        : `${decoder.decode(bytes).replaceAll(/\r\n/g, '\n')}\n`;
    case 'quoted-printable':
      return decoder.decode(byLine(bytes, unquoteLine));
    case 'base64':
      return decoder.decode(decodeBase64(bytes));
  }
}

/** Whether every program decodes it to the same: padding at the end only, and no junk. */
export function isRegularBase64(bytes: Buffer): boolean {
  const padding = bytes.indexOf(EQUALS);
  const data = bytes.toString('latin1', 0, padding < 0 ? bytes.length : padding);
  const rest = padding < 0 ? '' : bytes.toString('latin1', padding);
  // No pattern that could have to try again: a body may have a hundred megabytes.
  return !/[^A-Za-z0-9+/\r\n]/.test(data) && !/[^=\r\n]|[\r\n]=|={3}/.test(rest);
}

// Every carriage return before the end of a line is part of it.
function hasOddLineEnds(bytes: Buffer): boolean {
  return bytes.at(-1) === CARRIAGE_RETURN || bytes.includes('\r\r');
}

function byLine(bytes: Buffer, copy: typeof copyLine): Buffer {
  const into = bytes.length < SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(bytes.length + 1);
  let length = 0;
  for (let at = 0; at <= bytes.length;) {
    const lineFeed = bytes.indexOf(LINE_FEED, at);
    const next = lineFeed < 0 ? bytes.length : lineFeed;
    let end = next;
    while (end > at && bytes[end - 1] === CARRIAGE_RETURN) end -= 1;
    length = copy(bytes, at, end, into, length);
    at = next + 1;
  }
  return into.subarray(0, length);
}

/** Copies a line to where it belongs, and answers where the next one does. */
function copyLine(bytes: Buffer, start: number, end: number, into: Buffer, at: number): number {
  const after = at + bytes.copy(into, at, start, end);
  into[after] = LINE_FEED;
  return after + 1;
}

// RFC 2045 6.7, but for blanks at the end of a line: those stay, as in text of every other encoding.
function unquoteLine(bytes: Buffer, start: number, end: number, into: Buffer, at: number): number {
  const isSoft = end > start && bytes[end - 1] === EQUALS;
  const stop = isSoft ? end - 1 : end;
  const to = unescapeQuoted(bytes, start, stop, into, at);
  if (isSoft) return to;
  into[to] = LINE_FEED;
  return to + 1;
}

function decoderOf(charset: string): TextDecoder {
  const known = decoders.get(charset);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(charset);
  decoders.set(charset, decoder);
  return decoder;
}
