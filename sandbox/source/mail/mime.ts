import { inLines } from './base64-supply.ts';

/** A MIME entity: complete header lines without their CRLF, and the encoded body. */
export interface Entity {
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Header and body as bytes; headers are UTF-8, so a caller can put raw 8-bit text in. */
export function serialize(entity: Entity): Buffer {
  return Buffer.concat([Buffer.from(entity.headers.map((line) => `${line}\r\n`).join('') + '\r\n'), entity.body]);
}

/** A text/* part in UTF-8; lines must end with CRLF already. */
export function textPart(
  text: string,
  subtype: 'plain' | 'html',
  encoding: '8bit' | 'base64' | 'quoted-printable',
): Entity {
  const bytes = Buffer.from(text);
  const body = encoding === '8bit' ? bytes : encoding === 'base64' ? inLines(bytes) : quotedPrintable(bytes);
  return {
    headers: [`Content-Type: text/${subtype}; charset=utf-8`, `Content-Transfer-Encoding: ${encoding}`],
    body,
  };
}

/** Parts between boundary lines (RFC 2046, 5.1). */
export function multipart(type: string, boundary: string, parts: readonly Entity[]): Entity {
  const delimiter = Buffer.from(`--${boundary}\r\n`);
  const chunks = parts.flatMap((part) => [delimiter, serialize(part), Buffer.from('\r\n')]);
  return {
    headers: [`Content-Type: multipart/${type};\r\n boundary="${boundary}"`],
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** A binary part whose body is encoded already. */
export function binaryPart(type: string, disposition: string, encoded: Buffer, extra: readonly string[] = []): Entity {
  return {
    headers: [
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: ${disposition}`,
      ...extra,
    ],
    body: encoded,
  };
}

/** Text of a header as encoded words of at most 75 characters (RFC 2047, 2); plain ASCII stays as it is. */
export function encodedWords(text: string, encoding: 'B' | 'Q' = 'B'): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let piece = '';
  for (const character of text) {
    // 30 bytes of UTF-8 stay below the limit in both encodings.
    if (Buffer.byteLength(piece + character) > (encoding === 'B' ? 39 : 18)) {
      words.push(encodedWord(piece, encoding));
      piece = '';
    }
    piece += character;
  }
  return [...words, encodedWord(piece, encoding)].join('\r\n ');
}

function encodedWord(text: string, encoding: 'B' | 'Q'): string {
  const bytes = Buffer.from(text);
  if (encoding === 'B') return `=?UTF-8?B?${bytes.toString('base64')}?=`;
  const encoded = [...bytes].map((byte) =>
    byte === 0x20 ? '_' : /[A-Za-z0-9]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte, '='),
  );
  return `=?utf-8?Q?${encoded.join('')}?=`;
}

/** A file name as parameter, in continuations with percent encoding (RFC 2231, 3 and 4). */
export function rfc2231(name: string, value: string): string {
  const encoded = [...Buffer.from(value)].map((byte) =>
    /[A-Za-z0-9._-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte, '%'),
  );
  const pieces: string[] = [];
  for (let at = 0; at < encoded.length; at += 20) pieces.push(encoded.slice(at, at + 20).join(''));
  if (pieces.length === 1) return `${name}*=utf-8''${pieces[0]}`;
  return pieces.map((piece, at) => `${name}*${at}*=${at === 0 ? "utf-8''" : ''}${piece}`).join(';\r\n ');
}

/** Quoted-printable with soft line breaks; CRLF stays a line break (RFC 2045, 6.7). */
export function quotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes
    .toString('latin1')
    .split('\r\n')
    .map((line) => {
      let out = '';
      let column = 0;
      for (let at = 0; at < line.length; at += 1) {
        const code = line.charCodeAt(at);
        const isPlain = code > 0x20 ? code < 0x7f && code !== 0x3d : code === 0x20 && at < line.length - 1;
        const unit = isPlain ? String.fromCharCode(code) : hex(code, '=');
        if (column + unit.length > 75) {
          out += '=\r\n';
          column = 0;
        }
        out += unit;
        column += unit.length;
      }
      return out;
    });
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function hex(byte: number, prefix: '=' | '%'): string {
  return prefix + byte.toString(16).toUpperCase().padStart(2, '0');
}
