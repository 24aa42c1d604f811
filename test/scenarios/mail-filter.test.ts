import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import { plainMail } from '../support/plain-mail.ts';
import type { BatchView } from '../../src/engine/views.ts';
import { syncAgain, userWhen, viewOf } from '../support/sandbox-views.ts';

const YEARS = [2015, 2019, 2020, 2021, 2025];
let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: 0 }] });
  const mails = YEARS.map((year) => ({
    ...plainMail(`of-${year}`, ['Years']),
    internalDate: new Date(Date.UTC(year, 5, 1)),
  }));
  await fillMailbox(world.source, 'info', [], mails);
  await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
});
afterAll(() => world[Symbol.asyncDispose]());

function subjects(): readonly string[] {
  return world.exchange.mailboxes
    .folders(addressOf('info'))
    .flatMap((folder) => folder.items.map((item) => item.subject))
    .sort();
}

test('only mail of the window is moved; the rest is excluded, and the books balance', async () => {
  await world.bellhop('create', 'batch', 'some', 'endpoint=sandbox', 'since=2019-01-01', 'until=2020-12-31');
  await world.bellhop('import', world.csvFile, 'batch=some', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'some');

  const user = await userWhen(world, 'info', 'Synced');

  expect(subjects()).toEqual(['of-2019', 'of-2020']);
  expect(user.items).toMatchObject({ source: 5, copied: 2, excluded: 3, pending: 0, skipped: 0, failed: 0 });
  expect((await syncAgain(world, 'info')).items).toMatchObject({ source: 5, copied: 2, excluded: 3 });
});

test('a batch with another window brings what the first one left behind, and nothing twice', async () => {
  await world.bellhop('remove', 'user', addressOf('info'), 'sync=no');
  await world.bellhop('create', 'batch', 'more', 'endpoint=sandbox', 'since=2019-01-01');
  await world.bellhop('import', world.csvFile, 'batch=more', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'more');

  const user = await userWhen(world, 'info', 'Synced');

  expect(subjects()).toEqual(['of-2019', 'of-2020', 'of-2021', 'of-2025']);
  expect(user.items).toMatchObject({ source: 5, copied: 4, excluded: 1 });
});

test('a window that ends before it begins, and a day that is none, are refused', async () => {
  const reversed = await world.bellhop(
    'create',
    'batch',
    'x',
    'endpoint=sandbox',
    'since=2021-01-01',
    'until=2020-01-01',
  );
  expect(reversed.error).toContain('since= must not lie behind until=');
  expect((await world.bellhop('create', 'batch', 'x', 'endpoint=sandbox', 'since=2021-02-30')).error).toContain(
    'a day such as',
  );
});

test('mail above the size of a batch is excluded, and comes with a batch that takes it', async () => {
  await world.bellhop('remove', 'user', addressOf('info'), 'sync=no');
  const large = plainMail('large', ['Sizes']);
  const raw = Buffer.concat([large.raw, Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(3000))]);
  await using mailbox = await editMailbox(world.source, { name: 'info', password: passwordOf('info') });
  await mailbox.append({ ...large, raw });
  await world.bellhop('create', 'batch', 'small', 'endpoint=sandbox', 'maxsize=100kB');
  await world.bellhop('import', world.csvFile, 'batch=small', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'small');

  const user = await userWhen(world, 'info', 'Synced');

  expect(user.items).toMatchObject({ source: 6, copied: 5, excluded: 1, skipped: 0 });
  await world.bellhop('remove', 'user', addressOf('info'), 'sync=no');
  await world.bellhop('create', 'batch', 'all', 'endpoint=sandbox');
  await world.bellhop('import', world.csvFile, 'batch=all', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'all');
  expect((await userWhen(world, 'info', 'Synced')).items).toMatchObject({ source: 6, copied: 6, excluded: 0 });
  expect(subjects()).toHaveLength(6);
});

test('a batch with a start waits, and starts by itself', async () => {
  await world.bellhop('remove', 'user', addressOf('info'), 'sync=no');
  const soon = new Date(Date.now() + 8_000).toISOString().slice(0, 19);
  expect(
    (await world.bellhop('create', 'batch', 'later', 'endpoint=sandbox', 'start=2020-01-01T10:00')).error,
  ).toContain('in the future');
  await world.bellhop('create', 'batch', 'later', 'endpoint=sandbox', `start=${soon}Z`);
  await world.bellhop('import', world.csvFile, 'batch=later', 'endpoint=sandbox');
  expect(await viewOf<BatchView>(world, 'status', 'later')).toMatchObject({
    status: 'Waiting',
    startDateTime: `${soon}.000Z`,
  });

  await userWhen(world, 'info', 'Synced');

  expect((await viewOf<BatchView>(world, 'status', 'later')).status).toBe('Synced');
});
