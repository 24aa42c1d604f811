/** Small enough for its text to die young in the garbage collector. */
const SLICE = 48 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Decodes base64 as it stands in a message. Line ends and junk are skipped, as decoders of mail do; slice by slice, so
 * that a large attachment is not held as text as well.
 */
export function decodeBase64(encoded: Buffer): Buffer {
  return decodeRegular(encoded) ?? decodeAny(encoded);
}

/**
 * What nearly every mail program writes: lines of one length, a multiple of four characters. Cut at line ends, slices
 * decode natively; undefined when the text turns out to be anything else.
 */
function decodeRegular(encoded: Buffer): Buffer | undefined {
  const stride = encoded.indexOf(LINE_FEED) + 1;
  const ending = encoded[stride - 2] === CARRIAGE_RETURN ? 2 : 1;
  const width = stride - ending;
  if (stride === 0 || width % 4 !== 0 || width === 0) return undefined;
  const decoded = Buffer.allocUnsafe(Math.ceil((encoded.length / 4) * 3));
  const step = Math.max(1, Math.floor(SLICE / stride)) * stride;
  let length = 0;
  for (let at = 0; at < encoded.length; at += step) {
    const end = Math.min(at + step, encoded.length);
    const wholeLines = Math.floor((end - at) / stride);
    for (let line = 1; line <= wholeLines; line += 1)
      if (encoded[at + line * stride - 1] !== LINE_FEED) return undefined;
    const written = decoded.write(encoded.toString('latin1', at, end), length, 'base64');
    // Junk, padding or a short line inside of a slice shows as bytes that are missing.
    if (end < encoded.length && written !== (wholeLines * width * 3) / 4) return undefined;
    length += written;
  }
  return decoded.subarray(0, length);
}

function decodeAny(encoded: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(Math.ceil((encoded.length / 4) * 3));
  let length = 0;
  let rest = '';
  for (let at = 0; at < encoded.length; at += SLICE) {
    const text = rest + encoded.toString('latin1', at, at + SLICE).replaceAll(/[^A-Za-z0-9+/]+/g, '');
    const whole = at + SLICE >= encoded.length ? text.length : text.length - (text.length % 4);
    length += decoded.write(text.slice(0, whole), length, 'base64');
    rest = text.slice(whole);
  }
  return decoded.subarray(0, length);
}

/** Encodes bytes as base64 (ASCII in Buffers), slice by slice for the same reason. */
export function* base64Slices(bytes: Buffer): Generator<Buffer> {
  // 48 KiB is a multiple of 3: no padding in between.
  for (let at = 0; at < bytes.length; at += SLICE)
    yield Buffer.from(bytes.toString('base64', at, at + SLICE), 'latin1');
}

/** Characters that base64 takes, padding included. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
