import type { DnsQuestion, DnsRecord, DnsType } from '../engine/domain/dns-records.ts';
import { dnsName } from '../engine/domain/dns-records.ts';

/** Type numbers of RFC 1035 section 3.2.2 and RFC 3596. */
const TYPE_NUMBER: Readonly<Record<DnsType, number>> = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 };
const TYPE_NAME: ReadonlyMap<number, DnsType> = new Map(
  Object.entries(TYPE_NUMBER).map(([name, number]) => [number, name as DnsType]),
);
const CLASS_IN = 1;
const HEADER = 12;
const LONGEST_NAME = 255;
/** TTLs with the highest bit set count as zero (RFC 2181 section 8). */
const HIGHEST_TTL = 0x7f_ff_ff_ff;

export interface DnsReply {
  readonly id: number;
  readonly question: DnsQuestion | undefined;
  readonly truncated: boolean;
  readonly authoritative: boolean;
  /** 0 is an answer, 3 is "no such name"; RFC 1035 section 4.1.1. */
  readonly code: number;
  readonly records: readonly DnsRecord[];
}

/** A query of one question. Throws RangeError for names DNS cannot carry. */
export function encodeQuery(id: number, { name, type }: DnsQuestion, recursion: boolean): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(recursion ? 0x01_00 : 0, 2);
  header.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(TYPE_NUMBER[type], 0);
  tail.writeUInt16BE(CLASS_IN, 2);
  return Buffer.concat([header, encodeName(name), tail]);
}

function encodeName(name: string): Buffer {
  const labels = dnsName(name).split('.');
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, 'latin1');
    if (bytes.length === 0 || bytes.length > 63 || !/^[\x21-\x7e]+$/.test(label))
      throw new RangeError('a label is empty, too long or not ASCII');
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  const whole = Buffer.concat([...parts, Buffer.of(0)]);
  if (whole.length > LONGEST_NAME) throw new RangeError('a name is too long');
  return whole;
}

/** Reads a reply. Throws RangeError for whatever is not one; records of other types are passed over. */
export function decodeReply(bytes: Buffer): DnsReply {
  const flags = bytes.readUInt16BE(2);
  if ((flags & 0x80_00) === 0) throw new RangeError('not a reply');
  const questions = bytes.readUInt16BE(4);
  if (questions > 1) throw new RangeError('more than one question');
  let at = HEADER;
  let question: DnsQuestion | undefined;
  if (questions === 1) {
    const name = readName(bytes, at);
    const type = TYPE_NAME.get(bytes.readUInt16BE(name.end));
    question = type === undefined ? undefined : { name: name.text, type };
    at = name.end + 4;
  }
  const truncated = (flags & 0x02_00) !== 0;
  const count = truncated ? 0 : bytes.readUInt16BE(6);
  const records: DnsRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const { record, end } = readRecord(bytes, at);
    if (record !== undefined) records.push(record);
    at = end;
  }
  return {
    id: bytes.readUInt16BE(0),
    ...{ question, truncated, records },
    authoritative: (flags & 0x04_00) !== 0,
    code: flags & 0x0f,
  };
}

function readRecord(bytes: Buffer, start: number): { readonly record: DnsRecord | undefined; readonly end: number } {
  const at = readName(bytes, start).end;
  const type = TYPE_NAME.get(bytes.readUInt16BE(at));
  const isInternet = bytes.readUInt16BE(at + 2) === CLASS_IN;
  const wire = bytes.readUInt32BE(at + 4);
  const from = at + 10;
  const end = from + bytes.readUInt16BE(at + 8);
  if (end > bytes.length) throw new RangeError('a record is cut');
  if (type === undefined || !isInternet) return { record: undefined, end };
  const ttl = wire > HIGHEST_TTL ? 0 : wire;
  return { record: { type, ttl, ...readData(bytes, type, from, end) }, end };
}

function readData(bytes: Buffer, type: DnsType, from: number, end: number): Pick<DnsRecord, 'value' | 'preference'> {
  const data = bytes.subarray(from, end);
  switch (type) {
    case 'A':
      if (data.length !== 4) throw new RangeError('an address is cut');
      return { value: data.join('.') };
    case 'AAAA':
      if (data.length !== 16) throw new RangeError('an address is cut');
      return { value: (data.toString('hex').match(/.{4}/g) ?? []).join(':') };
    case 'MX':
      return { preference: data.readUInt16BE(0), value: readName(bytes, from + 2).text };
    case 'TXT':
      return { value: readStrings(data) };
    case 'CNAME':
    case 'NS':
      return { value: readName(bytes, from).text };
  }
}

// The strings of one TXT record are one text, joined without anything between (RFC 7208 section 3.3).
function readStrings(data: Buffer): string {
  let text = '';
  for (let at = 0; at < data.length;) {
    const end = at + 1 + data.readUInt8(at);
    if (end > data.length) throw new RangeError('a text is cut');
    text += data.toString('latin1', at + 1, end);
    at = end;
  }
  return text;
}

// Pointers lead backwards only (RFC 1035 section 4.1.4): a name that leads into itself ends here.
function readName(bytes: Buffer, start: number): { readonly text: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let lowest = start;
  let end: number | undefined;
  let length = 0;
  for (;;) {
    const size = bytes.readUInt8(at);
    if (size === 0) return { text: labels.join('.').toLowerCase(), end: end ?? at + 1 };
    if ((size & 0xc0) === 0xc0) {
      end ??= at + 2;
      at = bytes.readUInt16BE(at) & 0x3f_ff;
      if (at >= lowest) throw new RangeError('a name leads into itself');
      lowest = at;
      continue;
    }
    if (size > 63 || at + 1 + size > bytes.length) throw new RangeError('a label is cut');
    length += size + 1;
    if (length > LONGEST_NAME) throw new RangeError('a name is too long');
    labels.push(bytes.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
}
