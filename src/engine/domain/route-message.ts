import { headerBlock } from './message-key.ts';

/** Why a message takes the append lane: what the JSON lane would lose of it. */
export type AppendReason = 'signed' | 'encrypted' | 'invitation' | 'nested-message' | 'large';

/** Above this a message does not fit into one request of 4 MB that carries it as base64. */
const LARGE = 3_000_000;

/** Content types that do not survive as JSON, wherever in the message they stand. */
const TYPES: readonly (readonly [RegExp, AppendReason])[] = [
  [/^multipart\/signed\b/i, 'signed'],
  [/^multipart\/encrypted\b/i, 'encrypted'],
  [/^application\/(?:x-)?pkcs7-mime\b/i, 'encrypted'],
  [/^text\/calendar\b/i, 'invitation'],
  [/^message\/rfc822\b/i, 'nested-message'],
];
/** As much of a header as is looked at. */
const LONGEST_NAME = 'content-type:'.length;
const LONGEST_VALUE = 120;

/**
 * The lane of a message: undefined for the JSON lane, which is the faster one. Read from its bytes alone, without parsing:
 * a line that only looks like such a header sends a message over the lane that keeps more, and does no harm.
 */
export function routeMessage(raw: Buffer): AppendReason | undefined {
  if (raw.length > LARGE) return 'large';
  for (const value of contentTypes(raw)) {
    const reason = TYPES.find(([pattern]) => pattern.test(value))?.[1];
    if (reason !== undefined) return reason;
  }
  return undefined;
}

// Megabytes of base64 hold no "-": looking for the end of "Content-Type:" byte by byte passes them at the speed of memory.
function* contentTypes(raw: Buffer): Generator<string> {
  for (const ending of ['-Type:', '-type:', '-TYPE:']) {
    for (let at = raw.indexOf(ending); at >= 0; at = raw.indexOf(ending, at + 1)) {
      const end = at + ending.length;
      const start = end - LONGEST_NAME;
      const isLineStart = start === 0 || raw[start - 1] === 0x0a;
      if (start < 0 || !isLineStart || raw.toString('latin1', start, at).toLowerCase() !== 'content') continue;
      yield raw.toString('latin1', end, end + LONGEST_VALUE).trimStart();
    }
  }
}

/** Longer lines are refused by Exchange's IMAP; it was seen to do so from 9,900 characters on. */
const LONGEST_LINE = 9_900;

/** What Exchange's IMAP would refuse these bytes for, found before it counts as an error of the connection; ten of those end it. */
export function appendObstacle(raw: Buffer): string | undefined {
  if (raw.length === 0) return 'it is empty';
  if (raw.includes(0)) return 'it contains NUL';
  if (headerBlock(raw).some((byte) => byte > 127)) return 'its headers are not ASCII';
  for (let at = 0; at < raw.length;) {
    const end = raw.indexOf(0x0a, at);
    const stop = end < 0 ? raw.length : end;
    if (stop - at > LONGEST_LINE) return 'it has very long lines';
    // RFC 3501: a literal is lines that end in CRLF; bare line feeds are what Exchange reads differently.
    if (end >= 0 && raw[end - 1] !== 0x0d) return 'it has bare line feeds';
    at = stop + 1;
  }
  return undefined;
}
