import { expect, test } from 'vitest';
import { type AppendReason, appendObstacle, routeMessage } from '../../src/engine/domain/route-message.ts';

const mail = (...lines: readonly string[]): Buffer => Buffer.from(['Subject: s', ...lines, ''].join('\r\n'), 'latin1');

test.each<[title: string, raw: Buffer, reason: AppendReason | undefined]>([
  ['plain text', mail('Content-Type: text/plain', '', 'hello'), undefined],
  ['no headers at all', Buffer.from('hello'), undefined],
  ['S/MIME signed', mail('content-type: multipart/signed; boundary=b', '', '--b--'), 'signed'],
  ['signed, with its type on the next line', mail('Content-Type:', ' Multipart/Signed; boundary=b', ''), 'signed'],
  ['signed within a list footer', mail('Content-Type: multipart/mixed; boundary=a', '', '--a', 'Content-Type: multipart/signed; boundary=b', ''), 'signed'],
  ['PGP encrypted', mail('Content-Type: multipart/encrypted; boundary=b', ''), 'encrypted'],
  ['S/MIME opaque', mail('Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data', ''), 'encrypted'],
  ['a detached signature that is only an attachment', mail('Content-Type: application/pkcs7-signature', ''), undefined],
  ['an invitation', mail('Content-Type: text/calendar; method=REQUEST', ''), 'invitation'],
  ['a message within', mail('Content-Type: multipart/mixed; boundary=a', '', '--a', 'Content-Type: message/rfc822', ''), 'nested-message'],
  ['another header that ends alike', mail('X-Content-Type: multipart/signed', ''), undefined],
  ['a type that only begins alike', mail('Content-Type: text/calendars', ''), undefined],
  ['the words in another header', mail('X: Content-Type: message/rfc822', ''), undefined],
  ['shouted', mail('CONTENT-TYPE: MULTIPART/SIGNED', ''), 'signed'],
  ['exactly 3 MB', Buffer.alloc(3_000_000, 'x'), undefined],
  ['more than 3 MB', Buffer.alloc(3_000_001, 'x'), 'large'],
])('%s: %#', (_, raw, reason) => {
  expect(routeMessage(raw)).toBe(reason);
}); // prettier-ignore

test.each<[title: string, raw: Buffer, obstacle: string | undefined]>([
  ['plain', mail('', 'hello'), undefined],
  ['8-bit body', mail('', 'gr\u00fc\u00dfe'), undefined],
  ['8-bit headers', mail('X: \u00fc', '', 'hello'), 'its headers are not ASCII'],
  ['NUL', mail('', 'a\0b'), 'it contains NUL'],
  ['a line of 9,900', mail('', 'x'.repeat(9899)), undefined],
  ['a longer line', mail('', 'x'.repeat(9901)), 'it has very long lines'],
  ['a longer last line without end', Buffer.from('x'.repeat(9901)), 'it has very long lines'],
  ['a bare line feed', Buffer.from('Subject: s\r\n\r\na\nb\r\n'), 'it has bare line feeds'],
  ['a line feed at the very start', Buffer.from('\nSubject: s\r\n'), 'it has bare line feeds'],
  ['nothing', Buffer.alloc(0), 'it is empty'],
])('what Exchange refuses is known before: %s', (_, raw, obstacle) => {
  expect(appendObstacle(raw)).toBe(obstacle);
});
