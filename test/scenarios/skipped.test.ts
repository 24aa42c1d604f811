import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import type { SkippedView, UserView } from '../../src/engine/views.ts';
import { plainMail } from '../support/plain-mail.ts';
import { syncAgain, userWhen, viewOf } from '../support/sandbox-views.ts';

const USER = addressOf('info');
let world: SandboxWorld;
let channel: string;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: 1 }] });
  const mail = plainMail('far-too-large', ['Plans']);
  const raw = Buffer.concat([mail.raw, Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(15_000))]);
  await fillMailbox(world.source, 'info', [], [{ ...mail, raw }]);
  await world.startBellhop('bot,worker', { BELLHOP_MAX_ITEM_SIZE: '1000000' });
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');
  channel = world.teams.channel('Mail migration').id;
});
afterAll(() => world[Symbol.asyncDispose]());

async function ask(person: string, text: string): Promise<string> {
  const known = new Set(world.teams.messages(channel).map((message) => message.id));
  await world.teams.say(person, channel, `@Bellhop ${text}`);
  const answer = await world.teams.waitFor(
    (message) => message.author.kind === 'bot' && !known.has(message.id),
    20_000,
  );
  return JSON.stringify(answer.cards);
}

test('a skipped message is listed with folder, subject, sender, date, size, kind and reason', async () => {
  const view = await viewOf<SkippedView>(world, 'skipped', USER);

  expect(view).toMatchObject({ count: 1, unapprovedCount: 1 });
  expect(view.items[0]).toMatchObject({
    folder: 'Plans',
    subject: 'far-too-large',
    from: 'ada@fabrikam.example',
    date: Date.parse('2023-10-17T21:43:00Z'),
    kind: 'large',
    code: 'ItemTooLarge',
  });
  expect(view.items[0]?.size).toBeGreaterThan(1_000_000);
  expect((await viewOf<UserView>(world, 'status', USER)).hasUnapprovedSkippedItems).toBe(true);
});

test('a channel is told how many and why, but no subject', async () => {
  const answer = await ask('operator-a', `skipped ${USER}`);

  expect(answer).toContain('1 message');
  expect(answer).not.toContain('far-too-large');
  expect(answer).not.toContain('ada@fabrikam.example');
});

test('an operator and a terminal cannot approve', async () => {
  expect(await ask('operator-a', `approve skipped ${USER}`)).toContain('approver');
  expect((await world.bellhop('approve', 'skipped', USER)).error).toContain('ApprovalNeedsPerson');
  expect((await viewOf<SkippedView>(world, 'skipped', USER)).unapprovedCount).toBe(1);
});

test('an approver is asked first, and approves with name and time; the next sync keeps it', async () => {
  expect(await ask('approver-a', `approve skipped ${USER}`)).toContain('confirm=1');

  await ask('approver-a', `approve skipped ${USER} confirm=1`);

  const [item] = (await viewOf<SkippedView>(world, 'skipped', USER)).items;
  expect(item?.approved?.by).toBe('Approver A');
  expect(item?.approved?.at).toBeGreaterThan(Date.now() - 60_000);
  const user = await syncAgain(world, 'info');
  expect(user.hasUnapprovedSkippedItems).toBe(false);
  // Approved or not, it is not in the target: the score says so.
  expect(user.dataConsistencyScore).toBe('Poor');
});
