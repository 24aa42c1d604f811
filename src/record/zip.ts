import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A file in an archive: sizes in bytes, `offset` of its local header. */
export interface PackedEntry {
  readonly nameBytes: Buffer;
  readonly bytes: number;
  readonly crc: number;
  readonly packed: number;
  readonly offset: number;
}

/** 1 January 1980, the first day a zip can name: the same files make the same zip on every day. */
const FIRST_DAY = 0x0021;
const UTF8_NAMES = 0x0800;
const DEFLATE = 8;

/** A zip archive in memory (PKWARE APPNOTE 6.3: local headers, central directory, end record). For a few small files. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const packed: PackedEntry[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const data = deflateRawSync(bytes, { level: 9 });
    const nameBytes = Buffer.from(name, 'utf8');
    const entry = { nameBytes, bytes: bytes.length, crc: crc32(bytes), packed: data.length, offset };
    const file = Buffer.concat([localHeader(entry), data]);
    files.push(file);
    packed.push(entry);
    offset += file.length;
  }
  const listing = Buffer.concat(packed.map(centralHeader));
  return Buffer.concat([...files, listing, endRecord(entries.length, listing.length, offset)]);
}

/** What stands before the data of a file. */
export function localHeader(entry: PackedEntry): Buffer {
  return Buffer.concat([uint32(0x04034b50), commonHeader(entry), entry.nameBytes]);
}

/** How a file stands in the directory of the archive. */
export function centralHeader(entry: PackedEntry): Buffer {
  const { nameBytes, offset } = entry;
  return Buffer.concat([
    uint32(0x02014b50),
    uint16(20),
    commonHeader(entry),
    Buffer.alloc(10),
    uint32(offset),
    nameBytes,
  ]);
}

/** The end of an archive: how many files, and where their directory is. */
export function endRecord(files: number, bytes: number, offset: number): Buffer {
  const count = uint16(files);
  return Buffer.concat([uint32(0x06054b50), Buffer.alloc(4), count, count, uint32(bytes), uint32(offset), uint16(0)]);
}

// Version, flags, method, time, date, CRC-32, both sizes, length of the name, no extra field.
function commonHeader({ nameBytes, bytes, crc, packed }: PackedEntry): Buffer {
  return Buffer.concat([
    ...[uint16(20), uint16(UTF8_NAMES), uint16(DEFLATE), uint16(0), uint16(FIRST_DAY)],
    ...[uint32(crc), uint32(packed), uint32(bytes), uint16(nameBytes.length), uint16(0)],
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
