import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeServerCertificate } from '../../sandbox/source/certificate.ts';
import { type LocalSmtpOptions, type ReceivedMail, startLocalSmtp } from '../../sandbox/source/local-smtp.ts';
import { checkedAddress } from '../../src/imap/source-host.ts';
import { isPlainAddress, probeId, probeMessage } from '../../src/engine/domain/probe.ts';
import { probeMailer } from '../../src/smtp/probe-mailer.ts';

const FROM = 'bellhop@contoso.example';
const TO = 'lee@contoso.example';
const RAW = probeMessage({ from: FROM, to: TO, request: 'abc', at: Date.parse('2026-11-28T10:00:00Z') });

let directory: string;
let certificate: { readonly certFile: string; readonly keyFile: string };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bellhop-smtp-'));
  certificate = await makeServerCertificate(join(directory, 'tls'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function deliver(
  options: Partial<LocalSmtpOptions>,
  more: { raw?: string; allowed?: readonly string[]; abortAfter?: number } = {},
) {
  const taken: ReceivedMail[] = [];
  await using server = await startLocalSmtp({ onMail: async (mail) => void taken.push(mail), ...options });
  const { raw = RAW, allowed = ['127.0.0.1'], abortAfter } = more;
  const mailer = probeMailer({
    from: FROM,
    port: server.port,
    name: 'bellhop.example',
    check: (each) => checkedAddress(each, allowed),
  });
  const signal = abortAfter === undefined ? new AbortController().signal : AbortSignal.timeout(abortAfter);
  const answer = await mailer.deliver(
    { host: 'mx.contoso.example', address: '127.0.0.1', from: FROM, to: TO, raw },
    signal,
  );
  return { ...answer, taken };
}

test('a mail is taken, in the clear where nothing else is offered, encrypted where it is', async () => {
  expect(await deliver({})).toMatchObject({
    ...{ outcome: 'taken', encrypted: false, reply: '2.0.0 queued as SANDBOX' },
    taken: [{ from: FROM, to: TO, encrypted: false, raw: Buffer.from(RAW) }],
  });
  expect(await deliver({ certificate })).toMatchObject({
    ...{ outcome: 'taken', encrypted: true },
    taken: [{ encrypted: true, raw: Buffer.from(RAW) }],
  });
});

test('lines that begin with a dot arrive as they were', async () => {
  const raw = `${RAW}.\r\n..two\r\n.hidden\r\n`;

  expect((await deliver({}, { raw })).taken[0]?.raw.toString()).toBe(raw);
});

test('what the server says is what is told', async () => {
  expect(await deliver({ mood: 'no-user' })).toMatchObject({
    outcome: 'refused',
    reply: '550 5.1.1 no such user here',
    taken: [],
  });
  expect(await deliver({ mood: 'greylisting' })).toMatchObject({
    outcome: 'refused',
    reply: '451 4.7.1 come back later',
  });
  expect(await deliver({ onMail: async () => Promise.reject(new Error('disk')) })).toMatchObject({
    outcome: 'refused',
    reply: '451 4.3.0 try again',
  });
});

test('servers that are none, hang up, never stop, or speak before it is their turn: unreachable or refused, never stuck', async () => {
  expect(await deliver({ mood: 'garbage' })).toMatchObject({ outcome: 'unreachable', taken: [] });
  expect(await deliver({ mood: 'hangs-up' })).toMatchObject({ outcome: 'unreachable' });
  expect(await deliver({ mood: 'endless' })).toMatchObject({ outcome: 'unreachable' });
  expect(await deliver({ mood: 'chatty', certificate })).toMatchObject({ outcome: 'refused', taken: [] });
  await expect(deliver({ mood: 'silent' }, { abortAfter: 300 })).rejects.toThrow();
});

test('an MX that leads into our own networks is not followed, unless the operator of the machine allows it', async () => {
  const answer = await deliver({}, { allowed: [] });

  expect(answer).toMatchObject({ outcome: 'unreachable', taken: [] });
});

test('addresses that would end a line or a path are none', () => {
  for (const bad of [
    'a@b.example>\r\nRCPT TO:<c@d.example',
    'a b@c.example',
    'a@b@c.example',
    '<a@b.example',
    'a@b example',
    'a\u0000@b.example',
  ])
    expect(isPlainAddress(bad)).toBe(false);
  expect(isPlainAddress("o'hara+x.y@sub.example.com")).toBe(true);
  expect(RAW).toContain(`Message-ID: ${probeId('abc', FROM)}\r\n`);
});
