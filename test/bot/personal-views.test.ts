import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { parseBatchName } from '../../src/engine/domain/ids.ts';
import { address } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { sampleUsers } from '../support/sample-users.ts';

const holding = (role: string): string =>
  SAMPLE_PEOPLE.filter((person) => person.role === role)
    .map((person) => person.aadObjectId)
    .join(',');
const chatId = (name: string): string => SAMPLE_PEOPLE.find((person) => person.name === name)?.id ?? '';

const OPERATOR = { id: 'operator-a', name: 'Operator A' };

let world: BotWorld;
let number = 0;

async function start(approvals: string): Promise<BotWorld> {
  const started = await startBotWorld(
    {
      BELLHOP_APPROVALS: approvals,
      BELLHOP_VIEWERS: holding('viewer'),
      BELLHOP_OPERATORS: holding('operator'),
      BELLHOP_APPROVERS: holding('approver'),
    },
    0,
  );
  world = started;
  await world.ask('add endpoint mail-hq host=imap.example.com');
  return started;
}

async function newBatch(): Promise<string> {
  number += 1;
  const name = `batch-${number}`;
  await world.ask(`create batch ${name} endpoint=mail-hq`);
  const users = sampleUsers(name, 3).map((user) => ({ ...user, address: address(`${name}.${user.address}`) }));
  await world.opened.world.store.addUsers(users, [], OPERATOR);
  return name;
}

/** The card that asks for an approval, and its id. */
async function asked(by = 'Operator A'): Promise<{ readonly card: Message; readonly id: string }> {
  const card = await world.ask(`remove batch ${await newBatch()} sync=no`, by);
  return { card, id: /Approval ([0-9A-F]{6})/.exec(JSON.stringify(card.cards))?.[1] ?? '' };
}

function seen(person: string, message: Message): string {
  return JSON.stringify(world.teams.cardSeenBy(person, message));
}

function userIds(message: Message): unknown {
  return Reflect.get(Object(current(message).cards[0]?.['refresh'] ?? {}), 'userIds');
}

function current(message: Message): Message {
  return world.teams.messages(message.conversationId).find(({ id }) => id === message.id) ?? message;
}

async function looked(person: string, verb: string, target: unknown, message?: Message): Promise<string> {
  const value = { action: { type: 'Action.Execute', verb, data: { target } }, trigger: 'automatic' };
  const { status, body } = await world.teams.invoke(person, world.channel, 'adaptiveCard/action', value, message?.id);
  expect(status).toBe(200);
  return JSON.stringify(body);
}

describe('an approval, one other person needed', () => {
  beforeAll(async () => void (await start('1')));
  afterAll(() => world[Symbol.asyncDispose]());

  test('everybody sees who is waited for, and no button; the approvers are asked to look', async () => {
    const { card } = await asked();

    expect(JSON.stringify(card.cards)).toContain('Waiting for Approver A, Approver B');
    expect(card.cards[0]?.['actions']).toEqual([]);
    expect(userIds(card)).toEqual([chatId('Approver A'), chatId('Approver B')]);
  });

  test('an approver sees the buttons, requester and viewer do not', async () => {
    const { card } = await asked();
    for (const person of ['Approver A', 'Operator A', 'Viewer A']) await world.teams.open(person, world.channel);

    await expect.poll(() => seen('Approver A', card)).toContain('It is up to you');
    expect(seen('Approver A', card)).toContain('"verb":"approve"');
    for (const person of ['Operator A', 'Viewer A']) {
      expect(seen(person, card)).toContain('Waiting for Approver A');
      await expect(world.teams.clickAction(person, card, 'Approve')).rejects.toThrow('no button');
    }
  });

  test('an approver who asks is not waited for', async () => {
    const { card, id } = await asked('Approver A');

    expect(userIds(card)).toEqual([chatId('Approver B')]);
    expect(await looked('Approver A', 'viewApproval', id, card)).not.toContain('"verb":"approve"');
  });

  test('approved on the card, everybody sees it, nobody is asked to look any more', async () => {
    const { card } = await asked();

    const outcome = await world.teams.clickAction('Approver A', card, 'Approve');

    expect(JSON.stringify(outcome)).toContain('Approved and done');
    await world.teams.waitFor((message) => message.id === card.id && message.editedAt !== undefined, 20_000);
    expect(userIds(card)).toBeUndefined();
    expect(seen('Viewer A', card)).toContain('Approved and done');
    await expect(world.teams.clickAction('Approver B', card, 'Approve')).rejects.toThrow('no button');
  });

  test('a press on a card that is not up to date is answered with the state, and nothing else happens', async () => {
    const { card, id } = await asked();
    await world.teams.open('Approver B', world.channel);
    await world.teams.clickAction('Approver A', card, 'Approve');
    const before = world.teams.messages(world.channel).length;

    const answer = await looked('Approver B', 'approve', id, card);

    expect(answer).toContain('application/vnd.microsoft.card.adaptive');
    expect(answer).toContain('Approved and done');
    expect(world.teams.messages(world.channel).length).toBe(before);
  });

  test('rejected on the card with a reason, which stays', async () => {
    const { card } = await asked();

    const reason = 'not before Monday: "phones" still use host=old';
    const outcome = await world.teams.clickAction('Approver B', card, 'Reject with this reason', { reason });

    expect(JSON.stringify(outcome).replaceAll(/\u200b|\\(?=")/g, '')).toContain(reason);
    await world.teams.waitFor((message) => message.id === card.id && message.editedAt !== undefined, 20_000);
    expect(seen('Operator A', card)).toContain('Rejected');
  });

  test('a reason that looks like a password is refused and kept nowhere', async () => {
    const { card } = await asked();

    await world.teams.clickAction('Approver B', card, 'Reject with this reason', { reason: 'password: hunter2' });

    const said = JSON.stringify(world.teams.messages(world.channel));
    expect(said).toContain('PasswordInChat');
    expect(said).not.toContain('hunter2');
  });

  test('a client that asks for the view of a person gets it from the state, whatever it shows', async () => {
    const { id } = await asked();

    expect(await looked('Approver A', 'viewApproval', id)).toContain('It is up to you');
    expect(await looked('Viewer A', 'viewApproval', id)).not.toContain('"verb":"approve"');
    expect(await looked('Guest A', 'viewApproval', id)).toContain('needs the role');
    expect(await looked('Approver A', 'viewApproval', 'FFFFFF')).toContain('There is no approval');
    expect(await looked('Approver A', 'viewApproval', '" confirm="1')).toContain('activity.message');
    for (const odd of ['x'.repeat(10_000), undefined, { id }, 7])
      expect(await looked('Approver A', 'viewApproval', odd)).toContain('another version');
  });

  test('where the roster cannot be read, everybody has the buttons: the server decides', async () => {
    await using other = await startBotWorld({ BELLHOP_APPROVALS: '1', BELLHOP_APPROVERS: holding('approver'), BELLHOP_OPERATORS: holding('operator') }, 0);
    await other.ask('add endpoint mail-hq host=imap.example.com');
    await other.ask('create batch one endpoint=mail-hq');
    await other.opened.world.store.addUsers(sampleUsers('one', 3), [], OPERATOR);
    // The live card of the batch has read the roster; that of another channel has not.
    const there = other.teams.channel('Daily report').id;
    await other.ask('status');
    other.teams.faults.add({ kind: 'gateway', on: ['read'], times: 9 });

    await other.teams.say('Operator A', there, '@Bellhop remove batch one sync=no');
    const card = await other.teams.waitFor(
      (message) => message.conversationId === there && message.author.kind === 'bot',
      20_000,
    );

    expect(JSON.stringify(card.cards)).toContain('"verb":"approve"');
  }); // prettier-ignore
});

describe('an approval, two other people needed', () => {
  beforeAll(async () => void (await start('2')));
  afterAll(() => world[Symbol.asyncDispose]());

  test('the first who agrees is no longer waited for', async () => {
    const { card } = await asked();

    const outcome = await world.teams.clickAction('Approver A', card, 'Approve');

    expect(JSON.stringify(outcome)).toContain('Waiting for Approver B');
    expect(JSON.stringify(outcome)).not.toContain('"verb":"approve"');
    await expect.poll(() => userIds(card), { timeout: 20_000 }).toEqual([chatId('Approver B')]);
    // Once more, from a card that still has the button.
    expect(JSON.stringify(await world.teams.invoke('Approver A', world.channel, 'adaptiveCard/action', { action: { type: 'Action.Execute', verb: 'approve', data: { target: /Approval ([0-9A-F]{6})/.exec(JSON.stringify(card.cards))?.[1] } } }, card.id))).toContain('Waiting for Approver B');

    expect(JSON.stringify(await world.teams.clickAction('Approver B', card, 'Approve'))).toContain('Approved and done');
  }); // prettier-ignore
});

describe('the live card of a batch', () => {
  let card: Message;
  let name: string;

  beforeAll(async () => void (await start('1')));
  afterAll(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    name = await newBatch();
    card = await world.ask(`status ${name}`);
  });

  test('who may only look is asked to, and sees buttons that only look', async () => {
    expect(userIds(card)).toEqual([chatId('Viewer A')]);
    expect(JSON.stringify(card.cards)).toContain('"verb":"startBatch"');
    await world.teams.open('Viewer A', world.channel);

    await expect.poll(() => seen('Viewer A', card)).not.toContain('"verb":"startBatch"');
    expect(seen('Operator A', card)).toContain('"verb":"startBatch"');
  });

  test('it keeps that when it is edited, and when an operator presses a button on it', async () => {
    const batch = parseBatchName(name);
    if (batch === undefined) throw new Error('a name is one');
    const users = sampleUsers(name, 4).slice(3).map((user) => ({ ...user, address: address(`${name}.${user.address}`) }));

    await world.opened.world.store.addUsers(users, [{ type: 'UsersAdded', batch, count: 1 }], OPERATOR);
    await world.teams.waitFor((message) => message.id === card.id && message.editedAt !== undefined, 20_000);
    expect(userIds(card)).toEqual([chatId('Viewer A')]);

    const outcome = await world.teams.clickAction('Operator A', card, 'Start batch');
    expect(JSON.stringify(outcome)).toContain('"verb":"stopBatch"');
    await expect.poll(() => seen('Viewer A', card), { timeout: 20_000 }).toContain(`${name} is Syncing`);
    expect(userIds(card)).toEqual([chatId('Viewer A')]);
  }); // prettier-ignore

  test('it is in the language of who looks', async () => {
    const viewer = world.teams.people.find((person) => person.name === 'Viewer A');
    if (viewer === undefined) throw new Error('The sandbox has people.');
    Object.assign(viewer, { locale: 'de-DE' });

    const german = await looked('Viewer A', 'viewBatch', name, card);

    Object.assign(viewer, { locale: 'en-US' });
    expect(german).toContain('Schreiben Sie');
  });

  test('in a chat alone with Bellhop a viewer sees no button that would be refused', async () => {
    const chat = world.teams.chatOf('Viewer A').id;

    await world.teams.say('Viewer A', chat, `status ${name}`);
    const own = await world.teams.waitFor(
      (message) => message.conversationId === chat && message.author.kind === 'bot' && JSON.stringify(message.cards).includes(`${name} is`),
      20_000,
    );

    expect(JSON.stringify(own.cards)).not.toContain('"verb":"startBatch"');
    expect(own.cards[0]?.['refresh']).toBeUndefined();
  }); // prettier-ignore

  test('an unknown batch is said beside the card', async () => {
    expect(await looked('Viewer A', 'viewBatch', 'nowhere', card)).toContain('activity.message');
  });
});
