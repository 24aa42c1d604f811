/** A small wire codec of the sandbox' own (RFC 1035): it shares nothing with the one it is asked by. */
export type ZoneType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'TXT';

export interface ZoneRecord {
  /** Host, address or text; of MX "10 mail.example.com". */
  readonly value: string;
  readonly ttl: number;
}

const NUMBERS: readonly (readonly [ZoneType, number])[] = [
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['MX', 15],
  ['TXT', 16],
  ['AAAA', 28],
];

export interface Query {
  readonly id: number;
  readonly name: string;
  readonly type: ZoneType | undefined;
  readonly recursion: boolean;
  /** Question section as it came: repeated in the answer. */
  readonly question: Buffer;
}

export function readQuery(bytes: Buffer): Query {
  const labels: string[] = [];
  let at = 12;
  for (let size = bytes.readUInt8(at); size > 0; size = bytes.readUInt8(at)) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  const number = bytes.readUInt16BE(at + 1);
  return {
    id: bytes.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: NUMBERS.find(([, each]) => each === number)?.[0],
    recursion: (bytes.readUInt16BE(2) & 0x01_00) !== 0,
    question: bytes.subarray(12, at + 5),
  };
}

export interface Reply {
  readonly query: Query;
  readonly authoritative: boolean;
  readonly truncated?: boolean;
  /** 0 answered, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly code: number;
  readonly records: readonly (ZoneRecord & { readonly name: string; readonly type: ZoneType })[];
}

export function writeReply({ query, authoritative, truncated = false, code, records }: Reply): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(query.id, 0);
  const flags = [
    0x80_00 | code,
    authoritative ? 0x04_00 : 0,
    truncated ? 0x02_00 : 0,
    query.recursion ? 0x01_00 : 0,
    authoritative ? 0 : 0x00_80,
  ];
  header.writeUInt16BE(
    flags.reduce((all, flag) => all | flag, 0),
    2,
  );
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(truncated ? 0 : records.length, 6);
  const answers = truncated ? [] : records.map((record) => writeRecord(record, query.name));
  return Buffer.concat([header, query.question, ...answers]);
}

function writeRecord({ name, type, value, ttl }: Reply['records'][number], asked: string): Buffer {
  // The name of the question stands at offset 12: a pointer says it again.
  const owner = name === asked ? Buffer.of(0xc0, 12) : writeName(name);
  const data = writeData(type, value);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(NUMBERS.find(([each]) => each === type)?.[1] ?? 0, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function writeData(type: ZoneType, value: string): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(value.split('.').map(Number));
    case 'AAAA':
      return Buffer.from(value.replaceAll(':', ''), 'hex');
    case 'MX': {
      const [preference = '0', host = ''] = value.split(' ');
      const number = Buffer.alloc(2);
      number.writeUInt16BE(Number(preference), 0);
      return Buffer.concat([number, writeName(host)]);
    }
    case 'TXT': {
      const bytes = Buffer.from(value, 'latin1');
      const parts: Buffer[] = [];
      for (let at = 0; at < bytes.length || at === 0; at += 255) {
        const part = bytes.subarray(at, at + 255);
        parts.push(Buffer.of(part.length), part);
      }
      return Buffer.concat(parts);
    }
    case 'CNAME':
    case 'NS':
      return writeName(value);
  }
}

function writeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}
