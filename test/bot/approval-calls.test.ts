import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { openApprovals } from '../../src/engine/approvals.ts';
import type { Approval } from '../../src/engine/domain/approval.ts';
import { OPERATOR, address, batchName } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { sampleUsers } from '../support/sample-users.ts';
import { waitUntil } from '../support/wait-until.ts';

const holding = (role: string): string =>
  SAMPLE_PEOPLE.filter((person) => person.role === role)
    .map((person) => person.aadObjectId)
    .join(',');
const person = (name: string) => SAMPLE_PEOPLE.find((each) => each.name === name);

let world: BotWorld;
let number = 0;

beforeAll(async () => {
  world = await startBotWorld(
    {
      BELLHOP_APPROVALS: '1',
      BELLHOP_VIEWERS: holding('viewer'),
      BELLHOP_OPERATORS: holding('operator'),
      BELLHOP_APPROVERS: holding('approver'),
    },
    60_000,
    2,
  );
  await world.ask('add endpoint mail-hq host=imap.example.com', 'Operator A');
});
afterAll(() => world[Symbol.asyncDispose]());

/** Asks for an approval and answers its id. */
async function asked(): Promise<string> {
  number += 1;
  const name = `batch-${number}`;
  await world.ask(`create batch ${name} endpoint=mail-hq`, 'Operator A');
  const users = sampleUsers(name, 3).map((user) => ({ ...user, address: address(`${name}.${user.address}`) }));
  await world.opened.world.store.addUsers(users, [], OPERATOR);
  const card = await world.ask(`remove batch ${batchName(name)} sync=no`, 'Operator A');
  return /Approval ([0-9A-F]{6})/.exec(JSON.stringify(card.cards))?.[1] ?? '';
}

/** The clock reached this: looked at by every bot. */
async function due(id: string, times: Partial<Approval>): Promise<void> {
  await world.opened.world.store.changeApproval(id, (approval) => ({ to: { ...approval, ...times }, events: [] }));
}

function cardsOf(id: string, words: string): readonly Message[] {
  return world.teams.conversations
    .flatMap(({ id: conversation }) => world.teams.messages(conversation))
    .filter(({ cards }) => JSON.stringify(cards).includes(id) && JSON.stringify(cards).includes(words));
}

const told = (id: string, words: string, count = 1): Promise<readonly Message[]> =>
  waitUntil(
    async () => cardsOf(id, words),
    (found) => found.length >= count,
  );

function mentioned({ cards }: Message): unknown {
  const { entities } = Object(cards[0]?.['msteams']);
  return Array.isArray(entities) ? entities.map((each: unknown) => Reflect.get(Object(each), 'mentioned')) : [];
}

const types = async (id: string): Promise<readonly string[]> => {
  const found: string[] = [];
  await world.opened.world.audit.catchUp();
  for await (const line of world.opened.world.audit.lines()) {
    const { type, details } = JSON.parse(line);
    if (details.approval === id) found.push(type);
  }
  return found;
};

test('half the time is over: those who can answer are reminded, once, by two bots', async () => {
  const id = await asked();
  await due(id, { remindAt: 1 });

  const [reminder] = await told(id, 'This still waits for an answer.');

  expect(reminder === undefined ? [] : mentioned(reminder)).toEqual([
    { id: person('Approver A')?.id, name: 'Approver A' },
    { id: person('Approver B')?.id, name: 'Approver B' },
  ]);
  // The next call shows that both bots have looked again since.
  await due(id, { escalateAt: 1 });
  await told(id, 'it will soon be too late');
  expect(cardsOf(id, 'This still waits for an answer.')).toHaveLength(1);
  expect(await types(id)).toEqual(['ApprovalRequested', 'ApprovalReminded', 'ApprovalEscalated']);
});

test('shortly before the end everybody who may decide is told, also alone with Bellhop; a decision is on every card', async () => {
  const chat = world.teams.chatOf('Approver B');
  await world.teams.say('Approver B', chat.id, 'approvals');
  const id = await asked();
  await due(id, { escalateAt: 1 });

  const cards = await told(id, 'it will soon be too late', 3);
  const alone = cards.find(({ conversationId }) => conversationId === chat.id);
  expect(JSON.stringify(alone?.cards[0]?.['actions'])).toContain('approve');
  // Once in the channel, and once to each approver.
  const places = [world.channel, chat.id, world.teams.chatOf('Approver A').id];
  expect(cards.map(({ conversationId }) => conversationId).toSorted()).toEqual(places.toSorted());

  await world.ask(`reject ${id} not today`, 'Approver A');

  await waitUntil(
    async () => cardsOf(id, 'Rejected').filter(({ editedAt }) => editedAt !== undefined),
    (found) => found.length >= 3,
  );
});

test('asked alone with Bellhop, it is brought to those who may answer', async () => {
  const chat = world.teams.chatOf('Operator A');
  await world.ask('create batch alone endpoint=mail-hq', 'Operator A');
  const users = sampleUsers('alone', 2).map((user) => ({ ...user, address: address(`alone.${user.address}`) }));
  await world.opened.world.store.addUsers(users, [], OPERATOR);
  await world.teams.say('Operator A', chat.id, 'remove batch alone sync=no');
  const open = await waitUntil(
    () => openApprovals(world.opened.world),
    (all) => all.some(({ plan }) => plan.batch === 'alone'),
  );
  const id = open.find(({ plan }) => plan.batch === 'alone')?.identity ?? '';

  const cards = await told(id, 'Somebody asks for your approval.', 2);

  const places = ['Approver A', 'Approver B'].map((name) => world.teams.chatOf(name).id);
  expect(cards.map(({ conversationId }) => conversationId).toSorted()).toEqual(places.toSorted());
});

test('nobody answered: it is over, said where it was asked to who asked, and no click has an effect any more', async () => {
  const id = await asked();
  await due(id, { expiresAt: 1000 });
  // Long over: no news, but over all the same.
  await waitUntil(
    async () => cardsOf(id, 'Expired'),
    (found) => found.length >= 1,
  );
  const fresh = await asked();
  await due(fresh, { expiresAt: Date.now() });

  const [notice] = await told(fresh, 'Ask again if it is still wanted');

  expect(notice === undefined ? [] : mentioned(notice)).toEqual([{ id: person('Operator A')?.id, name: 'Operator A' }]);
  expect(JSON.stringify((await world.ask(`approve ${fresh}`, 'Approver A')).cards)).toContain('is expired');
  expect(await world.opened.world.store.batch(batchName(`batch-${number}`))).toBeDefined();
  expect((await types(fresh)).filter((type) => type === 'ApprovalExpired')).toHaveLength(1);
  expect(cardsOf(id, 'Ask again if it is still wanted')).toHaveLength(0);
});
