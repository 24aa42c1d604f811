/** Bytes of a message that something else stands for. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly replacement: Buffer;
}

/** The message with all cuts made, none of which overlap. */
export function withCuts(raw: Buffer, cuts: readonly Cut[]): Buffer {
  if (cuts.length === 0) return raw;
  const pieces: Buffer[] = [];
  let copied = 0;
  for (const { start, end, replacement } of cuts.toSorted((a, b) => a.start - b.start)) {
    pieces.push(raw.subarray(copied, start), replacement);
    copied = end;
  }
  return Buffer.concat([...pieces, raw.subarray(copied)]);
}

const ENCODING = /^content-transfer-encoding[ \t]*:[ \t]*(base64|quoted-printable)[ \t]*\r?$/im;

/** The cut that makes a part header say, in as many bytes, that its body is not encoded; undefined where it is written in an odd way. */
export function withoutEncoding(raw: Buffer, headerStart: number, headerEnd: number): Cut | undefined {
  const field = ENCODING.exec(raw.toString('latin1', headerStart, headerEnd));
  const name = field?.[1];
  if (field === null || name === undefined) return undefined;
  const start = headerStart + field.index + field[0].lastIndexOf(name);
  return { start, end: start + name.length, replacement: Buffer.from('8bit'.padEnd(name.length)) };
}
