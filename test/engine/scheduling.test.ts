import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MigrationBatch } from '../../src/engine/domain/migration-batch.ts';
import type { MigrationUser } from '../../src/engine/domain/migration-user.ts';
import { runScheduleSyncs } from '../../src/engine/scheduling.ts';
import {
  OPERATOR,
  address,
  batchName,
  endpointName,
  sampleBatch,
  sampleEndpoint,
  sampleUser,
} from '../contracts/sample-records.ts';
import { type EngineWorld, startEngineWorld } from '../support/engine-world.ts';

let engine: EngineWorld;
beforeAll(async () => {
  engine = await startEngineWorld();
});
afterAll(() => engine[Symbol.asyncDispose]());

beforeEach(async () => {
  await engine.opened.redis.flushall();
  await engine.world.store.addEndpoint(sampleEndpoint('old-server'), [], OPERATOR);
});

async function addBatch(name: string, users: number, wanted: Partial<MigrationBatch & MigrationUser> = {}) {
  const { priority, ...user } = wanted;
  const batch = sampleBatch(name, { intent: 'Started', ...(priority === undefined ? {} : { priority }) });
  await engine.world.store.addBatch(batch, [], OPERATOR);
  const all = Array.from({ length: users }, (_, at) =>
    sampleUser(`user${at}@${name}.example`, name, { status: 'Queued', queuedAt: 1, ...user }),
  );
  await engine.world.store.addUsers(all, [], OPERATOR);
}

async function scheduled(): Promise<readonly string[]> {
  await runScheduleSyncs(engine.world);
  const jobs = await engine.world.jobs.pending('sync-mailbox');
  return jobs.map((job) => job.payload.user.replace(/^.*@/, ''));
}

function countOf(domains: readonly string[], domain: string): number {
  return domains.filter((each) => each === domain).length;
}

test('batches of one endpoint share its places by priority, and a second look adds nobody', async () => {
  await addBatch('first', 50, { priority: 'high' });
  await addBatch('second', 50);
  await addBatch('third', 50, { priority: 'low' });

  const jobs = await scheduled();

  expect(jobs).toHaveLength(20);
  expect(countOf(jobs, 'first.example')).toBeGreaterThanOrEqual(11);
  expect(countOf(jobs, 'second.example')).toBeGreaterThanOrEqual(5);
  expect(countOf(jobs, 'third.example')).toBeGreaterThanOrEqual(2);
  expect(await scheduled()).toHaveLength(20);
});

test('initial and incremental syncs have places of their own; who is not due gets none', async () => {
  const now = engine.world.clock.now();
  const synced = { status: 'Synced', lastSuccessfulSyncAt: 1 } as const;
  await addBatch('new', 30);
  await addBatch('synced', 30, { ...synced, nextSyncAt: now - 1000 });
  await addBatch('early', 30, { ...synced, nextSyncAt: now + 60_000 });

  const jobs = await scheduled();

  expect([countOf(jobs, 'new.example'), countOf(jobs, 'synced.example'), countOf(jobs, 'early.example')]).toEqual([
    20, 10, 0,
  ]);
});

test('who has a job does not keep those behind it from being seen', async () => {
  await addBatch('one', 60);
  await scheduled();
  await engine.world.store.changeUsers(batchName('one'), (user) =>
    Number(/\d+/.exec(user.address)?.[0]) < 20
      ? { to: { ...user, status: 'Syncing', queuedAt: 0 }, events: [] }
      : undefined,
  );
  await engine.world.store.changeUser(address('user0@one.example'), (user) => ({
    to: { ...user, status: 'Failed' },
    events: [],
  }));

  expect(await scheduled()).toHaveLength(20);
});

test('a look of the scheduler does not read the users that are not due', async () => {
  const { redis } = engine.opened;
  const later = engine.world.clock.now() + 3_600_000;
  await addBatch('big', 20_000, { status: 'Synced', lastSuccessfulSyncAt: 1, nextSyncAt: later });
  await addBatch('small', 5);
  await scheduled();
  await redis.config('RESETSTAT');

  await runScheduleSyncs(engine.world);

  expect(Number(/total_net_output_bytes:(\d+)/.exec(await redis.info('stats'))?.[1])).toBeLessThan(200_000);
});

test('an endpoint without numbers of its own grows while all its places are taken', async () => {
  const { world } = engine;
  await world.store.addEndpoint({ ...sampleEndpoint('growing'), grows: ['initial', 'incremental'] }, [], OPERATOR);
  await world.store.addBatch(
    sampleBatch('many', { intent: 'Started', endpoint: endpointName('growing') }),
    [],
    OPERATOR,
  );
  const users = Array.from({ length: 90 }, (_, at) =>
    sampleUser(`user${at}@many.example`, 'many', { status: 'Queued', queuedAt: 1 }),
  );
  await world.store.addUsers(users, [], OPERATOR);

  expect(await scheduled()).toHaveLength(20);
  engine.pass(11 * 60_000);
  await scheduled();
  expect(await scheduled()).toHaveLength(25);
  engine.pass(11 * 60_000);
  await scheduled();
  expect(await scheduled()).toHaveLength(32);
});
