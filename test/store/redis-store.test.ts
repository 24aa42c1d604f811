import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisEventLog } from '../../src/store/redis-event-log.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { eventLogContract } from '../contracts/event-log.ts';
import { migrationStoreContract } from '../contracts/migration-store.ts';
import { address, batchName, sampleUser } from '../contracts/sample-records.ts';
import { type LocalRedis, keepingLog, localRedis, newId, systemClock } from './local-redis.ts';

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

async function open() {
  await local.redis.flushall();
  return {
    store: redisStore({ redis: local.redis, clock: systemClock, newId }),
    events: redisEventLog({ redis: local.redis, clock: systemClock, log: keepingLog() }),
    now: () => systemClock.now(),
    async [Symbol.asyncDispose]() {},
  };
}

migrationStoreContract('Redis', open);
eventLogContract('Redis', open);

test('SEC31: a record somebody damaged in Redis is refused, not used', async () => {
  await using world = await open();
  await world.store.addUsers([sampleUser('a@contoso.example', 'one')], [], 'Operator A');
  const damaged = JSON.stringify({ ...sampleUser('a@contoso.example', 'one'), status: 'Root', epoch: 'x' });
  await local.redis.hset('{bellhop}:users', 'a@contoso.example', `1 ${damaged}`);

  const read = world.store.user(address('a@contoso.example'));

  await expect(read).rejects.toMatchObject({ code: 'StateUnavailable' });
});

test('fields of a newer version survive a change by this one', async () => {
  await using world = await open();
  await world.store.addUsers([sampleUser('a@contoso.example', 'one')], [], 'Operator A');
  const newer = JSON.stringify({ ...sampleUser('a@contoso.example', 'one'), archive: { bytes: 5 } });
  await local.redis.hset('{bellhop}:users', 'a@contoso.example', `1 ${newer}`);

  await world.store.changeUser(address('a@contoso.example'), (user) => ({ to: { ...user, epoch: 1 }, events: [] }));

  expect(await local.redis.hget('{bellhop}:users', 'a@contoso.example')).toContain('"archive":{"bytes":5}');
});

test('a damaged event is left out and the others are read', async () => {
  await using world = await open();
  await local.redis.xadd('{bellhop}:events', '*', 'e', '{"type":');
  await world.store.publish([{ type: 'BatchStarted', batch: batchName('one') }]);

  const read = await Array.fromAsync(world.events.read(0, systemClock.now()));

  expect(read).toMatchObject([{ type: 'BatchStarted' }]);
});

test('Q1: nothing that was acknowledged is lost when Redis is killed, and commands wait until it is back', async () => {
  await using world = await open();
  const users = Array.from({ length: 300 }, (_, at) => sampleUser(`user${at}@contoso.example`, 'one'));
  let acknowledged = 0;
  const adding = (async () => {
    for (const user of users) {
      await world.store.addUsers([user], [{ type: 'UsersAdded', batch: user.batch, count: 1 }], 'Operator A');
      acknowledged += 1;
      if (acknowledged === 100) await local.kill();
    }
  })();

  await adding;

  expect(acknowledged).toBe(300);
  expect(await Array.fromAsync(world.store.users(batchName('one')), (user) => user.address)).toEqual(
    users.map((user) => user.address),
  );
  expect(await Array.fromAsync(world.events.read(0, systemClock.now()))).toHaveLength(300);
});

test('Q1: a reader gets every event although Redis is killed meanwhile', async () => {
  await using world = await open();
  const stop = new AbortController();
  const seen: number[] = [];
  const following = world.events.follow(
    'notifier',
    async (events) => {
      for (const event of events) if (event.type === 'UsersAdded') seen.push(event.count);
    },
    stop.signal,
  );
  await expect.poll(() => local.redis.hexists('{bellhop}:event-readers', 'notifier')).toBe(1);

  for (let count = 0; count < 200; count += 1) {
    await world.store.publish([{ type: 'UsersAdded', batch: batchName('one'), count }]);
    if (count === 100) await local.kill();
  }

  await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(199);
  expect([...new Set(seen)]).toEqual(Array.from({ length: 200 }, (_, count) => count));
  stop.abort();
  await following;
});

test('a script that is sent again after its answer was lost does its work once', async () => {
  await using world = await open();
  await world.store.addUsers([sampleUser('a@contoso.example', 'one')], [], 'Operator A');
  const former = (await local.redis.hget('{bellhop}:users', 'a@contoso.example')) ?? '';
  const next = `stamp.1 ${former.slice(former.indexOf(' ') + 1)}`;
  const send = () =>
    local.redis.bellhopChangeRecord(
      '{bellhop}:users',
      '{bellhop}:events',
      'a@contoso.example',
      former,
      next,
      '{"type":"BatchStarted","at":1}',
    );

  const answers = [await send(), await send()];

  expect(answers).toEqual([1, 1]);
  expect(await local.redis.xlen('{bellhop}:events')).toBe(1);
});

test('50,000 users are added, changed and listed within seconds', async () => {
  await using world = await open();
  const users = Array.from({ length: 50_000 }, (_, at) => sampleUser(`user${at}@contoso.example`, 'big'));
  const since = performance.now();

  await world.store.addUsers(users, [], 'Operator A');
  const changed = await world.store.changeUsers(batchName('big'), (user) => ({
    to: { ...user, status: 'Queued' },
    events: [],
  }));
  let queued = 0;
  for await (const user of world.store.users(batchName('big'))) queued += user.status === 'Queued' ? 1 : 0;

  expect([changed, queued]).toEqual([50_000, 50_000]);
  expect(performance.now() - since).toBeLessThan(30_000);
});
