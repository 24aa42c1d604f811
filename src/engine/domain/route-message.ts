import { headerBlock } from './message-key.ts';

/** Why a message takes the append lane: what the JSON lane would lose of it. */
export type AppendReason = 'signed' | 'encrypted' | 'invitation' | 'nested-message' | 'large';

/** Above this a message does not fit into one request of 4 MB that carries it as base64. */
const LARGE = 3_000_000;

/** Content types that do not survive as JSON, wherever in the message they stand. */
const TYPES: readonly (readonly [RegExp, AppendReason])[] = [
  [/^content-type:\s*multipart\/signed\b/im, 'signed'],
  [/^content-type:\s*multipart\/encrypted\b/im, 'encrypted'],
  [/^content-type:\s*application\/(?:x-)?pkcs7-mime\b/im, 'encrypted'],
  [/^content-type:\s*text\/calendar\b/im, 'invitation'],
  [/^content-type:\s*message\/rfc822\b/im, 'nested-message'],
];

/**
 * The lane of a message: undefined for the JSON lane, which is the faster one. Read from its bytes alone, without parsing:
 * a line that only looks like such a header sends a message over the lane that keeps more, and does no harm.
 */
export function routeMessage(raw: Buffer): AppendReason | undefined {
  if (raw.length > LARGE) return 'large';
  const text = raw.toString('latin1');
  return TYPES.find(([pattern]) => pattern.test(text))?.[1];
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
