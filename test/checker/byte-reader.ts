import type { Socket } from 'node:net';

/** Reads lines and counted bytes from a socket, without copying what is read in one piece more than once. */
export interface ByteReader {
  /** Up to CRLF, without it. */
  line(): Promise<Buffer>;
  bytes(count: number): Promise<Buffer>;
}

const CRLF = Buffer.from('\r\n');

export function byteReader(socket: Socket): ByteReader {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let rest: Buffer = Buffer.alloc(0);

  async function more(): Promise<Buffer> {
    const next = await chunks.next();
    if (next.done === true) throw new Error('The mail server closed the connection');
    return next.value;
  }
  async function bytes(count: number): Promise<Buffer> {
    const pieces = [rest];
    let length = rest.length;
    while (length < count) {
      const piece = await more();
      pieces.push(piece);
      length += piece.length;
    }
    const all = pieces.length === 1 ? rest : Buffer.concat(pieces);
    rest = all.subarray(count);
    return all.subarray(0, count);
  }
  async function line(): Promise<Buffer> {
    for (;;) {
      const end = rest.indexOf(CRLF);
      if (end >= 0) {
        const found = rest.subarray(0, end);
        rest = rest.subarray(end + 2);
        return found;
      }
      rest = Buffer.concat([rest, await more()]);
    }
  }
  return { line, bytes };
}
