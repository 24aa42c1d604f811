import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readMime } from '../../src/exchange/read-mime.ts';

const LARGE = randomBytes(30_000);
const ENCODED = (LARGE.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n');

function mail(...parts: readonly string[]): Buffer {
  return Buffer.from(
    [
      'Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="outer"\r\n\r\n',
      ...parts.map((part) => `--outer\r\n${part}\r\n`),
      '--outer--\r\n',
    ].join(''),
    'latin1',
  );
}

const NESTED = `From: a@contoso.example\r\nSubject: nested\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n\r\n${'one line of text\r\n'.repeat(600)}--inner\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${ENCODED}\r\n--inner--\r\n`;

async function attachmentsOf(raw: Buffer): Promise<readonly Buffer[]> {
  return (await readMime(raw)).attachments.map((attachment) => attachment.read());
}

describe('large parts are taken out of a message before it is parsed', () => {
  test('a nested message is attached byte for byte, and what follows it is kept', async () => {
    const found = await attachmentsOf(
      mail(
        `Content-Type: message/rfc822\r\n\r\n${NESTED}`,
        `Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${ENCODED}`,
      ),
    );

    expect(found.map((each) => each.toString('latin1'))).toEqual([NESTED, LARGE.toString('latin1')]);
  });

  test('a line that only looks like the boundary does not end a nested message', async () => {
    const nested = `${NESTED}--out\r\n---- outer\r\nthe end`;

    expect(await attachmentsOf(mail(`Content-Type: message/rfc822\r\n\r\n${nested}`))).toEqual([Buffer.from(nested)]);
  });

  test('a nested message that uses a boundary of the outer one again is cut where every parser cuts it', async () => {
    const [first = Buffer.alloc(0)] = await attachmentsOf(
      mail(`Content-Type: message/rfc822\r\n\r\n${NESTED.replaceAll('inner', 'outer')}`),
    );

    expect(first.toString().replaceAll('\r', '').trim()).toBe(
      'From: a@contoso.example\nSubject: nested\nContent-Type: multipart/mixed; boundary=outer',
    );
  });

  test('where the parser sees another structure, the message is parsed as it is', async () => {
    // Declared twice: which of the two counts is the parser's choice, and nothing may depend on it.
    const raw = mail(`Content-Type: message/rfc822\r\n\r\n${NESTED}`).toString('latin1');
    const doubtful = raw.replace('boundary="outer"', 'boundary="other"; boundary="outer"');
    const { email, text } = await readMime(Buffer.from(doubtful, 'latin1'));

    expect(JSON.stringify({ email, text: text() })).not.toContain('taken-');
  });

  test('a message in base64, as some programs write it, is decoded', async () => {
    const encoded = Buffer.from(NESTED, 'latin1').toString('base64');
    const [found] = await attachmentsOf(
      mail(`Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}`),
    );

    expect(found?.toString('latin1').replaceAll('\r', '')).toBe(NESTED.replaceAll('\r', ''));
  });
});

describe('a multipart whose boundary begins no part loses nothing', () => {
  const broken = (type: string, body: string): Buffer =>
    Buffer.from(`Subject: broken\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n\r\n${body}`);

  test.each([
    ['no boundary at all', 'multipart/alternative;', 'what people wrote'],
    ['another boundary than declared', 'multipart/mixed; boundary=a', '--b\r\n\r\nwhat people wrote\r\n--b--'],
    ['only its end', 'multipart/mixed; boundary=a', 'what people wrote\r\n--a--\r\n'],
  ])('%s: the body is the text, the original is attached', async (_what, type, body) => {
    const raw = broken(type, body);
    const { text, attachments, repaired } = await readMime(raw);

    expect(repaired).toBe(true);
    expect(text()).toContain('what people wrote');
    expect(attachments.map(({ name, read }) => [name, read()])).toEqual([['original.eml', raw]]);
  });

  test('inside of another multipart: what can be read is kept beside the original', async () => {
    const inner = 'Content-Type: multipart/alternative; boundary=inner\r\n\r\nno part begins here';
    const { text, attachments, repaired } = await readMime(mail('\r\nreadable', inner));

    expect(repaired).toBe(true);
    expect(text().trim()).toBe('readable');
    expect(attachments.at(-1)?.name).toBe('original.eml');
  });

  test('nothing is repaired where nothing is lost', async () => {
    expect((await readMime(broken('multipart/mixed; boundary=a', ''))).repaired).toBe(false);
    expect((await readMime(broken("multipart/mixed; boundary*=us-ascii''a", '--a\r\n\r\nx\r\n--a--'))).repaired).toBe(
      false,
    );
    expect((await readMime(broken('text/plain; boundary=a', 'x'))).repaired).toBe(false);
  });
});

test('parts nested deeper than any parser goes: the headers are read, the original is attached', async () => {
  const depth = Array.from(
    { length: 400 },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
  );
  const raw = Buffer.from(`Subject: a bomb\r\nDate: Tue, 17 Oct 2023 21:43:00 +0000\r\n${depth.join('')}\r\nend\r\n`);

  const parsed = await readMime(raw);

  expect(parsed).toMatchObject({ repaired: true, email: { subject: 'a bomb' }, date: Date.UTC(2023, 9, 17, 21, 43) });
  expect(parsed.attachments.map(({ name, read }) => [name, read().equals(raw)])).toEqual([['original.eml', true]]);
});

test('headers of many megabytes: what can be read of them is kept, the original is attached', async () => {
  const raw = Buffer.from(`Subject: long\r\n${'X-Filler: x\r\n'.repeat(500_000)}\r\ntext\r\n`);

  const parsed = await readMime(raw);

  expect(parsed).toMatchObject({ repaired: true, email: { subject: 'long' } });
  expect(parsed.attachments[0]?.read().equals(raw)).toBe(true);
});

describe('what is kept as an attachment is kept byte for byte', () => {
  const BINARY = '%PDF-1.4\r\n\x80\xff\r\nends without a line end';

  test.each([
    ['7bit', 'application/pgp-encrypted', 'Version: 1\r\n', 'Version: 1\r\n'],
    ['8bit', 'application/pdf', BINARY, BINARY],
    ['binary', 'application/pdf', BINARY, BINARY],
    ['8bit', 'text/csv; charset=iso-8859-1', '\xe4;\xf6\r\n1;2', '\xe4;\xf6\r\n1;2'],
    ['quoted-printable', 'application/octet-stream', 'a=00b=FF=\r\nc=ZZ d  \r\nend=', 'a\0b\xffc=ZZ d\r\nend'],
    ['quoted-printable', 'text/xml', '<a>=E4=\r\n</a>\r\n', '<a>\xe4</a>\r\n'],
    ['x-uuencode', 'application/octet-stream', 'begin 644 u.bin\r\n#86)C\r\n`\r\nend\r\n', 'abc'],
    ['x-uuencode', 'application/octet-stream', 'not encoded at all', 'not encoded at all'],
  ])('%s, %s', async (encoding, type, body, content) => {
    const disposition = 'Content-Disposition: attachment; filename=f.bin';
    const head = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n${disposition}`;
    const [found, ...others] = await attachmentsOf(mail('\r\nhello', `${head}\r\n\r\n${body}`));
    expect(found?.toString('latin1')).toBe(content);
    expect(others).toEqual([]);
  });

  test.each([
    ['x-uuencode', 'begin 644 u.bin\r\n#86)C\r\n`\r\nend\r\n', 'abc'],
    ['8bit', BINARY, BINARY],
    ['quoted-printable', 'a=00=\r\nb', 'a\0b'],
    ['base64', ENCODED, LARGE.toString('latin1')],
  ])('a message that is nothing but a file: %s', async (encoding, body, content) => {
    const head = `Subject: file\r\nContent-Type: application/pdf; name=f.pdf\r\nContent-Transfer-Encoding: ${encoding}`;
    const { attachments, text } = await readMime(Buffer.from(`${head}\r\n\r\n${body}`, 'latin1'));
    expect(attachments.map((each) => [each.name, each.read().toString('latin1')])).toEqual([['f.pdf', content]]);
    expect(text()).toBe('');
  });

  test('two files of one name that differ in little stay two files', async () => {
    const part = (text: string) =>
      `Content-Type: application/x-any; name=f\r\nContent-Disposition: attachment\r\n\r\n${text}`;
    expect((await attachmentsOf(mail(part('one'), part('two')))).map(String)).toEqual(['one', 'two']);
  });
});

describe('names in headers of parts', () => {
  test.each([
    ['ISO-8859-1', '\xdcbersicht.pdf', 'Übersicht.pdf'],
    ['UTF-8', Buffer.from('Übersicht.pdf').toString('latin1'), 'Übersicht.pdf'],
  ])('raw %s is read', async (_, name, expected) => {
    const part = `Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\nx`;
    const { attachments } = await readMime(mail('\r\nhello', part));
    expect(attachments.map((each) => each.name)).toEqual([expected]);
  });

  test('words of a charset with escapes stay words', async () => {
    const word = `=?ISO-2022-JP?B?${Buffer.from('\x1b$B%F%9%H\x1b(B', 'latin1').toString('base64')}?=`;
    const { email } = await readMime(Buffer.from(`Subject: ${word}\r\n ${word}\r\n\r\nx`));
    expect(email.subject).toBe('テストテスト');
  });

  test('a character cut in two by encoded words is put together', async () => {
    const { email } = await readMime(Buffer.from('Subject: =?utf-8?B?4oI=?=\r\n =?UTF-8?b?rA==?= 5\r\n\r\nx'));
    expect(email.subject).toBe('€ 5');
  });
});
