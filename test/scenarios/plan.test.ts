import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashMaildir } from '../checker/hash-maildir.ts';
import { type MailboxEditor, editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { PlanView } from '../../src/engine/views.ts';
import { plainMail } from '../support/plain-mail.ts';
import { syncAgain, userWhen, viewOf } from '../support/sandbox-views.ts';

const USER = addressOf('info');
const INBOX = ['INBOX'];
let world: SandboxWorld;
let source: MailboxEditor;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: 0 }] });
  source = await editMailbox(world.source, { name: 'info', password: passwordOf('info') });
  for (let n = 1; n <= 30; n += 1) await source.append(plainMail(`filler ${n}`, INBOX));
  for (let n = 1; n <= 3; n += 1) await source.append(plainMail(`plan ${n}`, ['Plans']));
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.startBellhop('bot,worker');
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

function state(): string {
  const folders = world.exchange.mailboxes.folders(USER);
  return JSON.stringify(folders.map((folder) => [folder.path, folder.items]));
}

async function planned(): Promise<PlanView> {
  const before = state();
  const mail = await hashMaildir(world.source.mailHome('info'));
  const view = await viewOf<PlanView>(world, 'plan', USER);
  expect(state()).toBe(before);
  expect(await hashMaildir(world.source.mailHome('info'))).toEqual(mail);
  return view;
}

test('before the first sync everything is new, and nothing is written anywhere', async () => {
  const view = await planned();

  expect(view).toMatchObject({ users: 1, done: 1, copied: 33, moved: 0, flagged: 0, removed: 0, held: 0 });
  expect(view.bytes).toBeGreaterThan(1_000);
  expect(view.results[0]?.folders.map(({ source: path, change, copied }) => [path, change, copied])).toEqual(
    expect.arrayContaining([
      ['INBOX', 'new', 30],
      ['Plans', 'new', 3],
    ]),
  );
});

test('after it nothing is left to do', async () => {
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');

  expect(await planned()).toMatchObject({
    copied: 0,
    moved: 0,
    flagged: 0,
    removed: 0,
    held: 0,
    results: [{ folders: [] }],
  });
});

test('what was changed at the source is named, and is what the sync then does', async () => {
  const uids = await source.uids(INBOX);
  await source.append(plainMail('new one', INBOX));
  await source.setFlags(INBOX, uids.slice(0, 2), ['\\Flagged']);
  await source.move(INBOX, uids.slice(2, 5), ['Plans']);
  await source.expunge(INBOX, uids.slice(5, 6));
  await source.renameFolder(['Plans'], ['Vorhaben']);

  const view = await planned();
  const user = await syncAgain(world, 'info');

  expect(view).toMatchObject({ copied: 1, moved: 3, flagged: 2, removed: 1, held: 0 });
  expect(view.results[0]?.folders.find((folder) => folder.source === 'Vorhaben')?.renamedFrom).toBe('Plans');
  expect(user.items).toMatchObject({ source: 33, copied: 33 });
  expect(await planned()).toMatchObject({ copied: 0, moved: 0, flagged: 0, removed: 0, held: 0 });
});

test('the brake is told before it holds', async () => {
  const uids = await source.uids(INBOX);
  await source.expunge(INBOX, uids.slice(0, 12));

  const view = await planned();
  const user = await syncAgain(world, 'info');

  expect(view).toMatchObject({ removed: 0, held: 12 });
  expect(user.findings.RemovalHeld).toMatchObject({ count: 12 });
});

test('a user nobody knows, a batch that is not there', async () => {
  expect((await world.bellhop('plan', 'nobody@contoso.example')).error).toContain('UnknownUser');
  expect((await world.bellhop('plan', 'nothing')).error).toContain('UnknownBatch');
});

test('in a channel the card becomes the plan once it is known', async () => {
  const channel = world.teams.channel('Mail migration').id;
  await world.teams.say('operator-a', channel, `@Bellhop plan ${USER}`);

  const answer = await world.teams.waitFor(
    (message) => message.author.kind === 'bot' && JSON.stringify(message.cards).includes('a sync would write nothing'),
    20_000,
  );

  expect(JSON.stringify(answer.cards)).toContain('Plan again');
});
