import { expect, test } from 'vitest';
import { parseFlags } from '../../src/engine/domain/mailbox.ts';
import { type Offer, createRequest } from '../../src/exchange/message-json.ts';
import { readMime } from '../../src/exchange/read-mime.ts';

async function request(raw: Buffer, offer: Offer = 'whole') {
  const message = { raw, marker: 'm', flags: parseFlags([]), categories: [] };
  const { body, ...rest } = createRequest(message, await readMime(raw), offer);
  const text = Buffer.concat([...body.pieces()]).toString();
  return { ...rest, bytes: body.length, fields: JSON.parse(text) as Record<string, unknown>, text };
}

test.each([
  ['ASCII', '0123456789'.repeat(400_000)],
  ['umlauts', 'äöü€'.repeat(700_000)],
  ['what JSON escapes', '\u0001"'.repeat(500_000)],
])('a text too long for one request is cut, said, and there as a whole in the original: %s', async (_, text) => {
  const raw = Buffer.from(`From: a@s.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}`);
  const { notes, attachments, bytes, fields } = await request(raw);

  expect(notes).toContainEqual({ kind: 'repaired', text: 'its text is too long for the target: the original is attached' }); // prettier-ignore
  expect(attachments.map(({ name }) => name)).toEqual(['original.eml']);
  expect(bytes).toBeLessThan(4 * 1024 * 1024);
  expect(fields.from).toBeDefined();
});

test('a text that fits is whole and nothing is said', async () => {
  const { notes, attachments } = await request(Buffer.from(`From: a@s.example\r\n\r\n${'x'.repeat(2_900_000)}`));
  expect({ notes, attachments }).toEqual({ notes: [], attachments: [] });
});

test('a subject and a Message-ID the target does not take are named', async () => {
  const { notes } = await request(
    Buffer.from(`Subject: ${'s'.repeat(300)}\r\nMessage-ID: <${'q'.repeat(1_000)}@x>\r\n\r\n`),
  );
  expect(notes.map(({ kind }) => kind)).toEqual(['headers', 'headers']);
});

test('the reduced form has few recipients: a limit of theirs is no reason to lose the message', async () => {
  const many = Array.from({ length: 900 }, (_, at) => `p${at}@s.example`).join(',\r\n ');
  const { fields, attachments } = await request(Buffer.from(`To: ${many}\r\n\r\nx`), 'reduced');
  expect(fields.toRecipients).toHaveLength(100);
  expect(attachments.map(({ name }) => name)).toEqual(['original.eml']);
});

test('a second try goes without what no mailbox can hold: control characters, names without an address', async () => {
  const raw = Buffer.from('From: a@s.example\r\nTo: Just A Name, b@s.example\r\nIn-Reply-To: <a\u0001b>\r\nSubject: a\u0002\u001bb\r\n\r\nc\u0003d\r\n'); // prettier-ignore
  const whole = await request(raw);
  expect(whole.fields.toRecipients).toHaveLength(2);
  for (const offer of ['plain', 'reduced'] as const) {
    const { fields, text } = await request(raw, offer);
    expect(fields.toRecipients).toHaveLength(1);
    expect(fields.subject).toBe('a  b');
    expect(text).not.toMatch(/\\u00(?:0[1-8]|1b)/);
  }
});
