import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeReply, encodeQuery } from '../../src/dns/dns-wire.ts';

/** A reply to "MX example.com" with one record of these bytes. */
function replyWith(record: Buffer, flags = 0x84_00, answers = 1): Buffer {
  const query = encodeQuery(7, { name: 'example.com', type: 'MX' }, false);
  query.writeUInt16BE(flags, 2);
  query.writeUInt16BE(answers, 6);
  return Buffer.concat([query, record]);
}

function record(owner: Buffer, data: Buffer, length = data.length): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(15, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(300, 4);
  fixed.writeUInt16BE(length, 8);
  return Buffer.concat([owner, fixed, data]);
}

const POINTER = Buffer.of(0xc0, 12);

test('names with pointers are read', () => {
  const data = Buffer.concat([Buffer.of(0, 10, 4), Buffer.from('mail'), POINTER]);

  expect(decodeReply(replyWith(record(POINTER, data)))).toEqual({
    id: 7,
    question: { name: 'example.com', type: 'MX' },
    truncated: false,
    authoritative: true,
    code: 0,
    records: [{ type: 'MX', ttl: 300, preference: 10, value: 'mail.example.com' }],
  });
});

test.each([
  ['a pointer to itself', record(Buffer.of(0xc0, 29), Buffer.of(0, 10, 0))],
  ['a pointer forward', record(Buffer.of(0xc0, 200), Buffer.of(0, 10, 0))],
  ['a record longer than the message', record(POINTER, Buffer.of(0, 10, 0), 60_000)],
  ['a label longer than the message', record(POINTER, Buffer.concat([Buffer.of(0, 10, 63), Buffer.from('x')]))],
  ['a label of a reserved kind', record(POINTER, Buffer.of(0, 10, 0x80, 0))],
  ['no record where one is announced', Buffer.alloc(0)],
])('%s is refused', (_what, bytes) => {
  expect(() => decodeReply(replyWith(bytes))).toThrow(RangeError);
});

test('a query is no reply', () => {
  expect(() => decodeReply(replyWith(Buffer.alloc(0), 0, 0))).toThrow(RangeError);
});

test('whatever bytes come, reading ends, with a reply or with a RangeError', () => {
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = randomBytes(12 + (round % 80));
    bytes.writeUInt16BE(0x84_00, 2);
    bytes.writeUInt16BE(round % 2, 4);
    try {
      decodeReply(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
});

test.each(['', 'a..b', `${'x'.repeat(64)}.com`, 'münchen.de', Array(130).fill('ab').join('.'), 'a b.com'])(
  'the name "%s" is not sent',
  (name) => {
    expect(() => encodeQuery(1, { name, type: 'MX' }, true)).toThrow(RangeError);
  },
);
