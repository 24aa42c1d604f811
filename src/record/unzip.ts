import { crc32, inflateRawSync } from 'node:zlib';

/** Thrown for archives that are not what a record is made as. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive';
}

export interface ArchiveLimits {
  readonly entries: number;
  /** Of all files together, unpacked. */
  readonly bytes: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads a zip in memory (PKWARE APPNOTE 6.3), as its central directory says. Names are only ever keys of a map: nothing is
 * written anywhere. Sizes are believed up to the limits and enforced while unpacking, so that a bomb ends there.
 */
export function unzip(archive: Buffer, limits: ArchiveLimits): ReadonlyMap<string, Buffer> {
  const end = endRecord(archive);
  const count = archive.readUInt16LE(end + 10);
  if (count > limits.entries) throw new BadArchive(`it has ${count} files, more than a record has`);
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  let left = limits.bytes;
  for (let entry = 0; entry < count; entry += 1) {
    if (at + 46 > end || archive.readUInt32LE(at) !== CENTRAL) throw new BadArchive('its directory is damaged');
    const flags = archive.readUInt16LE(at + 8);
    const method = archive.readUInt16LE(at + 10);
    const sum = archive.readUInt32LE(at + 16);
    const [packed, size] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    if (nameEnd > end) throw new BadArchive('its directory is damaged');
    const name = archive.toString('utf8', at + 46, nameEnd);
    if ((flags & 1) === 1) throw new BadArchive(`${printable(name)} is encrypted`);
    if (files.has(name)) throw new BadArchive(`${printable(name)} is there twice`);
    if (size > left) throw new BadArchive(`${printable(name)} would be ${size} bytes, too large for a record`);
    left -= size;
    files.set(name, content(archive, { at: archive.readUInt32LE(at + 42), method, packed, size, sum, name }));
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

// The end record is the last thing, up to a comment of 64 KB.
function endRecord(archive: Buffer): number {
  for (let at = archive.length - END_BYTES; at >= Math.max(0, archive.length - END_BYTES - 0xffff); at -= 1)
    if (archive.readUInt32LE(at) === END) return at;
  throw new BadArchive('it is not a zip file, or its end is missing');
}

interface Entry {
  readonly at: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly sum: number;
  readonly name: string;
}

function content(archive: Buffer, { at, method, packed, size, sum, name }: Entry): Buffer {
  const damaged = (): BadArchive => new BadArchive(`${printable(name)} cannot be unpacked`);
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== LOCAL) throw damaged();
  const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  if (start + packed > archive.length || (method !== STORED && method !== DEFLATED)) throw damaged();
  const raw = archive.subarray(start, start + packed);
  let bytes = raw;
  if (method === DEFLATED) {
    try {
      // At least 1: Node takes 0 for "no limit".
      bytes = inflateRawSync(raw, { maxOutputLength: Math.max(1, size) });
    } catch {
      throw damaged();
    }
  }
  if (bytes.length !== size || crc32(bytes) !== sum) throw damaged();
  return bytes;
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
