import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import { type PackedEntry, centralHeader, endRecord, localHeader } from './zip.ts';

export interface FileToZip {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly crc: number;
}

/** Writes a zip of files from the disk to the disk; of none of them more than a few pages are in memory. */
export async function zipFiles(archive: string, files: readonly FileToZip[]): Promise<void> {
  const out = await open(archive, 'w', 0o600);
  try {
    let at = 0;
    const packed: PackedEntry[] = [];
    for (const file of files) {
      const offset = at;
      const nameBytes = Buffer.from(file.name, 'utf8');
      // How long it is packed is known behind it: the header is written once more.
      const size = localHeader({ ...file, nameBytes, packed: 0, offset }).length;
      at = await deflateInto(out, file.path, offset + size);
      const entry = { ...file, nameBytes, packed: at - offset - size, offset };
      await out.write(localHeader(entry), 0, size, offset);
      packed.push(entry);
    }
    const directory = Buffer.concat(packed.map(centralHeader));
    const end = Buffer.concat([directory, endRecord(packed.length, directory.length, at)]);
    await out.write(end, 0, end.length, at);
    await out.sync();
  } finally {
    await out.close();
  }
}

async function deflateInto(out: FileHandle, path: string, begin: number): Promise<number> {
  let at = begin;
  await pipeline(createReadStream(path), createDeflateRaw({ level: 9 }), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      await out.write(chunk, 0, chunk.length, at);
      at += chunk.length;
    }
  });
  return at;
}
