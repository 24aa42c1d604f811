import { badRequest, unreadableBody } from './graph-error.ts';

/**
 * JSON of a request with the attachment contents left where they are: each `contentBytes` is replaced by a note of its
 * place in `bytes`, so that megabytes of base64 are neither parsed nor copied.
 */
export interface RequestJson {
  readonly value: unknown;
  readonly bytes: Buffer;
}

const KEY = Buffer.from('"contentBytes"');
const NOTE = /^ at (\d+) for (\d+)$/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Parses a request body; throws 400 when it is not JSON. */
export function parseRequestJson(bytes: Buffer): RequestJson {
  const pieces: string[] = [];
  let from = 0;
  for (let key = bytes.indexOf(KEY); key !== -1; key = bytes.indexOf(KEY, Math.max(from, key + KEY.length))) {
    const start = valueStart(bytes, key + KEY.length);
    const end = start === undefined ? -1 : bytes.indexOf(QUOTE, start);
    // In valid JSON this byte sequence followed by a colon can only be a property name: inside a string its quotes would be escaped.
    if (start === undefined || end === -1 || hasEscape(bytes, start, end)) continue;
    pieces.push(bytes.toString('utf8', from, start), ` at ${start} for ${end - start}`);
    from = end;
  }
  pieces.push(bytes.toString('utf8', from));
  try {
    return { value: JSON.parse(pieces.join('')), bytes };
  } catch {
    throw unreadableBody(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}

/** Decodes the base64 of a `contentBytes` value found in a RequestJson. Throws 400 for what is not base64. */
export function decodeContent(json: RequestJson, value: string): Uint8Array {
  const place = NOTE.exec(value);
  const text = place ? json.bytes.toString('latin1', Number(place[1]), Number(place[1]) + Number(place[2])) : value;
  const decoded = Buffer.from(text, 'base64');
  if (decoded.length !== decodedLength(text))
    throw badRequest("Cannot convert the literal to the expected type 'Edm.Binary'.");
  return decoded;
}

/** Bytes of base64 text a value stands for, decoded or not. */
export function wireLength(json: RequestJson): number {
  let cut = 0;
  const rest = JSON.stringify(json.value, (_, value: unknown) => {
    const place = typeof value === 'string' ? NOTE.exec(value) : null;
    if (place) cut += Number(place[2]);
    return value;
  });
  return Buffer.byteLength(rest ?? '') + cut;
}

function valueStart(bytes: Buffer, after: number): number | undefined {
  let at = skipSpace(bytes, after);
  if (bytes[at] !== COLON) return undefined;
  at = skipSpace(bytes, at + 1);
  return bytes[at] === QUOTE ? at + 1 : undefined;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

/** Some writers escape "/" as "\/": such values take the slow way through JSON.parse. */
function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  const found = bytes.indexOf(BACKSLASH, start);
  return found !== -1 && found < end;
}

/** Length a strict decoder gives; Buffer.from skips foreign characters, so a difference means there were some. */
function decodedLength(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return text.length % 4 === 0 ? (text.length / 4) * 3 - padding : -1;
}
