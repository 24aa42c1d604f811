import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** A list of 1,000 items is below 4 MB; more bytes than this, on the way or unfolded, are no answer. */
export const MOST_ANSWERED = 32 * 1024 * 1024;
const MOST = { maxOutputLength: MOST_ANSWERED };

type Decode = (bytes: Buffer) => Buffer;

const DECODERS: Readonly<Record<string, Decode>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes, MOST),
  'x-gzip': (bytes) => gunzipSync(bytes, MOST),
  // "deflate" is zlib by RFC 9110, and raw from servers that read it otherwise: zlib begins with 0x78.
  deflate: (bytes) => (bytes[0] === 0x78 ? inflateSync(bytes, MOST) : inflateRawSync(bytes, MOST)),
  br: (bytes) => brotliDecompressSync(bytes, MOST),
  zstd: (bytes) => zstdDecompressSync(bytes, MOST),
};

/**
 * The bytes of an answer without its content codings (RFC 9110 8.4). A proxy may compress what nobody asked it to. Throws
 * when it cannot be decoded.
 */
export function withoutCoding(bytes: Buffer, contentEncoding: string | undefined): Buffer {
  const codings = (contentEncoding ?? '').toLowerCase().split(',').map((each) => each.trim()).filter((each) => each !== ''); // prettier-ignore
  // An empty body is empty in every coding: answers without content carry the header, too.
  if (bytes.length === 0) return bytes;
  return codings.reduceRight((rest, coding) => {
    const decode = DECODERS[coding];
    if (decode === undefined) throw new Error(`content coding ${coding.slice(0, 20)}`);
    return decode(rest);
  }, bytes);
}
