import type { Message } from '@microsoft/microsoft-graph-types';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import { MARKER_PROPERTY_ID } from '../../src/engine/domain/marker.ts';
import type { ExportView, VerifyView } from '../../src/engine/views.ts';
import { checkNoWrites } from '../checker/check-manners.ts';
import { requestToken } from '../sandbox/exchange/exchange-fixture.ts';
import { verifyAlone } from '../support/sample-record.ts';
import { plainMail } from '../support/plain-mail.ts';
import { syncAgain, userWhen, viewOf } from '../support/sandbox-views.ts';

const USER = addressOf('info');
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'];
let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: 0 }] });
  await fillMailbox(
    world.source,
    'info',
    [],
    NAMES.map((name) => plainMail(name, ['Projects'])),
  );
  await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
});
afterAll(() => world[Symbol.asyncDispose]());

function itemNamed(subject: string) {
  const found = world.exchange.mailboxes
    .folders(USER)
    .flatMap((folder) => folder.items)
    .find((item) => item.subject === subject);
  if (found === undefined) throw new Error(`no item ${subject}`);
  return found;
}

async function graphCall(path: string, body?: object): Promise<Response> {
  const { graphUrl, caFile } = world.exchange;
  trustLocalExchange(caFile);
  const headers = { Authorization: `Bearer ${await requestToken(world.exchange)}`, 'Content-Type': 'application/json' };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return fetch(`${graphUrl}/v1.0/users/${USER}/${path}`, { headers, ...sent });
}

async function writeItem(folder: string, item: object): Promise<void> {
  const id = world.exchange.mailboxes.folders(USER).find((each) => each.path.join('/') === folder)?.id ?? '';
  const body = { subject: 'mine', body: { contentType: 'text', content: 'mine' }, ...item };
  expect((await graphCall(`mailFolders/${encodeURIComponent(id)}/messages`, body)).status).toBe(201);
}

test('a user that was never synced has nothing to compare', async () => {
  expect((await world.bellhop('verify', USER)).error).toContain('NothingToVerify');
});

test('after a sync every message is found; the report is on disk under its hash, and nothing was written', async () => {
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');
  const id = world.exchange.mailboxes.users[0]?.id ?? '';
  const before = world.exchange.manners.of(id);

  const view = await viewOf<VerifyView>(world, 'verify', USER);

  expect(view).toMatchObject({ equal: 1, different: 0, sourceItems: 6, inTarget: 6, missing: 0, differentItems: 0 });
  expect(checkNoWrites(USER, before, world.exchange.manners.of(id))).toEqual([]);
  const [result] = view.results;
  const text = readFileSync(result?.file ?? '');
  expect(createHash('sha256').update(text).digest('hex')).toBe(result?.sha256);
  expect(statSync(result?.file ?? '').mode & 0o077).toBe(0);
  expect(JSON.parse(text.toString())).toMatchObject({ user: USER, verdict: 'equal' });
});

test('a lost item is found although a foreign one keeps the count right; what the owner filed elsewhere is not lost', async () => {
  world.exchange.mailboxes.deleteItem(USER, itemNamed('three').id);
  // An item of somebody else in the same folder: where only numbers are compared, it stands in for a lost one.
  await writeItem('Projects', {});
  world.exchange.mailboxes.moveItem(USER, itemNamed('five').id, 'archive');

  const view = await viewOf<VerifyView>(world, 'verify', 'demo');

  expect(view).toMatchObject({
    identity: 'demo',
    different: 1,
    inTarget: 4,
    elsewhere: 1,
    missing: 1,
    removedByOwner: 0,
  });
  const folder = view.results[0]?.folders.find(({ source }) => source === 'Projects');
  expect(folder?.uids).toHaveLength(1);
});

test('once a sync has seen that the owner deleted it, it is accounted for', async () => {
  await syncAgain(world, 'info');

  const view = await viewOf<VerifyView>(world, 'verify', USER);

  expect(view).toMatchObject({ equal: 1, inTarget: 4, elsewhere: 1, missing: 0, removedByOwner: 1 });
});

test('a message that is there twice is said to be, and no other is taken for missing', async () => {
  const marker = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY_ID}')`);
  const found = await graphCall(`messages/${encodeURIComponent(itemNamed('one').id)}?$expand=${marker}`);
  // What Outlook makes of Ctrl+C and Ctrl+V: a copy takes everything along.
  const { subject, singleValueExtendedProperties } = (await found.json()) as Message;
  await writeItem('Projects', { subject, singleValueExtendedProperties });

  const view = await viewOf<VerifyView>(world, 'verify', USER);

  expect(view).toMatchObject({ equal: 1, sourceItems: 6, missing: 0, doubled: 1 });
});

test('in the channel a card says it is comparing, and becomes the result', async () => {
  const channel = world.teams.channel('Mail migration').id;
  const asked = await world.teams.say('operator-a', channel, '@Bellhop verify demo');

  const card = await world.teams.waitFor(
    (message) => message.rootId === asked.id && JSON.stringify(message.cards).includes('SHA-256'),
    30_000,
  );

  expect(JSON.stringify(card.cards)).toContain('Equal');
});

test('the record of a batch is on disk, signed, and verifies with nothing but itself', async () => {
  const { users, archive, files, folder, fingerprint } = await viewOf<ExportView>(world, 'export', 'demo');

  expect(users).toBe(1);
  for (const { name, sha256, bytes } of files) {
    const text = readFileSync(join(folder, name));
    expect([name, text.length]).toEqual([name, bytes]);
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
  }
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain(USER);
  for (const path of [folder, archive.file]) {
    const { out, code } = await verifyAlone(path, `key=${fingerprint}`);
    expect(out).toContain('UNCHANGED: the record of "demo"');
    expect(code).toBe(0);
  }
});
