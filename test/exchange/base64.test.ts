import { randomBytes } from 'node:crypto';
import { assert, integer, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64Length, base64Ranges, base64Slices, decodeBase64, unfoldBase64 } from '../../src/exchange/base64.ts';

function inLines(text: string, width: number, lineEnd: string): Buffer {
  return Buffer.from((text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((line) => line + lineEnd).join(''));
}

describe('base64 as it stands in messages', () => {
  test.each([
    ['lines of 76 and CRLF', 76, '\r\n'],
    ['lines of 76 and LF', 76, '\n'],
    ['lines of 60', 60, '\r\n'],
    ['lines that are no multiple of four', 75, '\r\n'],
    ['one long line', 1_000_000, '\r\n'],
  ])('%s, longer than a slice', (_what, width, lineEnd) => {
    const bytes = randomBytes(200_001);

    expect(decodeBase64(inLines(bytes.toString('base64'), width, lineEnd)).equals(bytes)).toBe(true);
  });

  test.each([
    ['an empty line in the middle', (text: string) => `${text.slice(0, 78_000)}\r\n${text.slice(78_000)}`],
    ['a blank in a line', (text: string) => `${text.slice(0, 100)} ${text.slice(100)}`],
    ['junk in a line', (text: string) => `${text.slice(0, 100)}*!${text.slice(100)}`],
    ['no line end at the end', (text: string) => text.trimEnd()],
    ['a shorter line in between', (text: string) => `${text.slice(0, 780)}\r\n${text.slice(780)}`],
  ])('%s changes nothing', (_what, spoil) => {
    const bytes = randomBytes(150_000);
    const text = inLines(bytes.toString('base64'), 76, '\r\n').toString();

    expect(decodeBase64(Buffer.from(spoil(text))).equals(bytes)).toBe(true);
  });

  test('any range of it is what lies there in the whole', () => {
    assert(
      property(
        uint8Array({ minLength: 1, maxLength: 5000 }),
        integer({ min: 1, max: 30 }),
        integer({ min: 0, max: 5000 }),
        integer({ min: 0, max: 5000 }),
        (array, quads, one, other) => {
          const bytes = Buffer.from(array);
          const ranges = base64Ranges(inLines(bytes.toString('base64'), quads * 4, '\r\n'));
          const start = Math.min(one, other, bytes.length);
          const end = Math.min(Math.max(one, other), bytes.length);
          expect(ranges?.length).toBe(bytes.length);
          expect(ranges?.slice(start, end).equals(bytes.subarray(start, end))).toBe(true);
        },
      ),
    );
  });

  test('a large one is read range by range, as an upload session wants it', () => {
    const bytes = randomBytes(1_000_003);
    const ranges = base64Ranges(inLines(bytes.toString('base64'), 76, '\r\n'));
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 327_680)
      parts.push(Buffer.from(ranges?.slice(at, Math.min(at + 327_680, bytes.length)) ?? []));

    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  test.each([
    ['a blank in a line', (text: string) => `${text.slice(0, 100)} ${text.slice(100)}`],
    ['junk instead of a character', (text: string) => `${text.slice(0, 100)}*${text.slice(101)}`],
    ['an empty line in the middle', (text: string) => `${text.slice(0, 78_000)}\r\n${text.slice(78_000)}`],
    ['padding in the middle', (text: string) => `${text.slice(0, 74)}==${text.slice(76)}`],
    ['a short line near its end', (text: string) => `${text.slice(0, -700)}\r\n${text.slice(-700)}`],
    ['padding near its end', (text: string) => `${text.slice(0, -160)}=${text.slice(-159)}`],
    ['one long line', (text: string) => `${text.replaceAll('\r\n', '')}\r\n`],
  ])('%s has no ranges', (_what, spoil) => {
    const text = inLines(randomBytes(150_000).toString('base64'), 76, '\r\n').toString();

    expect(base64Ranges(Buffer.from(spoil(text)))).toBeUndefined();
  });

  test.each([
    ['as it is', (text: string) => text],
    ['without its last line end', (text: string) => text.trimEnd()],
    ['with LF', (text: string) => text.replaceAll('\r', '')],
    ['with bits that say nothing', (text: string) => text.replace(/.==\s*$/, 'B==\r\n')],
    ['with junk in its last line', (text: string) => text.replace(/(.)==\s*$/, '*$1==\r\n')],
  ])('%s, it is unfolded to what encoding it again gives', (_what, spoil) => {
    const encoded = Buffer.from(spoil(inLines(randomBytes(150_001).toString('base64'), 76, '\r\n').toString()));

    expect(Buffer.concat([...(unfoldBase64(encoded) ?? [])]).toString()).toBe(decodeBase64(encoded).toString('base64'));
  });

  test('what is irregular is not unfolded', () => {
    const text = inLines(randomBytes(150_001).toString('base64'), 76, '\r\n').toString();

    expect(unfoldBase64(Buffer.from(`${text.slice(0, 100)}*${text.slice(101)}`))).toBeUndefined();
    expect(unfoldBase64(Buffer.from(`${text.replaceAll('\r\n', '')}\r\n`))).toBeUndefined();
  });

  test('any bytes, any width: decoding what was encoded gives them back', () => {
    assert(
      property(uint8Array({ maxLength: 5000 }), integer({ min: 1, max: 120 }), (array, width) => {
        const bytes = Buffer.from(array);

        expect(Buffer.concat([...base64Slices(bytes)]).toString()).toBe(bytes.toString('base64'));
        expect(base64Length(bytes.length)).toBe(bytes.toString('base64').length);
        expect(decodeBase64(inLines(bytes.toString('base64'), width, '\r\n')).equals(bytes)).toBe(true);
      }),
    );
  });
});
