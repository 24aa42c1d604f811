import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { commandWords } from '../../src/bot/commands/command.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import { OPERATOR } from '../contracts/sample-records.ts';
import { sampleUsers } from '../support/sample-users.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

/** Commands in, replies out: the whole edge with a real Redis, through the connector of a Teams on this machine. */
describe('every command has an answer', () => {
  let world: BotWorld;

  beforeAll(async () => {
    world = await startBotWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const RECORDED: readonly (readonly [said: string, answered: string | RegExp])[] = [
    ['help', 'What Bellhop can do'],
    ['help start batch', 'Role: operator'],
    ['hilfe', 'What Bellhop can do'],
    ['status', 'There is no batch yet.'],
    ['add endpoint mail-hq host=imap.example.com', 'Endpoint mail-hq added: imap.example.com:993'],
    ['add endpoint mail-hq host=other.example.com', 'already exists'],
    ['endpoints', '1 endpoint'],
    ['test endpoint mail-hq', 'Testing endpoint mail-hq'],
    ['create batch sales-1 endpoint=mail-hq', /sales-1 is Created/],
    ['create batch sales-2 endpoint=nowhere', 'There is no endpoint'],
    ['batches', '1 batch'],
    ['status sales-1', /sales-1 is Created/],
    ['start batch sales-1', 'has no users yet'],
    ['failures', '0 failed users'],
    ['failures sales-1', '0 failed users'],
    ['status nobody@example.com', 'No batch contains'],
    ['why nobody@example.com', 'No batch contains'],
    ['watch sales-1', 'News about sales-1 come'],
    ['mute sales-1', 'No more news about sales-1'],
    ['report', 'Daily report'],
    ['report here', 'Every day at 08:00'],
    ['report at 07:30 days=mon-fri zone=Europe/Berlin', 'At 07:30 (Europe/Berlin) on Monday'],
    ['report at off', 'No more daily reports'],
    ['doctor', 'doctor'],
    ['strt batch sales-1', 'There is no command'],
    ['start batch', 'needs the name of a batch'],
    ['password=not-a-real-one', 'looks as if it contains a password'],
  ];

  test.each(RECORDED)('%s', async (said, answered) => {
    const { cards } = await world.ask(said);

    expect(cards).toHaveLength(1);
    expect(JSON.stringify(cards[0]).replaceAll('**', '')).toMatch(answered);
  });

  test('no command of the table throws something nobody foresaw', async () => {
    for (const command of COMMANDS) {
      const [example = commandWords(command.usage)] = command.examples;
      const { cards } = await world.ask(example);

      expect(JSON.stringify(cards), example).not.toContain('"Unexpected"');
    }
  });

  test('a person whose Teams is German is answered in German', async () => {
    const [operator] = world.teams.people;
    if (operator === undefined) throw new Error('The sandbox has people.');
    Object.assign(operator, { locale: 'de-DE' });

    const { cards } = await world.ask('status sales-1');

    expect(String(cards[0]?.['fallbackText'])).toContain('Schreiben Sie');
    Object.assign(operator, { locale: 'en-US' });
  });

  test('a guest of the team is refused', async () => {
    const { cards } = await world.ask('status', 'Guest A');

    expect(JSON.stringify(cards[0])).toContain('needs the role');
  });

  test('"did you mean" is a button that says it', async () => {
    const asked = await world.ask('statsu');
    const before = world.teams.messages(world.channel).length;

    await world.teams.clickAction('Operator A', asked, 'status');

    const messages = world.teams.messages(world.channel);
    expect(messages.length).toBe(before + 1);
    expect(textOf(messages.at(-1))).toMatch(/batch/);
  });
});

/** A migration that fails at once: who is told, how often, and what becomes of the card. */
describe('news of failures', () => {
  let world: BotWorld;
  const TOTAL = 3000;

  beforeAll(async () => {
    world = await startBotWorld();
    await world.ask('add endpoint mail-hq host=imap.example.com');
    await world.ask('create batch branch-2 endpoint=mail-hq');
    await world.opened.world.store.addUsers(
      sampleUsers('branch-2', TOTAL),
      [{ type: 'UsersAdded', batch: 'branch-2' as BatchName, count: TOTAL }],
      OPERATOR,
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  function clusterCards(): readonly Message[] {
    return world.teams
      .messages(world.channel)
      .filter((message) => textOf(message).includes('Failure · batch branch-2'));
  }

  async function failEverybody(): Promise<void> {
    await world.opened.world.store.changeUsers('branch-2' as BatchName, (user) => {
      const error = failure('ImapAuthenticationException', { code: 'NO', detail: 'no', address: user.address });
      return {
        to: { ...user, status: 'Failed', error },
        events: [{ type: 'UserSyncFailed', batch: user.batch, user: user.address, error }],
      };
    });
  }

  test('thousands of failures of one cause are one card that names the person who has to act', async () => {
    await failEverybody();

    const card = await world.teams.waitFor(
      (message) => textOf(message).includes(`**${TOTAL.toLocaleString('en')} users** cannot be synced`),
      60_000,
    );

    expect(clusterCards()).toHaveLength(1);
    expect(textOf(card)).toContain('<at>Operator A</at>');
    expect(JSON.stringify(card.cards[0]?.['actions'])).toContain('Retry 3,000 users');
  });

  test('its number follows, and at last it says solved; still the same card', async () => {
    await world.opened.world.store.changeUsers('branch-2' as BatchName, (user) => {
      const { error: _error, ...rest } = user;
      return {
        to: { ...rest, status: 'Queued' },
        events: [{ type: 'UserStopped', batch: user.batch, user: user.address }],
      };
    });

    await world.teams.waitFor((message) => textOf(message).includes('Solved'), 60_000);

    expect(clusterCards()).toHaveLength(1);
  });

  test('muted, a conversation hears nothing', async () => {
    await world.ask('mute branch-2');
    const before = clusterCards().length;
    await failEverybody();

    // Another batch that fails after it is told: the muted one had its time.
    await world.ask('create batch branch-3 endpoint=mail-hq');
    const { store } = world.opened.world;
    const [user] = sampleUsers('branch-3', 1);
    if (user !== undefined)
      await store.addUsers([{ ...user, address: 'third@example.com' as UserAddress }], [], OPERATOR);
    const error = failure('MailboxFull', { address: 'third@example.com' });
    await store.changeUsers('branch-3' as BatchName, (each) => ({
      to: { ...each, status: 'Failed', error },
      events: [{ type: 'UserSyncFailed', batch: each.batch, user: each.address, error }],
    }));
    await world.teams.waitFor((message) => textOf(message).includes('Failure · batch branch-3'), 60_000);
    expect(clusterCards()).toHaveLength(before);
    expect(await store.user('user.1@example.com' as UserAddress)).toMatchObject({ status: 'Failed' });
  });
});

function textOf(message: Message | undefined): string {
  return JSON.stringify(message?.cards ?? []);
}
