import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalExchange } from '../../sandbox/exchange/local-exchange.ts';
import { parseUserAddress } from '../../src/engine/domain/ids.ts';
import { exchangeDirectory } from '../../src/exchange/exchange-directory.ts';
import type { Clock, MessageToImport, TargetMailbox } from '../../src/engine/ports.ts';
import { readExchangeStore } from '../checker/read-exchange-store.ts';
import { exactHash } from '../checker/content-hash.ts';
import { unlimitedBudget } from '../../src/store/redis-budget.ts';
import { type Fixture, OWNER, startFixture } from '../sandbox/exchange/exchange-fixture.ts';

const clock: Clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
const unlimited = unlimitedBudget();
const SIGNED = mail('multipart/signed; boundary=b; micalg=sha-256; protocol="application/pkcs7-signature"', [
  '--b',
  'Content-Type: text/plain',
  '',
  'what was signed',
  '--b',
  'Content-Type: application/pkcs7-signature; name=smime.p7s',
  'Content-Transfer-Encoding: base64',
  '',
  'bm90IGEgcmVhbCBzaWduYXR1cmU=',
  '--b--',
]);

let fixture: Fixture;
let exchange: LocalExchange;
let mailbox: TargetMailbox;
let inbox: string;

beforeEach(async () => {
  fixture = await startFixture({ timeScale: 100 });
  exchange = fixture.exchange;
  const [host = '', port] = exchange.imap.split(':');
  const target = exchangeDirectory({
    ...exchange,
    credential: { secret: exchange.clientSecret },
    budget: unlimited,
    clock,
    timeScale: 100,
    maxItemSize: 36_700_160,
    appendEndpoint: { host, port: Number(port) },
  });
  const address = parseUserAddress(OWNER);
  const found = address && (await target.find(address));
  if (found === undefined) throw new Error('no mailbox');
  mailbox = await target.open(found);
  inbox = (await mailbox.listFolders()).find(({ wellKnown }) => wellKnown === 'inbox')?.id ?? '';
});
afterEach(async () => {
  await mailbox[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const items = () => readExchangeStore(fixture.directory, OWNER);
const send = (message: MessageToImport, folder = inbox) =>
  mailbox.importMessage(folder, message, new AbortController().signal);

test('signed mail is appended byte for byte, then gets marker, flag and categories', async () => {
  const flags = { read: true, flagged: true, answered: true, forwarded: false, draft: false, keywords: ['Invoice'] };

  const outcome = await send({ ...message(SIGNED), flags, categories: ['Invoice'] });

  expect(outcome).toMatchObject({ outcome: 'imported', notes: [] });
  const [item, ...more] = items();
  expect(more).toEqual([]);
  expect(item).toMatchObject({
    rawHash: exactHash(SIGNED),
    marker: 'owner|INBOX|1|7|r1',
    receivedAt: Date.UTC(2019, 4, 15, 12) / 1000,
    isRead: true,
    isFlagged: true,
    isAnswered: true,
  });
  const id = outcome.outcome === 'imported' ? outcome.id : '';
  expect((await mailbox.item(id))?.categories).toEqual(['Invoice']);
});

test('cut between APPEND and marker: the next try finds the item and appends nothing', async () => {
  exchange.faults.set({ imapCutAfterAppend: 1 });

  const first = await send(message(SIGNED));

  expect(first.outcome).toBe('unknown');
  expect(items().map(({ marker }) => marker)).toEqual([undefined]);

  const second = await send({ ...message(SIGNED), sentBefore: true });

  expect(second.outcome).toBe('imported');
  expect(items().map(({ marker, rawHash }) => [marker, rawHash])).toEqual([['owner|INBOX|1|7|r1', exactHash(SIGNED)]]);
});

test('two equal messages, the first cut off: two items, each with its own marker', async () => {
  exchange.faults.set({ imapCutAfterAppend: 1 });
  await send(message(SIGNED));

  await send(message(SIGNED, 'owner|INBOX|1|8|r1'));
  await send({ ...message(SIGNED), sentBefore: true });

  expect(items()).toHaveLength(2);
  expect(new Set(items().map(({ marker }) => marker))).toEqual(new Set(['owner|INBOX|1|7|r1', 'owner|INBOX|1|8|r1']));
});

test('an item of the owner that looks the same is never taken for ours', async () => {
  exchange.faults.set({ imapCutAfterAppend: 1 });
  await send(message(SIGNED));

  const outcome = await send(message(SIGNED, 'owner|INBOX|1|9|r1'));

  expect(outcome.outcome).toBe('imported');
  expect(items().map(({ marker }) => marker)).toEqual([undefined, 'owner|INBOX|1|9|r1']);
});

test('a throttle answer is waited for', async () => {
  exchange.faults.set({ imapThrottled: 2 });

  expect(await send(message(SIGNED))).toMatchObject({ outcome: 'imported', notes: [] });
  expect(items()).toHaveLength(1);
});

test.each([
  ['the grant is missing', { imapNotConnected: [OWNER] }, /not available/],
  ['the app lacks the role', { revokedRoles: ['IMAP.AccessAsApp'] }, /not available/],
  ['it is larger than IMAP takes', { imapMaxSize: 100 }, /refused it/],
])('%s: copied as JSON, with what is lost said', async (_, switches, why) => {
  exchange.faults.set(switches);

  const outcome = await send(message(SIGNED));

  expect(outcome).toMatchObject({ outcome: 'imported' });
  const notes = outcome.outcome === 'imported' ? outcome.notes : [];
  expect(notes.map(({ kind }) => kind)).toContain('signature');
  expect(notes.some(({ text }) => why.test(text))).toBe(true);
  expect(items().map(({ marker, rawHash }) => [marker, rawHash])).toEqual([['owner|INBOX|1|7|r1', undefined]]);
});

test('a folder with "/" in its name is not shown by IMAP: copied as JSON', async () => {
  const folder = await mailbox.createFolder(undefined, 'In/Out');

  const outcome = await send(message(SIGNED), folder.id);

  expect(outcome).toMatchObject({ outcome: 'imported' });
  expect(items()[0]).toMatchObject({ rawHash: undefined, names: ['In/Out'] });
});

test('folders below the inbox and with names beyond ASCII are found', async () => {
  const parent = await mailbox.createFolder(inbox, 'Aufträge & Co');
  const folder = await mailbox.createFolder(parent.id, '🚚');

  await send(message(SIGNED), folder.id);

  expect(items()[0]).toMatchObject({ rawHash: exactHash(SIGNED), names: ['Aufträge & Co', '🚚'] });
});

test('unread mail asks for no read receipt in the target; read mail stays byte for byte', async () => {
  const asking = Buffer.concat([Buffer.from('Disposition-Notification-To: <asks@example.com>\r\n'), SIGNED]);

  await send(message(asking));
  await send({ ...message(asking, 'owner|INBOX|1|8|r1'), flags: { ...message(asking).flags, read: true } });

  const { json } = await fixture.call('GET', fixture.mail('/messages?$select=isRead,isReadReceiptRequested'));
  const asks = json.value.map((item: Record<string, unknown>) => [item['isRead'], item['isReadReceiptRequested']]);
  expect(asks).toHaveLength(2);
  expect(asks).toEqual(expect.arrayContaining([[false, false], [true, true]])); // prettier-ignore
  expect(items().map(({ rawHash }) => rawHash)).toEqual([exactHash(asking), exactHash(asking)]);
});

function message(raw: Buffer, marker = 'owner|INBOX|1|7|r1'): MessageToImport {
  return {
    raw,
    marker,
    receivedAt: Date.UTC(2019, 4, 15, 12),
    flags: { read: false, flagged: false, answered: false, forwarded: false, draft: false, keywords: [] },
    categories: [],
  };
}

function mail(type: string, body: readonly string[]): Buffer {
  const lines = ['From: <sender@example.com>', 'Subject: a contract', 'Message-ID: <contract@example.com>'];
  return Buffer.from([...lines, 'MIME-Version: 1.0', `Content-Type: ${type}`, '', ...body, ''].join('\r\n'));
}
