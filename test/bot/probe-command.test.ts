import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR, address, batchName } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { sampleUsers } from '../support/sample-users.ts';

const BATCH = batchName('branch');
const USER = address('user.0@example.com');

let world: BotWorld;

async function start(environment: Readonly<Record<string, string>>): Promise<void> {
  world = await startBotWorld(environment);
  await world.ask('add endpoint mail-hq host=imap.example.com');
  await world.ask(`create batch ${BATCH} endpoint=mail-hq`);
  await world.opened.world.store.addUsers(sampleUsers(BATCH, 1), [], OPERATOR);
}
beforeAll(() => start({ BELLHOP_PROBE_FROM: 'bellhop@example.com' }));
afterAll(() => world[Symbol.asyncDispose]());

test('the card that asked for a probe says where it came out, once a worker knows', async () => {
  const { store } = world.opened.world;
  const card = await world.ask(`probe mail ${USER}`);
  expect(JSON.stringify(card.cards)).toContain('A worker sends one real mail');
  const waiting = await store.probe(USER);
  if (waiting === undefined) throw new Error('the probe is there');

  const { request } = waiting;
  const arrivals = [{ where: 'target', after: 4000 }] as const;
  const event = { type: 'Probed', batch: BATCH, user: USER, request } as const;
  await store.saveProbe(
    { ...waiting, outcome: 'taken', host: 'mx.example.com', reply: 'ok', arrivals, finished: true },
    [event],
  );

  const edited = await world.teams.waitFor(
    (message) => message.id === card.id && message.editedAt !== undefined,
    20_000,
  );
  expect(JSON.stringify(edited.cards)).toContain('It came out in the **new** mailbox');
});

test('a user nobody knows, and an address that is none', async () => {
  expect(JSON.stringify((await world.ask('probe mail nobody@example.com')).cards)).toContain('nobody@example.com');
  expect(JSON.stringify((await world.ask('probe mail nobody')).cards)).toContain('is not the address of a user');
});
