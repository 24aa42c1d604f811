import type { Draft, Envelope, Kind, Written } from './kind.ts';
import { writeLetter } from './letters.ts';
import { multipart, textPart } from './mime.ts';
import type { Entity } from './mime.ts';

/** Mail that is broken or strange, as every old mailbox holds it. */
export const ODD_KINDS: readonly Kind[] = [
  odd('no Message-ID', 3, { 'Message-ID': null }),
  odd('no Date', 1, { Date: null }),
  odd('broken Date', 1, { Date: 'Foo, 99 Bar 20x5 99:99:99 +9999' }),
  odd('Date in the future', 1, { Date: 'Sat, 01 Jan 2099 12:00:00 +0000' }),
  odd('Date of 1969', 0.5, { Date: 'Wed, 31 Dec 1969 23:59:59 +0000' }),
  odd('Date with a named zone and no day', 1, { Date: '7 Mar 2011 09:08 EST' }),
  odd('no From', 0.5, { From: null }),
  odd('no Subject', 2, { Subject: null }),
  odd('empty Subject', 1, { Subject: '' }),
  odd('no To', 1, { To: null }),
  odd('undisclosed recipients', 1, { To: 'undisclosed-recipients:;' }),
  odd('subject of 400 characters', 0.5, { Subject: 'Sehr lang '.repeat(40).trim() }),
  {
    name: 'empty body',
    weight: 2,
    write: () => ({ entity: { headers: ['Content-Type: text/plain; charset=us-ascii'], body: Buffer.alloc(0) } }),
  },
  {
    name: 'no content type',
    weight: 1,
    write: () => ({ entity: { headers: [], body: Buffer.from('Just seven bits.\r\n') } }),
  },
  {
    name: 'no header at all',
    weight: 0.5,
    write: (draft) => ({
      entity: text(draft),
      raw: Buffer.from(`\r\nOnly a body, number ${draft.random.whole(1, 1e9)}.\r\n`),
    }),
  },
  {
    name: 'header without body or empty line',
    weight: 0.5,
    write: (draft) => ({
      entity: text(draft),
      raw: Buffer.from(`X-Owner: ${draft.owner}\r\nSubject: Kopf ohne Rumpf ${draft.random.whole(1, 1e9)}\r\n`),
    }),
  },
  {
    name: 'multipart without its closing boundary',
    weight: 0.5,
    write: (draft) => {
      const whole = multipart('mixed', draft.boundary(), [text(draft)]);
      return { entity: { headers: whole.headers, body: whole.body.subarray(0, whole.body.lastIndexOf('--', -6)) } };
    },
  },
  {
    name: 'multipart in forty levels',
    weight: 0.3,
    write: (draft) => {
      let entity: Entity = text(draft);
      for (let level = 0; level < 40; level += 1) entity = multipart('mixed', draft.boundary(), [entity]);
      return { entity };
    },
  },
  {
    name: 'broken base64',
    weight: 0.5,
    write: () => ({
      entity: {
        headers: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
        body: Buffer.from('R3L2w59l!!!\r\n*Gs\r\n='),
      },
    }),
  },
  {
    name: 'raw UTF-8 in From and To',
    weight: 1,
    write: (draft) => ({
      entity: text(draft),
      envelope: { From: 'Büro Köln <buero@example.com>', To: '"Müll; Recycling" <abfall@example.org>' },
    }),
  },
  {
    name: 'text that looks like an mbox',
    weight: 1,
    write: () => ({
      entity: textPart(
        'From here on it is different.\r\n\r\nFrom nobody Mon Jan  1 00:00:00 2001\r\n.\r\n..\r\n',
        'plain',
        '8bit',
      ),
    }),
  },
];

function odd(name: string, weight: number, envelope: Envelope): Kind {
  return { name, weight, write: (draft): Written => ({ entity: text(draft), envelope }) };
}

function text(draft: Draft): Entity {
  return textPart(writeLetter(draft.random, 300), 'plain', '8bit');
}
