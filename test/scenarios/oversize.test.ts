import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BellhopProcess } from '../../sandbox/bellhop-process.ts';
import { type MailboxEditor, editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { SkippedView, VerifyView } from '../../src/engine/views.ts';
import { plainMail } from '../support/plain-mail.ts';
import { syncAgain, userWhen, viewOf } from '../support/sandbox-views.ts';

const USER = addressOf('info');
const LIMIT = { BELLHOP_MAX_ITEM_SIZE: '1000000' };
const FILLING = Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(15_000));
let world: SandboxWorld;
let worker: BellhopProcess;
let source: MailboxEditor;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: 1 }] });
  const mails = ['first', 'second'].map((name) => {
    const mail = plainMail(name, ['Plans']);
    return { ...mail, raw: Buffer.concat([mail.raw, FILLING]) };
  });
  const labelled = { ...plainMail('labelled', ['Plans']), flags: ['$Label1', '$Label2', 'private'] };
  await fillMailbox(world.source, 'info', [], [...mails, plainMail('small', ['Plans'])]);
  source = await editMailbox(world.source, { name: 'info', password: passwordOf('info') });
  await source.append(labelled);
  worker = await world.startBellhop('worker', LIMIT);
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  const own = ['oversize=stub', 'categories=$label1=Dringend,private='];
  await world.bellhop('create', 'batch', 'demo', 'endpoint=sandbox', ...own);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

function items(subject: string) {
  return world.exchange.mailboxes
    .folders(USER)
    .flatMap((folder) => folder.items.map((item) => ({ ...item, folder: folder.path.join('/') })))
    .filter((item) => item.subject === subject);
}

test('a message that is too large has a stand-in at its place, and stays skipped', async () => {
  const view = await viewOf<SkippedView>(world, 'skipped', USER);
  const [item] = items('first');

  expect(view.items.map(({ code, kind }) => [code, kind])).toEqual([['ItemStandIn', 'large'], ['ItemStandIn', 'large']]); // prettier-ignore
  expect(items('first')).toHaveLength(1);
  expect(item).toMatchObject({ folder: 'Plans', receivedDateTime: '2023-10-17T21:43:00Z' });
  expect(item?.size).toBeLessThan(5_000);
});

test('keywords become the categories the batch names', () => {
  expect(items('labelled')[0]?.categories).toEqual(['Dringend', 'Work']);
});

test('the next sync writes nothing, a comparison says skipped, and not missing', async () => {
  const before = items('first')[0]?.immutableId;

  const user = await syncAgain(world, 'info');
  const verified = await viewOf<VerifyView>(world, 'verify', USER);

  expect(items('first').map((item) => item.immutableId)).toEqual([before]);
  expect(user.items).toMatchObject({ source: 5, copied: 3, skipped: 2, pending: 0, failed: 0 });
  expect(verified).toMatchObject({ skipped: 2, missing: 0, differentItems: 0 });
});

test('the ledger is lost: the stand-in is not taken for the message', async () => {
  world.forgetLedger();

  const user = await syncAgain(world, 'info');

  expect(user.items).toMatchObject({ source: 5, copied: 0, adopted: 3, skipped: 2 });
  expect(items('first')).toHaveLength(1);
});

test('deleted at the source: its stand-in goes to Deleted Items', async () => {
  const [uid = 0] = await source.uids(['Plans'], '<second@fabrikam.example>');
  await source.expunge(['Plans'], [uid]);

  const user = await syncAgain(world, 'info');

  expect(items('second')[0]?.folder).toBe('Deleted Items');
  expect(user.items).toMatchObject({ source: 4, skipped: 1 });
});

test('the target takes more now: the message replaces its stand-in', async () => {
  await worker.stop();
  await world.startBellhop('worker');

  const user = await syncAgain(world, 'info');

  expect(user.items).toMatchObject({ source: 4, copied: 1, adopted: 3, skipped: 0 });
  expect(items('first')).toHaveLength(1);
  expect(items('first')[0]?.size).toBeGreaterThan(1_000_000);
  expect(user.dataConsistencyScore).toBe('Perfect');
});
