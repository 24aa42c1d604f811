import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisEventLog } from '../../src/store/redis-event-log.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { batchTallyContract, expectExact } from '../contracts/batch-tally.ts';
import { eventLogContract } from '../contracts/event-log.ts';
import { migrationStoreContract } from '../contracts/migration-store.ts';
import { OPERATOR, batchName, sampleProgress, sampleUser } from '../contracts/sample-records.ts';
import { type LocalRedis, keepingLog, localRedis, systemClock } from './local-redis.ts';

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

async function open() {
  await local.redis.flushall();
  return {
    store: redisStore(local.redis, systemClock),
    events: redisEventLog({ redis: local.redis, connect: local.handle.connect, clock: systemClock, log: keepingLog() }),
    now: () => systemClock.now(),
    async [Symbol.asyncDispose]() {},
  };
}

migrationStoreContract('Redis', open);
eventLogContract('Redis', open);
batchTallyContract(open);

test('a damaged event is left out and the others are read', async () => {
  await using world = await open();
  await local.redis.xadd('{bellhop}:events', '*', 'event', '{"type":');
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
      await world.store.addUsers([user], [{ type: 'UsersAdded', batch: user.batch, count: 1 }], OPERATOR);
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
  await expect.poll(() => local.redis.hexists('{bellhop}:readers', 'notifier')).toBe(1);

  for (let count = 0; count < 200; count += 1) {
    await world.store.publish([{ type: 'UsersAdded', batch: batchName('one'), count }]);
    if (count === 100) await local.kill();
  }

  await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(199);
  expect([...new Set(seen)]).toEqual(Array.from({ length: 200 }, (_, count) => count));
  stop.abort();
  await following;
});

test('50,000 users are added, changed and listed one and all', async () => {
  await using world = await open();
  const users = Array.from({ length: 50_000 }, (_, at) => sampleUser(`user${at}@contoso.example`, 'big'));
  await world.store.addUsers(users, [], OPERATOR);
  const changed = await world.store.changeUsers(batchName('big'), (user) => ({
    to: { ...user, status: 'Queued' },
    events: [],
  }));
  let queued = 0;
  for await (const user of world.store.users(batchName('big'))) queued += user.status === 'Queued' ? 1 : 0;

  expect([changed, queued]).toEqual([50_000, 50_000]);
});

// What stood in Redis before there were sums, and what a process of that version writes beside a newer one.
async function writeAsBefore(count: number): Promise<void> {
  const writing = local.redis.pipeline();
  for (let at = 0; at < count; at += 1) {
    const user = sampleUser(`old${at}@contoso.example`, 'one', { status: 'Synced', lastSuccessfulSyncAt: at + 1 });
    writing.hset('{bellhop}:users', user.address, JSON.stringify(user)).rpush('{bellhop}:order:one', user.address);
    if (at % 3 > 0) writing.hset('{bellhop}:progress:one', user.address, JSON.stringify(sampleProgress(at)));
  }
  writing.hset('{bellhop}:progress:one', 'gone@contoso.example', JSON.stringify(sampleProgress(9)));
  await writing.exec();
}

test('a batch of an older version is added up when it is first read or written, by many at once', async () => {
  await using world = await open();
  await writeAsBefore(2500);
  const other = redisStore(local.redis, systemClock);

  const reading = [world.store, other, redisStore(local.redis, systemClock)].map((store) =>
    store.tally(batchName('one'), 0),
  );
  const writing = Array.from({ length: 20 }, (_, at) =>
    other.saveProgress(sampleUser(`old${at}@contoso.example`, 'one').address, batchName('one'), sampleProgress(1)),
  );
  await Promise.all([...reading, ...writing]);

  expect((await world.store.tally(batchName('one'), 0)).statuses).toEqual(new Map([['Synced', 2500]]));
  await expectExact(world.store);
});

test('adding up that was cut short is taken up by the next, and users an older version adds meanwhile are noticed', async () => {
  await using world = await open();
  await writeAsBefore(10);
  await local.redis.hset('{bellhop}:tally:one', '.state', 'building 4 somebody-who-died', 'items:source', '77');
  await expectExact(world.store);

  await writeAsBefore(12);

  await expectExact(world.store);
});

test('sums of another version are added up afresh', async () => {
  await using world = await open();
  await writeAsBefore(10);
  await local.redis.hset('{bellhop}:tally:one', '.state', 'whole 0', 'status:Synced', '10', 'counted', '7', 'old', '1');

  await expectExact(world.store);
});

test('a removed batch leaves no sums behind', async () => {
  await using world = await open();
  const user = sampleUser('a@contoso.example', 'one', { lastSuccessfulSyncAt: 5 });
  await world.store.addUsers([user], [], OPERATOR);
  await world.store.removeUser(user.address, []);
  await world.store.removeBatch(batchName('one'), []);

  expect(await local.redis.keys('{bellhop}:*')).toEqual([]);
});

test('who waits is found although nobody kept the lanes: written by an older version, or lost', async () => {
  await using world = await open();
  const batch = batchName('one');
  await world.store.addUsers([sampleUser('u@x.example', 'one', { status: 'Queued', queuedAt: 5 })], [], OPERATOR);
  for (const key of await local.redis.keys('{bellhop}:tally*')) await local.redis.del(key);

  const found = await redisStore(local.redis, systemClock).waiting(batch, 100, 10);

  expect(found).toEqual([{ address: 'u@x.example', turn: 'ready', priority: 'normal', since: 5 }]);
});
