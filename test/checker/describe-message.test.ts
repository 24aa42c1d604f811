import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeMessage } from './describe-message.ts';
import type { MessageFacts } from './describe-message.ts';

function facts(...lines: readonly string[]): MessageFacts {
  return describeMessage(Buffer.from(lines.join('\r\n'), 'latin1'));
}

describe('what the checker reads in a message', () => {
  test.each([
    ['plain', 'Subject: Hello', 'Hello'],
    ['folded', 'Subject: Hello\r\n  World', 'Hello World'],
    [
      'base64 words split inside a character',
      'Subject: =?UTF-8?B?R3LDtg==?=\r\n =?utf-8?B?w58=?= =?utf-8?Q?e?=',
      'Größe',
    ],
    ['Q with underscores', 'Subject: =?ISO-8859-1?Q?Gr=F6=DFe_XL?=', 'Größe XL'],
    ['ISO-2022-JP', 'Subject: =?ISO-2022-JP?B?GyRCJCokQyRpJDsbKEI=?=', 'おっらせ'],
    ['raw Latin-1', 'Subject: Gr\xf6\xdfe', 'Größe'],
    ['raw UTF-8', 'Subject: Gr\xc3\xb6\xc3\x9fe', 'Größe'],
    ['none', 'X-Other: 1', undefined],
  ])('subject, %s', (_, header, subject) => {
    expect(facts(header, '', 'x').subject).toBe(subject);
  });

  test.each([
    ['day and zone', 'Tue, 03 Mar 2015 10:15:00 +0100', '2015-03-03T09:15:00Z'],
    ['no day name', '3 Mar 2015 10:15:00 -0500', '2015-03-03T15:15:00Z'],
    ['nonsense', 'Foo, 99 Bar 20x5 99:99:99 +9999', undefined],
    ['before 1970', 'Wed, 31 Dec 1969 23:59:59 +0000', undefined],
  ])('date, %s', (_, date, expected) => {
    expect(facts(`Date: ${date}`, '', 'x').date).toBe(expected === undefined ? undefined : Date.parse(expected) / 1000);
  });

  test.each([
    ['name and address', '"Team, J" <J@Example.com>', 'j@example.com'],
    ['bare', 'j@example.com', 'j@example.com'],
    ['two', 'a@example.com, b@example.com', undefined],
    ['an address in the name', '"x@y.example" <j@example.com>', 'j@example.com'],
  ])('sender, %s', (_, from, expected) => {
    expect(facts(`From: ${from}`, '', 'x').from).toBe(expected);
  });

  test('bodies and attachments of nested parts', () => {
    const found = facts(
      'Content-Type: multipart/mixed; boundary="a b"', '', 'preamble', '--a b',
      'Content-Type: multipart/alternative; boundary=inner', '', '--inner', 'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable', '', 'Hello=20Gr=C3=B6=', '=C3=9Fe', '--inner',
      'Content-Type: text/html', '', '<head><title>no</title></head><p>Hello&nbsp;<b>W</b>orld</p>', '--inner--', '', '--a b',
      'Content-Type: application/pdf', 'Content-Transfer-Encoding: base64', 'Content-Disposition: attachment; filename=x.pdf', '', 'AAEC', 'Aw==', '--a b',
      'Content-Type: message/rfc822', '', 'Subject: inner', '', 'text', '--a b--', 'epilogue',
    ); // prettier-ignore

    expect(found.texts).toEqual(['HelloGre', 'HelloWorld']);
    expect(found.innerMessages).toBe(1);
    expect(found.parts.filter(({ isRequired }) => isRequired)).toEqual([
      {
        type: 'application/pdf',
        size: 4,
        isRequired: true,
        hash: createHash('sha256')
          .update(Buffer.of(0, 1, 2, 3))
          .digest('hex'),
      },
    ]);
  });

  test('a message without header, and one that is nothing but header', () => {
    expect(facts('', 'Only a body')).toMatchObject({ subject: undefined, texts: ['Onlyabody'] });
    expect(facts('Subject: all', 'X-Owner: me')).toMatchObject({ subject: 'all', owner: 'me', texts: [] });
  });
});
