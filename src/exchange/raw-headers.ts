import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { neededHeaders } from './needed-headers.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A header block as text. RFC 5322 allows ASCII, RFC 6532 UTF-8; old programs wrote raw bytes of their own charset. Such
 * lines are read in the charset the message declares for its body, else as windows-1252, line by line: one bad line must
 * not spoil the others.
 */
export function decodeHeaderBlock(block: Buffer): string {
  const latin1 = block.toString('latin1');
  if (isAscii(block)) return latin1;
  const utf8 = decodeStrictly(strictUtf8, block);
  if (utf8 !== undefined) return utf8;
  const own = decoderOf(/charset\s*=\s*"?([\w.:-]+)/i.exec(latin1)?.[1]);
  return latin1
    .split(/(?<=\n)/)
    .map((line) => decodeLine(Buffer.from(line, 'latin1'), own))
    .join('');
}

// Not ISO-2022: its words begin and end in ASCII by escapes, which decoders do not like side by side.
const WORDS_IN_A_ROW =
  /=\?((?:utf-?8|gb[\w-]+|big5[\w-]*|shift[_-]jis|sjis|euc-[\w-]+|ks_c_5601[\w-]*))\?b\?[\w+/]*={0,2}\?=(?:[ \t\r\n]+=\?\1\?b\?[\w+/]*={0,2}\?=)+/gi;

// RFC 2047 wants whole characters in every encoded word; programs that cut bytes are read by putting the bytes together first.
function joinEncodedWords(text: string): string {
  return text.replaceAll(WORDS_IN_A_ROW, (words, charset: string) => {
    const bytes = [...words.matchAll(/\?b\?([^?]*)\?=/gi)].map(([, encoded = '']) => Buffer.from(encoded, 'base64'));
    return `=?${charset}?B?${Buffer.concat(bytes).toString('base64')}?=`;
  });
}

/** The message with the headers that are needed, as every parser reads them right; the body stays as it is. */
export function withReadableHeaders(raw: Buffer, headerLength: number): Buffer {
  const block = decodeHeaderBlock(raw.subarray(0, headerLength));
  return Buffer.concat([Buffer.from(neededHeaders(joinEncodedWords(block))), raw.subarray(headerLength)]);
}

/** The header block of a part, where it has bytes that have to be read in another charset than UTF-8; else undefined. */
export function readableHeaders(block: Buffer): Buffer | undefined {
  const text = decodeHeaderBlock(block);
  const readable = Buffer.from(text, 'utf8');
  return readable.equals(block) ? undefined : readable;
}

function decodeLine(line: Buffer, own: TextDecoder): string {
  return decodeStrictly(strictUtf8, line) ?? own.decode(line);
}

function decodeStrictly(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

// us-ascii and unknown names say nothing about bytes above 127; the WHATWG reading of both is windows-1252.
function decoderOf(charset: string | undefined): TextDecoder {
  try {
    const decoder = new TextDecoder(charset ?? 'windows-1252');
    return decoder.encoding === 'utf-8' ? new TextDecoder('windows-1252') : decoder;
  } catch {
    return new TextDecoder('windows-1252');
  }
}
