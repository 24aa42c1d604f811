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

/** Content that is made where it is asked for: a large one need not exist as a whole. */
export interface Ranges {
  /** bytes */
  readonly length: number;
  /** Bytes from `start` to before `end`, which is not beyond `length`. */
  slice(start: number, end: number): Buffer;
}

export function wholeRanges(bytes: Buffer): Ranges {
  return { length: bytes.length, slice: (start, end) => bytes.subarray(start, end) };
}

/**
 * The content of base64 as nearly every mail program writes it, range by range: every one is decoded when it is asked for.
 * Undefined when the text turns out to be anything else, which takes one look at all of it.
 */
export function base64Ranges(encoded: Buffer): Ranges | undefined {
  const layout = layoutOf(encoded);
  if (layout === undefined || layout.stride > SLICE) return undefined;
  // Every line but the last has to be whole: else the place of a byte cannot be counted.
  const last = Math.floor((encoded.length - 1) / layout.stride) * layout.stride;
  const before = decodeLines(encoded, layout, 0, last, () => SCRATCH);
  const rest = decodeLines(encoded, layout, last, encoded.length, () => SCRATCH);
  if (before === undefined || rest === undefined) return undefined;
  const length = before + rest;
  const perLine = (layout.width / 4) * 3;
  return {
    length,
    slice(start, end) {
      const line = Math.floor(start / perLine);
      const from = line * layout.stride;
      const to = Math.min(encoded.length, Math.ceil(end / perLine) * layout.stride);
      const decoded = Buffer.allocUnsafe(Math.ceil(((to - from) / 4) * 3));
      decodeLines(encoded, layout, from, to, (at) => decoded.subarray(at));
      return decoded.subarray(start - line * perLine, end - line * perLine);
    },
  };
}

/**
 * The same content as JSON wants it, without lines: decoded and encoded slice by slice, at less cost than lines are copied
 * one by one, and without the decoded whole. Undefined like `base64Ranges`.
 */
export function unfoldBase64(encoded: Buffer): readonly Buffer[] | undefined {
  const layout = layoutOf(encoded);
  if (layout === undefined || layout.stride > SLICE) return undefined;
  const slices: Buffer[] = [];
  // Whole lines are a multiple of three bytes: no padding in between.
  const keep = (length: number): void => void slices.push(encodedSlice(SCRATCH, 0, length));
  return decodeLines(encoded, layout, 0, encoded.length, () => SCRATCH, keep) === undefined ? undefined : slices;
}

/** Lines of one length, a multiple of four characters: cut at line ends, slices decode natively. */
interface Layout {
  /** Characters of a line with its end. */
  readonly stride: number;
  /** Without. */
  readonly width: number;
}

function layoutOf(encoded: Buffer): Layout | undefined {
  const stride = encoded.indexOf(LINE_FEED) + 1;
  const width = stride - (encoded[stride - 2] === CARRIAGE_RETURN ? 2 : 1);
  return stride === 0 || width % 4 !== 0 || width === 0 ? undefined : { stride, width };
}

const SCRATCH = Buffer.allocUnsafe(SLICE);

/** Decodes whole lines to where `into` says for an offset; answers the bytes, undefined when something is irregular; tells `done` of every slice. */
function decodeLines(
  encoded: Buffer,
  { stride, width }: Layout,
  from: number,
  to: number,
  into: (offset: number) => Buffer,
  done?: (length: number) => void,
): number | undefined {
  const step = Math.max(1, Math.floor(SLICE / stride)) * stride;
  let length = 0;
  for (let at = from; at < to; at += step) {
    const end = Math.min(at + step, to);
    const wholeLines = Math.floor((end - at) / stride);
    for (let line = 1; line <= wholeLines; line += 1)
      if (encoded[at + line * stride - 1] !== LINE_FEED) return undefined;
    const written = into(length).write(encoded.toString('latin1', at, end), 'base64');
    // Junk, padding or a short line inside of a slice shows as bytes that are missing.
    if (end < encoded.length && written !== (wholeLines * width * 3) / 4) return undefined;
    done?.(written);
    length += written;
  }
  return length;
}

function decodeRegular(encoded: Buffer): Buffer | undefined {
  const layout = layoutOf(encoded);
  if (layout === undefined) return undefined;
  const decoded = Buffer.allocUnsafe(Math.ceil((encoded.length / 4) * 3));
  const length = decodeLines(encoded, layout, 0, encoded.length, (at) => decoded.subarray(at));
  return length === undefined ? undefined : decoded.subarray(0, length);
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
  for (let at = 0; at < bytes.length; at += SLICE) yield encodedSlice(bytes, at, at + SLICE);
}

function encodedSlice(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(bytes.toString('base64', start, end), 'latin1');
}

/** Characters that base64 takes, padding included. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
