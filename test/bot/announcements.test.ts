import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { batchName } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { completeDueBatches } from '../../src/engine/completion.ts';
import { lookAtExpiries } from '../../src/engine/expiry.ts';

const DAY = 86_400_000;
const SCALE = 2000;
let bot: BotWorld;

beforeAll(async () => {
  const holding = (role: string): string =>
    SAMPLE_PEOPLE.filter((person) => person.role === role)
      .map((person) => person.aadObjectId)
      .join(',');
  bot = await startBotWorld({
    BELLHOP_TIME_SCALE: String(SCALE),
    BELLHOP_APPROVALS: '1',
    BELLHOP_OPERATORS: holding('operator'),
    BELLHOP_APPROVERS: holding('approver'),
  });
  await bot.ask('add endpoint mail-hq host=imap.example.com', 'Operator A');
});
afterAll(() => bot[Symbol.asyncDispose]());

const world = () => bot.opened.world;

function said(text: RegExp) {
  return bot.teams.waitFor((message) => message.author.kind === 'bot' && text.test(JSON.stringify(message)), 20_000);
}

function times(text: RegExp): number {
  return bot.teams.messages(bot.channel).filter((message) => text.test(JSON.stringify(message))).length;
}

test('that the passwords of an idle batch will be forgotten is said in its channel, once for each announcement', async () => {
  await bot.ask('create batch idle endpoint=mail-hq', 'Operator A');
  await world().store.changeBatch(batchName('idle'), (batch) => ({
    to: { ...batch, idleSince: world().clock.now() - (59.5 * DAY) / SCALE },
    events: [],
  }));

  await lookAtExpiries(world());
  await lookAtExpiries(world());

  await said(/Nobody works with this batch/);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(times(/Nobody works with this batch/)).toBe(1);
});

test('what Bellhop asks by itself ahead of a completion stands in the channel of the batch', async () => {
  const at = new Date(world().clock.now() + 120_000).toISOString().slice(0, 19);
  await bot.ask(`create batch ends endpoint=mail-hq complete=${at}Z`, 'Operator A');
  await world().store.addUsers(
    [
      {
        ...{ address: 'anna@contoso.example' as never, guid: 'g', batch: batchName('ends'), userName: 'anna' },
        ...{ status: 'Synced', epoch: 0, warnings: [], lastSuccessfulSyncAt: 1 },
      },
    ],
    [],
    { id: 'cli:test', name: 'cli:test' },
  );
  await world().store.changeBatch(batchName('ends'), (batch) => ({
    to: {
      ...batch,
      intent: 'Started',
      ...(batch.completion === undefined
        ? {}
        : { completion: { ...batch.completion, at: world().clock.now() + DAY / SCALE / 2 } }),
    },
    events: [],
  }));

  await completeDueBatches(world());

  const question = await said(/complete batch ends at=/);
  const [, id = ''] = /"text":"Approval ([0-9A-F]{6})"/.exec(JSON.stringify(question)) ?? [];
  await bot.ask(`approve ${id}`, 'Approver A');

  expect((await world().store.batch(batchName('ends')))?.completion?.agreed).toBe(1);
});
