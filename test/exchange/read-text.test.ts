import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { hollowAttachments } from '../../src/exchange/hollow-attachments.ts';
import { readMime } from '../../src/exchange/read-mime.ts';

const LINE = 'a line of text as people write it, with an end\r\n';
const LONG = LINE.repeat(10);
const BASE64 = (
  Buffer.from(`${LONG}Grüße`)
    .toString('base64')
    .match(/.{1,76}/g) ?? []
).join('\r\n');

function part(type: string, encoding: string, body: string): string {
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
}

function multipart(type: string, ...parts: readonly string[]): string {
  const lines = parts.map((each) => `--b\r\n${each}\r\n`).join('');
  return `Subject: x\r\nContent-Type: multipart/${type}; boundary="b"\r\n\r\n${lines}--b--\r\n`;
}

const HTML = part('text/html; charset=utf-8', '8bit', `<p>Grüße</p>\r\n${LONG}`);
const PLAIN = part('text/plain; charset=utf-8', '8bit', `Grüße\r\n${LONG}`);

/** What was taken out of it, and whether its texts are what the parser reads in the message as it is. */
async function look(message: string) {
  const raw = Buffer.from(message, 'latin1');
  const whole = await PostalMime.parse(raw, { forceRfc822Attachments: true });
  const { text, html } = await readMime(raw);
  expect([text(), html()]).toEqual([whole.text ?? '', whole.html ?? '']);
  return [...hollowAttachments(raw, true).texts.values()].map(({ form }) => form.type);
}

describe('texts that are read here are the same as those a parser reads', () => {
  test.each([
    ['8bit', PLAIN],
    ['no header', `Subject: x\r\n\r\n${LONG}`],
    ['no line end', PLAIN.trimEnd()],
    ['bare line feeds', PLAIN.replaceAll('\r\n', '\n')],
    ['too many line ends', `${PLAIN}\r\n\r\n\r\n`],
    ['carriage returns', part('text/plain', '7bit', `a\rb\r\r\nc\r\n\r\r\n${LONG}d\r\r`)],
    ['a byte order mark', part('text/plain; charset=utf-8', '8bit', `\xef\xbb\xbf${LONG}`)],
    ['half a character', part('text/plain; charset=utf-8', '8bit', `a\xc3\r\n${LONG}\xe2\x82\r\n`)],
    ['NUL', part('text/plain', '8bit', `a\0b\r\n${LONG}`)],
    ['another charset', part('text/plain; charset="ISO-8859-15"', '8bit', `12 \xa4 \x80\r\n${LONG}`)],
    ['windows-1252', part('text/plain; charset=Windows-1252;', '8bit', `12 \x80\r\n${LONG}`)],
    ['a signature', part('text/plain', '7bit', `${LONG}-- \r\nme\r\n-----Original Message-----\r\n`)],
    ['quoted-printable', part('text/plain; charset=utf-8', 'Quoted-Printable', `=C3=A4 =3d=\r\n  b=0D=0A=\r\n${LONG}`)],
    ['escapes that are none', part('text/plain', 'quoted-printable', `= =4 =4g ==41 =\t\r\n=E\r\n4 \t\r\n${LONG}a=4`)],
    ['a soft end', part('text/plain', 'quoted-printable', `${LONG}the end=`)],
    ['a soft end and a line', part('text/plain', 'quoted-printable', `${LONG}the end=\r\n`)],
    ['base64', part('text/plain; charset=utf-8', 'base64', BASE64)],
    ['base64 and line ends', part('text/html; charset=utf-8', 'base64', `${BASE64}\r\n\r\n`)],
    ['base64 that ends too early', part('text/plain', 'base64', `${BASE64.slice(0, 401)}\r\n`)],
    ['a name is followed by a blank', part('text/plain', '8bit', LONG).replace('Type:', 'Type :')],
  ])('%s', async (_what, message) => {
    expect(await look(message)).toHaveLength(1);
  });

  test.each([
    ['base64 with junk at its end', part('text/plain', 'base64', `${LINE.replaceAll(' ', '').repeat(50_000)}*`)],
    ['nothing but carriage returns', part('text/plain', '8bit', `${'\r'.repeat(1_500_000)}x\r`)],
  ])('megabytes of %s cost no more than other text', async (_what, message) => {
    const { text } = await readMime(Buffer.from(message, 'latin1'));

    expect(text().length).toBeGreaterThan(1_000_000);
  });

  test('both forms of one text', async () => {
    expect(await look(multipart('alternative', PLAIN, HTML))).toEqual(['text', 'html']);
  });

  test.each([
    ['text is followed by HTML', multipart('mixed', PLAIN, HTML), 2],
    ['several texts are one', multipart('mixed', PLAIN, PLAIN, HTML), 0],
    ['a list adds a text', multipart('mixed', part('text/plain', '7bit', LONG), part('text/plain', '7bit', 'x')), 0],
    ['lines flow', part('text/plain; charset=utf-8; format=flowed', '7bit', `a \r\nb\r\n ${LONG}`), 0],
    ['there is a comment', part('text/plain (charset=utf-8); charset=utf-16', '8bit', LONG), 0],
    ['a header is there twice', `Content-Type: text/html\r\n${part('text/plain', '8bit', LONG)}`, 0],
    ['a header is not ASCII', `Subject: \xe4\r\n${part('text/plain', '8bit', LONG)}`, 0],
    ['the charset is no superset of ASCII', part('text/plain; charset=utf-16le', '8bit', LONG), 0],
    ['nobody knows the encoding', part('text/plain', 'constructor', LONG), 0],
    ['nobody knows the charset', part('text/plain; charset=iso-8859-12', '8bit', LONG), 0],
    ['padding is in the midst of base64', part('text/plain', 'base64', `${LONG.slice(0, 40)}==\r\n${BASE64}`), 0],
    ['the text is a file', `Content-Disposition: attachment\r\n${part('text/plain', '8bit', LONG)}`, 0],
    ['a line ends the header earlier', `A: b\n\r\nC: d\r\n${part('text/plain; charset=latin1', '8bit', LONG)}`, 0],
    ['a boundary is spelt by RFC 2231', multipart('mixed', multipart('mixed', PLAIN, HTML).replace('boundary="b"', 'boundary*0=c'), PLAIN), 0], // prettier-ignore
    ['a boundary is declared twice', multipart('mixed', PLAIN).replace('boundary="b"', 'boundary=b; boundary=c'), 0],
    ['a part has no end of its header', multipart('mixed', PLAIN, 'Content-Type: text/html'), 0],
  ])('and where %s, it is the parser that reads', async (_what, message, taken) => {
    expect(await look(message)).toHaveLength(taken);
  });
});
