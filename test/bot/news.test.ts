import { afterEach, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { type FailureCode, failure } from '../../src/engine/domain/failure.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import { OPERATOR } from '../contracts/sample-records.ts';
import { sampleUsers } from '../support/sample-users.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The notifier with a real Redis and a Teams on this machine: what comes into a channel, and what does not. */
let bot: BotWorld;

afterEach(() => bot[Symbol.asyncDispose]());

async function open(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  bot = await startBotWorld(environment);
  await bot.ask('add endpoint mail-hq host=imap.example.com');
}

async function batch(name: string, users = 1): Promise<void> {
  await bot.ask(`create batch ${name} endpoint=mail-hq`);
  const renamed = sampleUsers(name, users).map((user) => ({
    ...user,
    address: `${name}.${user.address}` as UserAddress,
  }));
  await bot.opened.world.store.addUsers(renamed, [], OPERATOR);
}

async function fail(name: string, code: FailureCode = 'MailboxFull'): Promise<void> {
  await bot.opened.world.store.changeUsers(name as BatchName, (user) => {
    const error = failure(code, { address: user.address, detail: 'no', code: 'NO', host: 'imap.example.com' });
    return {
      to: { ...user, status: 'Failed', error },
      events: [{ type: 'UserSyncFailed', batch: user.batch, user: user.address, error }],
    };
  });
}

const textOf = (message: Message): string => JSON.stringify(message.cards);
function news(): readonly string[] {
  const texts = bot.teams
    .messages(bot.channel)
    .filter((each) => each.author.kind === 'bot')
    .map(textOf);
  return texts.filter((text) => text.includes('Failure · batch') || text.includes('Several causes'));
}

test('50,000 failures at once, in the log of a real Redis, are one card', async () => {
  await open();
  await batch('branch-2', 40);
  await fail('branch-2');
  const error = failure('MailboxFull', { address: 'x@example.com' });
  for (let sent = 0; sent < 50_000; sent += 5_000)
    await bot.opened.world.store.publish(
      Array.from({ length: 5_000 }, (_, at) => ({
        ...{ type: 'UserSyncFailed' as const, batch: 'branch-2' as BatchName, error },
        user: `user.${sent + at}@example.com` as UserAddress,
      })),
    );
  await waitUntil(
    async () => news().length,
    (count) => count > 0,
  );
  // Whoever reads the log to its end has read them all.
  await bot.opened.world.store.publish([{ type: 'BatchStarted', batch: 'branch-2' as BatchName }]);
  await batch('after-2');
  await fail('after-2');
  await waitUntil(
    async () => news(),
    (cards) => cards.some((card) => card.includes('after-2')),
  );

  expect(news().filter((card) => card.includes('branch-2'))).toHaveLength(1);
}, 120_000);

test('many causes at once are one digest', async () => {
  await open({ BELLHOP_TIME_SCALE: '1' });
  for (let at = 0; at < 5; at += 1) await batch(`branch-${at}`);
  await Promise.all(Array.from({ length: 5 }, (_, at) => fail(`branch-${at}`)));
  await waitUntil(
    async () => news().join('\n'),
    (text) => [0, 1, 2, 3, 4].every((at) => text.includes(`branch-${at}`)),
  );

  // However the looks fall between the five: never a card for each of them.
  expect(news().length).toBeLessThan(5);
  expect(news().some((card) => card.includes('Several causes'))).toBe(true);
});

describe('in quiet hours', () => {
  test('what can wait waits; what stops everybody is told', async () => {
    await open({ BELLHOP_QUIET: '00:00-23:59' });
    await batch('can-wait');
    await batch('stops-all');
    await fail('can-wait');
    await fail('stops-all', 'SourceUnreachable');
    await waitUntil(
      async () => news(),
      (cards) => cards.some((card) => card.includes('stops-all')),
    );

    expect(news().some((card) => card.includes('can-wait'))).toBe(false);
  });
});

describe('watch and mute, by user', () => {
  test('a watched user is told, by name, and no longer when muted; a cause of nobody else is no news then', async () => {
    await open();
    await batch('pilot', 1);
    const user = 'pilot.user.0@example.com';
    await bot.ask(`mute ${user}`);
    await fail('pilot');
    await batch('other');
    await fail('other');
    await waitUntil(
      async () => news(),
      (cards) => cards.some((card) => card.includes('batch other')),
    );
    expect(news().some((card) => card.includes('batch pilot'))).toBe(false);

    await bot.ask(`watch ${user}`);
    await fail('pilot');
    const told = await bot.teams.waitFor(
      (message) =>
        textOf(message).includes('Migration user') && textOf(message).replaceAll('\u200b', '').includes(user),
      20_000,
    );
    expect(textOf(told)).toContain('Failed');
    await waitUntil(
      async () => news(),
      (cards) => cards.some((card) => card.includes('batch pilot')),
    );
  });
});
