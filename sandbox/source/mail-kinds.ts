import type { Random } from './random.ts';

/** What every kind of mail is made of. Sizes in bytes. */
export interface MailSeed {
  readonly owner: string;
  readonly number: number;
  readonly date: Date;
  readonly size: number;
  readonly random: Random;
}

type Kind = (seed: MailSeed) => string;

const SUBJECTS = [
  'Angebot für die Größenänderung',
  'Quarterly numbers',
  'Réunion de lundi',
  'Änderung der Anschrift',
  'Invoice',
  'Protokoll der Sitzung',
  'Lunch?',
  'Re: Maßnahmen',
  '会議の件',
  'Fwd: Ticket',
  '✅ Erledigt 🎉',
];
const NAMES = ['Jürgen Größe', 'Order desk', 'Zoë', 'Support', 'Müller & Söhne', 'Ana Núñez', '山田', 'Newsletter'];
const WORDS =
  'der die das mail server folder quota angebot größe prüfung liste report meeting straße office number value delivery notice update'.split(
    ' ',
  );

function encodeWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function headers(
  { owner, number, date, random }: MailSeed,
  extra: readonly string[] = [],
  subject = random.pick(SUBJECTS),
): string {
  const name = random.pick(NAMES);
  return [
    `Received: from mx.example.net (mx.example.net [192.0.2.7]) by mail.example.com with ESMTPS id ${number}; ${date.toUTCString().replace('GMT', '+0000')}`,
    `From: ${encodeWord(name)} <sender-${random.int(40)}@example.net>`,
    `To: ${encodeWord(`Postfach ${owner}`)} <${owner}>`,
    ...(random.chance(0.2) ? [`Cc: team@example.com, "Groß, A." <gross@example.com>`] : []),
    `Subject: ${encodeWord(`${subject} ${number}`)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `X-Owner: ${owner}`,
    'MIME-Version: 1.0',
    ...extra,
  ].join('\r\n');
}

const messageId = ({ owner, number }: MailSeed): string =>
  `Message-ID: <${number}.${owner.replace('@', '.')}@mail.example.com>`;

function prose(random: Random, length: number): string {
  const lines: string[] = [];
  for (let size = 0; size < length;) {
    const line = Array.from({ length: 8 }, () => random.pick(WORDS)).join(' ');
    lines.push(line);
    size += line.length + 2;
  }
  return lines.join('\r\n');
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n');

function quotedPrintable(text: string): string {
  const encoded = [...Buffer.from(text)].map((byte) =>
    byte > 126 || byte === 61 ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCodePoint(byte),
  );
  return encoded.join('').replaceAll(/[^\r\n]{70}(?=[^\r\n]{4})(?![0-9A-F])/g, '$&=\r\n');
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';

function parts(boundary: string, ...bodies: readonly string[]): string {
  return `${bodies.map((body) => `--${boundary}\r\n${body}\r\n`).join('')}--${boundary}--\r\n`;
}

const plain = (text: string): string =>
  `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`;
const html = (text: string): string =>
  `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(`<html><body><h1>Grüße</h1><p>${text}</p></body></html>`)}`;
const file = (name: string, bytes: Buffer, type = 'application/pdf'): string =>
  `Content-Type: ${type}; name*=utf-8''${encodeURIComponent(name)}\r\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}`;

const simple: Kind = (seed) =>
  `${headers(seed, [messageId(seed), 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'])}\r\n\r\n${prose(seed.random, Math.min(seed.size, 20_000))}\r\n`;

const alternative: Kind = (seed) => {
  const text = prose(seed.random, Math.min(seed.size / 3, 30_000));
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/alternative; boundary="alt=_1"'])}\r\n\r\n${parts('alt=_1', plain(text), html(text))}`;
};

const withAttachment: Kind = (seed) => {
  const bytes = seed.random.bytes(Math.max(200, Math.floor(seed.size * 0.72)));
  const body = parts(
    'mix-1',
    html(prose(seed.random, 600)),
    file(`Übersicht ${seed.number}.pdf`, bytes),
    file('notes.bin', seed.random.bytes(120), 'application/octet-stream'),
  );
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/mixed; boundary=mix-1'])}\r\n\r\n${body}`;
};

const withInlineImage: Kind = (seed) => {
  const page = html('Logo: <img src="cid:logo@example.net">');
  const image = `Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@example.net>\r\nContent-Disposition: inline; filename=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\n${PNG}`;
  const related = `Content-Type: multipart/related; boundary=rel-1\r\n\r\n${parts('rel-1', page, image)}`;
  const body = parts('mix-2', related, file('data.csv', seed.random.bytes(Math.floor(seed.size * 0.5)), 'text/csv'));
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/mixed; boundary="mix-2"'])}\r\n\r\n${body}`;
};

const signed: Kind = (seed) => {
  const body = parts(
    'sig-1',
    plain(prose(seed.random, 500)),
    `Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7s\r\n\r\n${base64(seed.random.bytes(2400))}`,
  );
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="sig-1"'])}\r\n\r\n${body}`;
};

const invitation: Kind = (seed) => {
  const stamp = seed.date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const calendar = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//EN',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${seed.number}@example.net`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${stamp}`,
    'SUMMARY:Besprechung',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  const body = parts(
    'cal-1',
    plain('Einladung'),
    `Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${calendar}`,
  );
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/alternative; boundary=cal-1'])}\r\n\r\n${body}`;
};

const nested: Kind = (seed) => {
  const inner = withAttachment({ ...seed, size: Math.min(seed.size, 30_000), number: seed.number + 1_000_000 });
  const body = parts(
    'fwd-1',
    plain('siehe unten'),
    `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="weitergeleitet.eml"\r\n\r\n${inner}`,
  );
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/mixed; boundary=fwd-1'])}\r\n\r\n${body}`;
};

const bounce: Kind = (seed) => {
  const body = parts(
    'dsn-1',
    plain('Delivery failed'),
    'Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.com\r\n\r\nFinal-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n',
  );
  return `${headers(seed, [messageId(seed), 'Content-Type: multipart/report; report-type=delivery-status; boundary=dsn-1'])}\r\n\r\n${body}`;
};

const reply: Kind = (seed) =>
  `${headers(seed, [messageId(seed), 'In-Reply-To: <1@mail.example.com>', 'References: <0@mail.example.com> <1@mail.example.com>', 'Importance: high'])}\r\n\r\n${prose(seed.random, 800)}\r\n`;
const withoutMessageId: Kind = (seed) => `${headers(seed)}\r\n\r\n${prose(seed.random, 700)}\r\n`;
const duplicateMessageId: Kind = (seed) =>
  `${headers(seed, ['Message-ID: <the-same@mail.example.com>'])}\r\n\r\nbody ${seed.number}\r\n`;
const rawEightBit: Kind = (seed) =>
  `${headers(seed, [messageId(seed), 'Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: 8bit'], 'Grüße (8 Bit)')}\r\n\r\nStra\u00dfe und \u00fcber\r\n`;
const longLine: Kind = (seed) => `${headers(seed, [messageId(seed)])}\r\n\r\n${'x'.repeat(12_000)}\r\n`;
const brokenDate: Kind = (seed) =>
  headers(seed, [messageId(seed)])
    .replace(/^Date: .*$/m, 'Date: Yesterday, at noon')
    .concat('\r\n\r\nno date\r\n');
const receiptWanted: Kind = (seed) =>
  `${headers(seed, [messageId(seed), 'Disposition-Notification-To: sender@example.net'])}\r\n\r\nplease confirm\r\n`;
const emptyBody: Kind = (seed) => `${headers(seed, [messageId(seed)])}\r\n\r\n`;

/** Kinds and how often they come, in parts of the whole. */
export const MAIL_KINDS: readonly (readonly [kind: Kind, weight: number])[] = [
  [simple, 30], [alternative, 20], [withAttachment, 26], [withInlineImage, 6], [signed, 2], [invitation, 2], [nested, 2],
  [bounce, 1], [reply, 4], [withoutMessageId, 1.5], [duplicateMessageId, 1], [rawEightBit, 1], [longLine, 0.5],
  [brokenDate, 0.5], [receiptWanted, 0.5], [emptyBody, 0.5],
]; // prettier-ignore
