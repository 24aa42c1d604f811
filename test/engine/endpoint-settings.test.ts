import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import type { BatchName, EndpointName, UserAddress } from '../../src/engine/domain/ids.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const OPERATOR = { id: 'cli:test', name: 'cli:test' };
const TOKEN = 'token=https://login.example.com/token';

let world: BotWorld;
let directory: string;
beforeAll(async () => {
  world = await startBotWorld();
  directory = await mkdtemp(join(tmpdir(), 'bellhop-endpoints-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await world[Symbol.asyncDispose]();
});

async function cli(...words: readonly string[]) {
  const said = { out: '', error: '' };
  const streams = {
    out: (text: string) => void (said.out += text),
    error: (text: string) => void (said.error += text),
  };
  return { code: await runCli(words, streams, world.opened.world, OPERATOR), ...said };
}

test('where tokens come from is kept with the endpoint; login=xoauth2 goes without saying', async () => {
  const { code, out } = await cli('add', 'endpoint', 'cloud', 'host=imap.example.com', TOKEN, 'client=1f2e', '--json');

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    login: 'xoauth2',
    oauth: { url: 'https://login.example.com/token', client: '1f2e', grant: 'client' },
    connections: expect.any(Number),
    learned: [],
  });
  expect(await world.opened.world.store.endpoint('cloud' as EndpointName)).toMatchObject({ login: 'xoauth2' });
});

test.each([
  ['a client without an address', ['client=1f2e'], 'token='],
  ['an address without a client', [TOKEN], 'client='],
  ['a token for a sign-in by password', [TOKEN, 'client=1f2e', 'login=plain'], 'login=xoauth2'],
  ['an address in clear text', ['token=http://login.example.com/token', 'client=1f2e'], 'https'],
  ['more connections than anybody takes', ['connections=1000'], '300'],
])('%s is refused', async (_what, words, said) => {
  const { code, error } = await cli('add', 'endpoint', 'half', 'host=imap.example.com', ...words);

  expect(code).not.toBe(0);
  expect(error).toContain(said);
  expect(await world.opened.world.store.endpoint('half' as EndpointName)).toBeUndefined();
});

test.each([
  ['as people write it', ['host=imap.example.com:1993'], 1993],
  ['said twice, the same', ['host=imap.example.com:143', 'port=143'], 143],
  ['of its own', ['host=imap.example.com', 'port=994'], 994],
])('the port %s', async (what, words, port) => {
  const name = `port-${what.replaceAll(/[ ,]+/g, '-')}`;

  const { code } = await cli('add', 'endpoint', name, ...words);

  expect(code).toBe(0);
  expect(await world.opened.world.store.endpoint(name as EndpointName)).toMatchObject({
    host: 'imap.example.com',
    port,
  });
});

test.each([
  ['another one in port=', ['host=imap.example.com:993', 'port=143'], 'leave one of them out'],
  ['too high', ['host=imap.example.com:99999'], 'a number from 1 to 65535'],
  ['none behind the colon', ['host=imap.example.com:'], 'a number from 1 to 65535'],
  ['a word', ['host=imap.example.com:imaps'], 'the port goes into port='],
  ['an address of version 6', ['host=[::1]:993'], 'the port goes into port='],
])('a port that is not to be used: %s', async (_what, words, said) => {
  const { code, error } = await cli('add', 'endpoint', 'nowhere', ...words);

  expect(code).not.toBe(0);
  expect(error).toContain(said);
  expect(await world.opened.world.store.endpoint('nowhere' as EndpointName)).toBeUndefined();
});

test('UserRoot is kept with the user, changed by another file, and gone with a file that has none', async () => {
  await cli('add', 'endpoint', 'shared', 'host=imap.example.com');
  const rootAfter = async (header: string, row: string): Promise<string | undefined> => {
    const file = join(directory, 'users.csv');
    await writeFile(file, `EmailAddress,UserName,Password${header}\n${row}\n`);
    expect((await cli('import', file, 'batch=rooted', 'endpoint=shared')).code).toBe(0);
    return (await world.opened.world.store.user('anna@example.com' as UserAddress))?.userRoot;
  };

  expect(await rootAfter(',UserRoot', 'anna@example.com,admin,not-a-password,/users/anna')).toBe('/users/anna');
  expect(await rootAfter(',UserRoot', 'anna@example.com,admin,not-a-password,shared.anna')).toBe('shared.anna');
  expect(await rootAfter('', 'anna@example.com,anna,not-a-password')).toBeUndefined();
});

test('Priority of a CSV is that of the user; set in the chat it stays until a file says another', async () => {
  await cli('add', 'endpoint', 'ranked', 'host=imap.example.com');
  const imported = async (header: string, ...rows: readonly string[]) => {
    const file = join(directory, 'ranked.csv');
    await writeFile(file, `EmailAddress,UserName,Password${header}\n${rows.join('\n')}\n`);
    const { out } = await cli('import', file, 'batch=ranked', 'endpoint=ranked', '--json');
    return JSON.parse(out) as { readonly added: number; readonly updated: number; readonly unchanged: number };
  };
  const user = (name: string) => world.opened.world.store.user(`${name}@example.com` as UserAddress);
  const row = (name: string, priority: string) => `${name}@example.com,${name},not-a-password${priority}`;

  expect(await imported(',Priority', row('ben', ',High'), row('eva', ','))).toMatchObject({ added: 2 });
  expect([(await user('ben'))?.priority, (await user('eva'))?.priority]).toEqual(['high', undefined]);

  await cli('set', 'priority', 'eva@example.com', 'low');
  const unsaid = await imported('', row('ben', ''), row('eva', ''));
  expect(unsaid).toMatchObject({ updated: 0, unchanged: 2 });
  expect([(await user('ben'))?.priority, (await user('eva'))?.priority]).toEqual(['high', 'low']);

  const grown = await imported(',Priority', row('ben', ',high'), row('eva', ',normal'), row('zoe', ',low'));
  expect(grown).toMatchObject({ added: 1, updated: 1, unchanged: 1 });
  expect([(await user('eva'))?.priority, (await user('zoe'))?.priority]).toEqual(['normal', 'low']);
  // No login changed: nothing is tried again because of it.
  expect((await user('eva'))?.credentialsAt).toBeUndefined();

  // The scheduler reads lists by priority: who waits already is moved to another one by the file.
  const waiting = async () =>
    (await world.opened.world.store.waiting('ranked' as BatchName, 9e15, 10)).map(
      ({ address, priority }) => `${address.split('@')[0]} ${priority}`,
    );
  await cli('start', 'batch', 'ranked');
  expect(await waiting()).toEqual(['ben high', 'eva normal', 'zoe low']);
  await imported(',Priority', row('ben', ',low'), row('eva', ','), row('zoe', ',high'));
  expect(await waiting()).toEqual(['zoe high', 'eva normal', 'ben low']);
});
