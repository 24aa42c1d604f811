import type { Random } from './seeded-random.ts';

/** Random binary content, as base64 in lines of 76 characters with CRLF (RFC 2045, 6.8). */
export interface Base64Supply {
  /** Content of about this many bytes before encoding. */
  take(bytes: number): Buffer;
}

const LINES = 50_000;
const BYTES_PER_LINE = 57;
const ENCODED_LINE = 78;

/**
 * The supply is encoded once and handed out in slices that begin at a random line, so that hundreds of megabytes of
 * attachments cost next to nothing.
 */
export function base64Supply(random: Random): Base64Supply {
  const words = new Uint32Array((LINES * BYTES_PER_LINE + 3) >> 2);
  let state = random.whole(1, 2 ** 31);
  for (let at = 0; at < words.length; at += 1) {
    // xorshift32: quick, and random enough to be incompressible.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  const encoded = inLines(Buffer.from(words.buffer, 0, LINES * BYTES_PER_LINE));

  function take(bytes: number): Buffer {
    const lines = Math.floor(bytes / BYTES_PER_LINE);
    const rest = Buffer.from(words.buffer, random.whole(0, 10_000), bytes % BYTES_PER_LINE);
    const slices: Buffer[] = [];
    for (let left = lines; left > 0;) {
      const count = Math.min(left, LINES >> 1);
      const first = random.whole(0, LINES - count);
      slices.push(encoded.subarray(first * ENCODED_LINE, (first + count) * ENCODED_LINE));
      left -= count;
    }
    return Buffer.concat([...slices, inLines(rest)]);
  }
  return { take };
}

/** Base64 in lines of 76 characters, each with CRLF. */
export function inLines(content: Buffer): Buffer {
  return Buffer.from(content.toString('base64').replaceAll(/.{1,76}/g, '$&\r\n'), 'latin1');
}
