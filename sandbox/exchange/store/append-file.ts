import { closeSync, ftruncateSync, fstatSync, openSync, readSync, writeSync, writevSync } from 'node:fs';

/** Where bytes lie in a file. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

const REPLAY_BLOCK = 4 * 1024 * 1024;

/**
 * A file that only grows. Writes are synchronous and in order, without fsync: a killed process loses nothing that was
 * written, and only a whole machine going down could.
 */
export class AppendFile {
  readonly #file: number;
  #size: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
    this.#size = fstatSync(this.#file).size;
  }

  append(bytes: Uint8Array): Place {
    return this.appendAll([bytes])[0] ?? { at: this.#size, length: 0 };
  }

  /** Writes several pieces in one system call and says where each one lies. */
  appendAll(pieces: readonly Uint8Array[]): readonly Place[] {
    const places = pieces.map(({ length }) => {
      const place = { at: this.#size, length };
      this.#size += length;
      return place;
    });
    const total = pieces.reduce((sum, { length }) => sum + length, 0);
    if (total === 0) return places;
    let written = pieces.length === 1 && pieces[0] ? writeSync(this.#file, pieces[0]) : writevSync(this.#file, pieces);
    if (written < total) {
      const rest = Buffer.concat(pieces);
      while (written < total) written += writeSync(this.#file, rest, written);
    }
    return places;
  }

  read({ at, length }: Place): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const more = readSync(this.#file, bytes, read, length - read, at + read);
      if (more === 0) throw new Error(`The store ends at ${at + read}, ${length - read} bytes early`);
      read += more;
    }
    return bytes;
  }

  /** Hands over every complete line; a line torn by a crash is cut off, so that the next one starts clean. */
  replay(onLine: (line: Buffer, place: Place) => void): void {
    let start = 0;
    let pending: Buffer = Buffer.alloc(0);
    for (let at = 0; at < this.#size;) {
      const block = this.read({ at, length: Math.min(REPLAY_BLOCK, this.#size - at) });
      at += block.length;
      const text = pending.length === 0 ? block : Buffer.concat([pending, block]);
      let from = 0;
      for (let end = text.indexOf(10); end !== -1; end = text.indexOf(10, from)) {
        const length = end - from;
        onLine(text.subarray(from, end), { at: start, length });
        start += length + 1;
        from = end + 1;
      }
      pending = text.subarray(from);
    }
    if (start < this.#size) {
      ftruncateSync(this.#file, start);
      this.#size = start;
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
