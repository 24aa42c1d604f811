import { inLines } from './base64-supply.ts';
import type { Draft, Kind } from './kind.ts';
import { letterAsHtml, pickFileName, writeLetter } from './letters.ts';
import { binaryPart, encodedWords, multipart, rfc2231, textPart } from './mime.ts';
import type { Entity } from './mime.ts';
import { tinyPng } from './tiny-png.ts';

/** Mail with attachments; these take whatever size is asked for. */
export const ATTACHMENT_KINDS: readonly Kind[] = [
  {
    name: 'attachment with an RFC 2231 name',
    weight: 12,
    grows: true,
    write: (draft) => ({
      entity: multipart('mixed', draft.boundary(), [
        body(draft),
        attachment(draft, binaryBytes(draft.bytes), (name) => `attachment;\r\n ${rfc2231('filename', name)}`),
      ]),
    }),
  },
  {
    name: 'attachment with an encoded word as name',
    weight: 4,
    grows: true,
    write: (draft) => ({
      entity: multipart('mixed', draft.boundary(), [
        body(draft),
        attachment(draft, binaryBytes(draft.bytes), (name) => `attachment;\r\n filename="${encodedWords(name)}"`),
      ]),
    }),
  },
  {
    name: 'three attachments, two of the same name',
    weight: 4,
    grows: true,
    write: (draft) => {
      const third = binaryBytes(draft.bytes) / 3;
      return {
        entity: multipart('mixed', draft.boundary(), [
          multipart('alternative', draft.boundary(), [
            body(draft),
            textPart(letterAsHtml(writeLetter(draft.random, 300)), 'html', 'quoted-printable'),
          ]),
          attachment(draft, third, scanDisposition),
          attachment(draft, third, scanDisposition),
          attachment(draft, third, (name) => `attachment; ${rfc2231('filename', name)}`),
        ]),
      };
    },
  },
  {
    name: 'inline image and attachment',
    weight: 4,
    grows: true,
    write: (draft) => ({
      entity: multipart('mixed', draft.boundary(), [
        related(draft),
        attachment(draft, binaryBytes(draft.bytes), (name) => `attachment;\r\n ${rfc2231('filename', name)}`),
      ]),
    }),
  },
  { name: 'inline image', weight: 8, write: (draft) => ({ entity: related(draft) }) },
  {
    name: 'winmail.dat',
    weight: 0.5,
    write: (draft) => ({
      entity: multipart('mixed', draft.boundary(), [
        body(draft),
        // A TNEF stream begins with its signature and a key (MS-OXTNEF, 2.1.3).
        binaryPart(
          'application/ms-tnef; name="winmail.dat"',
          'attachment; filename="winmail.dat"',
          inLines(Buffer.from('789f3e220100010690080004000000000001000100010790060008000000', 'hex')),
        ),
      ]),
    }),
  },
];

function scanDisposition(): string {
  return 'attachment; filename="scan.pdf"';
}

function binaryBytes(bytes: number): number {
  return Math.max(20, Math.floor((bytes - 1500) * 0.73));
}

function body(draft: Draft): Entity {
  return textPart(writeLetter(draft.random, 400), 'plain', 'quoted-printable');
}

function attachment(draft: Draft, bytes: number, disposition: (name: string) => string): Entity {
  const type = draft.random.pick(['application/pdf', 'application/octet-stream', 'image/jpeg', 'application/zip']);
  return binaryPart(type, disposition(pickFileName(draft.random)), draft.supply.take(Math.floor(bytes)));
}

/** HTML with its picture beside it (RFC 2387). */
function related(draft: Draft): Entity {
  const { random } = draft;
  const id = `logo-${random.whole(1, 1e9)}@contoso.example`;
  const picture = tinyPng(random.whole(0, 255), random.whole(0, 255), random.whole(0, 255));
  return multipart('related', draft.boundary(), [
    textPart(letterAsHtml(writeLetter(random, Math.min(draft.bytes, 10_000)), id), 'html', 'quoted-printable'),
    binaryPart('image/png; name="logo.png"', 'inline; filename="logo.png"', inLines(picture), [`Content-ID: <${id}>`]),
  ]);
}
