/** Small enough for its text to die young in the garbage collector. */
const SLICE = 48 * 1024;

/**
 * Decodes base64 as it stands in a message. Line ends and junk are skipped, as decoders of mail do; slice by slice, so
 * that a large attachment is not held as text as well.
 */
export function decodeBase64(encoded: Buffer): Buffer {
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

/** Encodes bytes as base64 (ASCII in a Buffer), slice by slice for the same reason. */
export function encodeBase64(bytes: Buffer): Buffer {
  const encoded = Buffer.allocUnsafe(Math.ceil(bytes.length / 3) * 4);
  let length = 0;
  // 48 KiB is a multiple of 3: no padding in between.
  for (let at = 0; at < bytes.length; at += SLICE)
    length += encoded.write(bytes.toString('base64', at, at + SLICE), length, 'latin1');
  return encoded;
}
