import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { type LocalDovecot, startLocalDovecot } from '../../sandbox/source/local-dovecot.ts';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import { toMigrationError } from '../../src/engine/domain/failure.ts';
import type { SourceConnector, SourceMailbox } from '../../src/engine/ports.ts';
import { imapConnector } from '../../src/imap/imap-connector.ts';
import { redisSourceSlots } from '../../src/store/redis-source-slots.ts';
import { endpointName } from '../contracts/sample-records.ts';
import { type LocalRedis, localRedis, systemClock } from '../store/local-redis.ts';

const MASTER = { name: 'master', password: 'master-not-a-real-password' };
const GOOD = Array.from({ length: 40 }, (_, at) => ({ name: `u${at}`, password: `pw-${at}-not-a-real-password` }));
const never = new AbortController().signal;

let local: LocalRedis;
let stack: AsyncDisposableStack;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  local = stack.use(await localRedis());
});
afterAll(() => stack[Symbol.asyncDispose]());

function endpointOf(server: LocalDovecot, settings: Partial<MigrationEndpoint> = {}): MigrationEndpoint {
  return {
    ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login: 'plain' },
    ...{ initial: 20, incremental: 10, ...settings },
  };
}

const worker = (): SourceConnector =>
  imapConnector({
    clock: systemClock,
    slots: redisSourceSlots(local.redis, systemClock, 1),
    allowHosts: ['localhost'],
  });

test('Dovecot takes three connections of a user: it is told so three times, learned once, and no password is blamed', async () => {
  await using dovecot = await startLocalDovecot({
    ...{ directory: join(local.directory, 'limits'), users: GOOD, masterUser: MASTER, maxConnections: 3 },
  });
  const [one, two] = [worker(), worker()];
  const endpoint = endpointOf(dovecot);
  const login = { userName: 'u0', password: GOOD[0]?.password ?? '' };

  // One by one: Dovecot looks first and counts afterwards, so that more come in when all come at once.
  const open: SourceMailbox[] = [];
  for (const each of [one, two, one]) open.push(await each.connect(endpoint, login, never));

  const tries = await Promise.allSettled([two, one, two].map((each) => each.connect(endpoint, login, never)));

  const refused = tries.flatMap((each) => (each.status === 'rejected' ? [toMigrationError(each.reason)] : []));
  expect(open).toHaveLength(3);
  expect(refused.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => 'ImapSignInDelayed'));
  expect(refused.every(({ retryAt }) => retryAt !== undefined)).toBe(true);
  const slots = redisSourceSlots(local.redis, systemClock, 1);
  expect(await slots.learned(`localhost:${dovecot.port}`)).toMatchObject([
    { kind: 'login', name: 'u0', connections: 3, said: expect.stringContaining('mail_max_userip_connections') },
  ]);
  // From now on nobody asks the server: the place is waited for.
  await expect(two.connect(endpoint, login, never)).rejects.toMatchObject({ code: 'SourceBusy' });
  await open[0]?.[Symbol.asyncDispose]();
  const next = await two.connect(endpoint, login, never);
  await Promise.all([...open, next].map((each) => each[Symbol.asyncDispose]()));
});

test("Dovecot counts an administrator's connections by mailbox: one whose owner is connected stops nobody else", async () => {
  await using dovecot = await startLocalDovecot({
    ...{ directory: join(local.directory, 'admin'), users: GOOD, masterUser: MASTER, maxConnections: 2 },
  });
  const plain = endpointOf(dovecot);
  const own = { userName: 'u0', password: GOOD[0]?.password ?? '' };
  const owner = await Promise.all([worker().connect(plain, own, never), worker().connect(plain, own, never)]);
  const admin = endpointOf(dovecot, { admin: 'user*master' });
  const asAdmin = (userName: string): Promise<SourceMailbox> =>
    worker().connect(admin, { userName, password: MASTER.password }, never);

  await expect(asAdmin('u0')).rejects.toMatchObject({ code: 'ImapSignInDelayed' });

  const others = await Promise.all(['u1', 'u2', 'u3', 'u4'].map(asAdmin));
  expect(others).toHaveLength(4);
  await Promise.all([...owner, ...others].map((each) => each[Symbol.asyncDispose]()));
});

test('a wrong password among forty costs what the server makes everybody wait once, and is sent once', async () => {
  await using dovecot = await startLocalDovecot({
    ...{ directory: join(local.directory, 'penalty'), users: GOOD, realLoginDelays: true },
  });
  const endpoint = endpointOf(dovecot);
  const source = worker();
  const signIn = async (userName: string, password: string): Promise<string> => {
    try {
      await (await source.connect(endpoint, { userName, password }, never))[Symbol.asyncDispose]();
      return 'signed in';
    } catch (error) {
      return toMigrationError(error).code;
    }
  };
  const waiting = GOOD.map(({ name, password }, at) => [name, at === 3 ? 'wrong' : password] as const);
  const outcomes: string[] = [];
  const from = systemClock.now();

  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await signIn(...next));
    }),
  );

  expect(outcomes.filter((each) => each === 'signed in')).toHaveLength(39);
  expect(outcomes.filter((each) => each === 'ImapAuthenticationException')).toHaveLength(1);
  // Two seconds for the refusal, four for whoever signs in next to it: not four for each of the others, which would be 150.
  expect(systemClock.now() - from).toBeLessThan(30_000);
  const log = await readFile(join(dovecot.settings.folder, 'dovecot.log'), 'utf8');
  expect(log.match(/auth failed, \d+ attempts/g) ?? []).toEqual(['auth failed, 1 attempts']);
});
