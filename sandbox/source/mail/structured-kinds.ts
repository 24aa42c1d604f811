import { inLines } from './base64-supply.ts';
import type { Draft, Kind } from './kind.ts';
import { writeLetter } from './letters.ts';
import { binaryPart, multipart, serialize, textPart } from './mime.ts';
import type { Entity } from './mime.ts';

/** Mail whose structure means something: signatures, invitations, reports, messages in messages. */
export const STRUCTURED_KINDS: readonly Kind[] = [
  {
    name: 'invitation',
    weight: 2,
    write: (draft) => ({
      entity: multipart('alternative', draft.boundary(), [
        textPart('Einladung zur Besprechung\r\n', 'plain', '8bit'),
        calendarPart(draft),
      ]),
    }),
  },
  {
    name: 'S/MIME signed',
    weight: 2,
    grows: true,
    write: (draft) => {
      const content = withAttachment(draft);
      const signature = binaryPart(
        'application/pkcs7-signature; name="smime.p7s"',
        'attachment; filename="smime.p7s"',
        inLines(draft.sign(serialize(content))),
      );
      const type = 'signed; protocol="application/pkcs7-signature"; micalg=sha-256';
      return { entity: multipart(type, draft.boundary(), [content, signature]) };
    },
  },
  {
    name: 'S/MIME encrypted',
    weight: 1,
    write: (draft) => ({
      entity: binaryPart(
        'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
        'attachment; filename="smime.p7m"',
        draft.supply.take(2000),
      ),
    }),
  },
  {
    name: 'PGP/MIME encrypted',
    weight: 1,
    write: (draft) => ({
      entity: multipart('encrypted; protocol="application/pgp-encrypted"', draft.boundary(), [
        { headers: ['Content-Type: application/pgp-encrypted'], body: Buffer.from('Version: 1\r\n') },
        {
          headers: ['Content-Type: application/octet-stream; name="encrypted.asc"'],
          body: armour('MESSAGE', draft.supply.take(1500)),
        },
      ]),
    }),
  },
  {
    name: 'PGP/MIME signed',
    weight: 1,
    write: (draft) => ({
      entity: multipart('signed; micalg=pgp-sha256; protocol="application/pgp-signature"', draft.boundary(), [
        textPart(writeLetter(draft.random, 500), 'plain', 'quoted-printable'),
        {
          headers: ['Content-Type: application/pgp-signature; name="signature.asc"'],
          body: armour('SIGNATURE', draft.supply.take(300)),
        },
      ]),
    }),
  },
  {
    name: 'message in a message',
    weight: 3,
    grows: true,
    write: (draft) => {
      const inner = [
        'From: Kundendienst <kundendienst@example.org>',
        'To: operator-a@example.com',
        'Subject: =?UTF-8?Q?Urspr=C3=BCngliche_Anfrage?=',
        'Date: Tue, 03 Mar 2015 10:15:00 +0100',
        `Message-ID: <inner-${draft.random.whole(1, 1e9)}@example.org>`,
        'MIME-Version: 1.0',
      ];
      const content = withAttachment(draft);
      const message = serialize({ headers: [...inner, ...content.headers], body: content.body });
      return {
        entity: multipart('mixed', draft.boundary(), [
          textPart('Zur Kenntnis.\r\n', 'plain', '8bit'),
          { headers: ['Content-Type: message/rfc822', 'Content-Disposition: attachment'], body: message },
        ]),
      };
    },
  },
  {
    name: 'delivery status',
    weight: 2,
    write: (draft) => ({
      entity: multipart('report; report-type=delivery-status', draft.boundary(), [
        textPart('Your message could not be delivered.\r\n', 'plain', '8bit'),
        {
          headers: ['Content-Type: message/delivery-status'],
          body: Buffer.from(
            'Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n',
          ),
        },
        {
          headers: ['Content-Type: text/rfc822-headers'],
          body: Buffer.from(`Subject: Angebot\r\nMessage-ID: <lost-${draft.random.whole(1, 1e9)}@contoso.example>\r\n`),
        },
      ]),
      envelope: {
        From: 'Mail Delivery System <mailer-daemon@mx.example.com>',
        Subject: 'Undelivered Mail Returned to Sender',
      },
      headers: ['Auto-Submitted: auto-replied'],
    }),
  },
];

function withAttachment(draft: Draft): Entity {
  const text = textPart(writeLetter(draft.random, Math.min(draft.bytes, 2000)), 'plain', 'quoted-printable');
  if (draft.bytes < 6000) return text;
  const content = draft.supply.take(Math.floor((draft.bytes - 4000) * 0.73));
  return multipart('mixed', draft.boundary(), [
    text,
    binaryPart('application/pdf', 'attachment; filename="Vertrag.pdf"', content),
  ]);
}

function armour(what: string, encoded: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`-----BEGIN PGP ${what}-----\r\n\r\n`),
    encoded,
    Buffer.from(`-----END PGP ${what}-----\r\n`),
  ]);
}

/** A meeting request (RFC 5546, 3.2.2). */
function calendarPart(draft: Draft): Entity {
  const stamp = (hours: number): string =>
    new Date(draft.internalDate.getTime() + hours * 3_600_000).toISOString().replaceAll(/[-:]|\.000/g, '');
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//contoso.example//Sandbox//EN', 'METHOD:REQUEST', 'BEGIN:VEVENT',
    `UID:meeting-${draft.random.whole(1, 1e9)}@contoso.example`, `DTSTAMP:${stamp(0)}`, `DTSTART:${stamp(48)}`, `DTEND:${stamp(49)}`,
    'SUMMARY:Besprechung Größen', 'ORGANIZER:mailto:operator-a@example.com', `ATTENDEE;RSVP=TRUE:mailto:${draft.owner}`,
    'SEQUENCE:0', 'STATUS:CONFIRMED', 'END:VEVENT', 'END:VCALENDAR', '',
  ]; // prettier-ignore
  return {
    headers: ['Content-Type: text/calendar; charset=utf-8; method=REQUEST', 'Content-Transfer-Encoding: 8bit'],
    body: Buffer.from(lines.join('\r\n')),
  };
}
