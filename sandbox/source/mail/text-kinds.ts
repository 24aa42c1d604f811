import { inLines } from './base64-supply.ts';
import type { Kind, Written } from './kind.ts';
import { letterAsHtml, writeLetter } from './letters.ts';
import { encodedWords, multipart, quotedPrintable, textPart } from './mime.ts';

const LONGEST_TEXT = 40_000;

/** Mail of text only, in the ways mail programs of the last 15 years wrote it. */
export const TEXT_KINDS: readonly Kind[] = [
  {
    name: 'plain text, 8bit',
    weight: 14,
    write: (draft) => ({ entity: textPart(letter(draft), 'plain', '8bit') }),
  },
  {
    name: 'plain text, quoted-printable',
    weight: 10,
    write: (draft) => ({ entity: textPart(letter(draft), 'plain', 'quoted-printable') }),
  },
  {
    name: 'html only, base64',
    weight: 5,
    write: (draft) => ({ entity: textPart(letterAsHtml(letter(draft)), 'html', 'base64') }),
  },
  {
    name: 'text and html',
    weight: 18,
    write: (draft) => {
      const text = writeLetter(draft.random, Math.min(draft.bytes / 2, LONGEST_TEXT));
      return {
        entity: multipart('alternative', draft.boundary(), [
          textPart(text, 'plain', 'quoted-printable'),
          textPart(letterAsHtml(text), 'html', 'quoted-printable'),
        ]),
      };
    },
  },
  {
    name: 'newsletter',
    weight: 4,
    write: (draft) => ({
      entity: textPart(letterAsHtml(letter(draft)), 'html', 'quoted-printable'),
      headers: [
        'List-Id: Neuigkeiten <news.lists.example.com>',
        'List-Unsubscribe: <mailto:leave@lists.example.com>',
        'Precedence: bulk',
        'Importance: low',
      ],
    }),
  },
  {
    name: 'urgent, with many recipients and references',
    weight: 1,
    write: (draft) => ({
      entity: textPart(letter(draft), 'plain', '8bit'),
      headers: [
        `Cc: ${Array.from({ length: 120 }, (_, n) => `${encodedWords(`Verteiler Süd ${n}`, 'Q')} <team-${n}@example.org>`).join(',\r\n ')}`,
        `References: ${Array.from({ length: 200 }, (_, n) => `<thread-${n}@example.com>`).join('\r\n ')}`,
        'X-Priority: 1',
        'Importance: high',
        'Disposition-Notification-To: operator-a@example.com',
      ],
    }),
  },
  { name: 'ISO-8859-1', weight: 2, write: (draft) => inCharset('ISO-8859-1', latin(writeLetter(draft.random, 500))) },
  {
    name: 'windows-1252 with curly quotes and euro sign',
    weight: 2,
    write: () =>
      inCharset('windows-1252', Buffer.from('\x93Gr\xf6\xdfe\x94 \x96 Preis 12,50 \x80\r\n', 'latin1'), 'Preise'),
  },
  {
    name: 'ISO-2022-JP',
    weight: 1,
    write: () =>
      inCharset(
        'ISO-2022-JP',
        Buffer.from('1b24423c213273244e32713544244f36624d4b467c244e3d3d3b7e242b24692447243921231b28420d0a', 'hex'),
        `=?ISO-2022-JP?B?${Buffer.from('1b2442244a434e2469243b212732713544244e467c44781b2842', 'hex').toString('base64')}?=`,
        '7bit',
      ),
  },
  {
    name: 'GB2312',
    weight: 1,
    write: () =>
      inCharset(
        'GB2312',
        Buffer.from('c7ebb2e9cad5b8bdbcfed6d0b5c4b7a2c6b1a3acd0bbd0bba1a30d0a', 'hex'),
        `=?GB2312?B?${Buffer.from('b9d8d3dabacfcdacb5c4cda8d6aa', 'hex').toString('base64')}?=`,
      ),
  },
  {
    name: 'UTF-7',
    weight: 0.5,
    write: () =>
      inCharset('utf-7', Buffer.from('Gr+APYA3w-e ge+AOQ-ndert: Pr+APw-fbericht\r\n'), 'Pruefbericht', '7bit'),
  },
  {
    name: 'charset nobody knows',
    weight: 0.5,
    write: () => inCharset('x-unknown-8bit', Buffer.from('Gr\xf6\xdfe\r\n', 'latin1'), 'Unbekannt'),
  },
  {
    name: 'raw emoji in body and subject',
    weight: 1,
    write: (draft) => ({
      entity: textPart(`Alles gut 🎉👩‍💻🇨🇭\r\n${writeLetter(draft.random, 200)}`, 'plain', '8bit'),
      envelope: { Subject: 'Geschafft 🎉 👍🏽' },
    }),
  },
  {
    name: 'raw Latin-1 subject',
    weight: 1,
    write: (draft) => ({
      entity: textPart(writeLetter(draft.random, 300), 'plain', '8bit'),
      envelope: { Subject: null },
      rawHeaders: Buffer.from('Subject: \xdcbergabe der Schl\xfcssel\r\n', 'latin1'),
    }),
  },
  {
    name: 'one line of 20,000 characters',
    weight: 0.5,
    write: () => ({
      entity: {
        headers: ['Content-Type: text/plain; charset=us-ascii'],
        body: Buffer.from(`${'long line without end '.repeat(910)}\r\n`),
      },
    }),
  },
];

function letter(draft: Parameters<Kind['write']>[0]): string {
  return writeLetter(draft.random, Math.min(draft.bytes, LONGEST_TEXT));
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function inCharset(charset: string, text: Buffer, subject?: string, encoding = 'quoted-printable'): Written {
  const body = encoding === 'quoted-printable' ? quotedPrintable(text) : encoding === 'base64' ? inLines(text) : text;
  return {
    entity: {
      headers: [`Content-Type: text/plain; charset=${charset}`, `Content-Transfer-Encoding: ${encoding}`],
      body,
    },
    ...(subject === undefined ? {} : { envelope: { Subject: subject } }),
  };
}
