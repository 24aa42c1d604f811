import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** 1 January 1980, the first day a zip can name: the same files make the same zip on every day. */
const FIRST_DAY = 0x0021;
const UTF8_NAMES = 0x0800;
const DEFLATE = 8;

/** A zip archive in memory (PKWARE APPNOTE 6.3: local headers, central directory, end record). For a few small files. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const packed = deflateRawSync(bytes, { level: 9 });
    const nameBytes = Buffer.from(name, 'utf8');
    const common = commonHeader(bytes, packed, nameBytes);
    const file = Buffer.concat([uint32(0x04034b50), common, nameBytes, packed]);
    const central = [uint32(0x02014b50), uint16(20), common, Buffer.alloc(10), uint32(offset), nameBytes];
    files.push(file);
    directory.push(Buffer.concat(central));
    offset += file.length;
  }
  const listing = Buffer.concat(directory);
  const count = uint16(entries.length);
  const end = [uint32(0x06054b50), Buffer.alloc(4), count, count, uint32(listing.length), uint32(offset), uint16(0)];
  return Buffer.concat([...files, listing, ...end]);
}

// Version, flags, method, time, date, CRC-32, both sizes, length of the name, no extra field.
function commonHeader(bytes: Buffer, packed: Buffer, name: Buffer): Buffer {
  return Buffer.concat([
    ...[uint16(20), uint16(UTF8_NAMES), uint16(DEFLATE), uint16(0), uint16(FIRST_DAY)],
    ...[uint32(crc32(bytes)), uint32(packed.length), uint32(bytes.length), uint16(name.length), uint16(0)],
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
