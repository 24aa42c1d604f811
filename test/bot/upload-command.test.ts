import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { runCli } from '../../src/cli.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { redisText } from '../support/redis-text.ts';

const PUBLIC = 'http://127.0.0.1:1';
const LINK = /http:\/\/127\.0\.0\.1:1\/upload\/[0-9a-f]{64}/;

function textOf(message: Message | undefined): string {
  return JSON.stringify(message?.cards ?? []);
}

describe('add users', () => {
  let world: BotWorld;

  beforeAll(async () => {
    world = await startBotWorld({ BELLHOP_PUBLIC_URL: PUBLIC });
    await world.ask('add endpoint mail-hq host=imap.example.com');
    await world.ask('create batch sales-1 endpoint=mail-hq');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('said in a channel: the link goes to the person alone, the channel hears that it did', async () => {
    const chat = world.teams.chatOf('Operator A').id;

    const answer = await world.ask('add users sales-1');

    const inChannel = world.teams.messages(world.channel).map(textOf).join('\n');
    expect(inChannel).not.toMatch(/\/upload\//);
    expect(textOf(answer)).toContain('Sent to you');
    expect(world.teams.messages(chat).map(textOf).join('\n')).toMatch(LINK);
    const [link = ''] = LINK.exec(world.teams.messages(chat).map(textOf).join('\n')) ?? [];
    expect(await redisText(world.opened.redis)).not.toContain(link.split('/').at(-1));
  });

  test('said in the own chat: the link is the answer', async () => {
    const chat = world.teams.chatOf('Operator A').id;
    const before = world.teams.messages(chat).length;

    await world.teams.say('Operator A', chat, 'benutzer hinzufügen sales-1');

    expect(world.teams.messages(chat).slice(before).map(textOf).join('\n')).toMatch(LINK);
  });

  test('whose chat Bellhop cannot reach is told where to ask, and no link is made', async () => {
    const chat = world.teams.chatOf('Operator A').id;
    for (const name of await world.documents.names('private:')) await world.documents.delete(name);
    const before = world.teams.messages(chat).length;

    const answer = await world.ask('add users sales-9 endpoint=mail-hq');

    expect(textOf(answer)).toContain('add users sales-9 endpoint=mail-hq');
    expect(textOf(answer)).not.toMatch(/\/upload\//);
    expect(world.teams.messages(chat)).toHaveLength(before);
  });

  test('a guest gets none', async () => {
    expect(textOf(await world.ask('add users sales-1', 'Guest A'))).toContain('needs the role');
  });

  test('a batch that is not there needs an endpoint, and the endpoint has to be there', async () => {
    const chat = world.teams.chatOf('Operator A').id;
    await world.teams.say('Operator A', chat, 'add users new-1');
    await world.teams.say('Operator A', chat, 'add users new-1 endpoint=nowhere');

    const said = world.teams.messages(chat).slice(-4).map(textOf).join('\n');
    expect(said).toContain('say where its users are');
    expect(said).toContain('There is no endpoint');
  });

  test('in a terminal it is printed, and in --json', async () => {
    const said: string[] = [];
    const streams = { out: (text: string) => void said.push(text), error: (text: string) => void said.push(text) };
    const by = { id: 'cli:test', name: 'cli:test' };

    await runCli(['add', 'users', 'sales-1'], streams, world.opened.world, by);
    await runCli(['add', 'users', 'sales-1', '--json'], streams, world.opened.world, by);

    expect(said[0]).toMatch(LINK);
    expect(JSON.parse(said[1] ?? '')).toMatchObject({ batch: 'sales-1', endpoint: 'mail-hq', url: expect.stringMatching(LINK) }); // prettier-ignore
  });
});

test('without BELLHOP_PUBLIC_URL the command says what to set', async () => {
  await using world = await startBotWorld();
  await world.ask('add endpoint mail-hq host=imap.example.com');
  const chat = world.teams.chatOf('Operator A').id;

  await world.teams.say('Operator A', chat, 'add users sales-1 endpoint=mail-hq');

  expect(world.teams.messages(chat).map(textOf).join('\n')).toContain('BELLHOP_PUBLIC_URL');
});
