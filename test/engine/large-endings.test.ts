import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EventBody } from '../../src/engine/domain/events.ts';
import { completeBatch, removeBatch } from '../../src/engine/ending.ts';
import { OPERATOR, address, batchName, sampleBatch, sampleProgress, sampleUser } from '../contracts/sample-records.ts';
import { type EngineWorld, startEngineWorld } from '../support/engine-world.ts';

const BATCH = batchName('large');
const USERS = Array.from({ length: 1201 }, (_, at) => address(`user${at}@contoso.example`));

let engine: EngineWorld;
beforeAll(async () => {
  engine = await startEngineWorld({});
});
afterAll(() => engine[Symbol.asyncDispose]());

beforeEach(async () => {
  const { store, vault } = engine.world;
  await engine.opened.redis.flushall();
  await store.addBatch({ ...sampleBatch(BATCH), intent: 'Started' }, [], OPERATOR);
  const users = USERS.map(
    (user) => ({ ...sampleUser(user, BATCH), status: 'Synced', lastSuccessfulSyncAt: 1 }) as const,
  );
  await store.addUsers(users, [], OPERATOR);
  await Promise.all(USERS.map((user) => store.saveProgress(user, BATCH, sampleProgress(3))));
  await vault.putAll(new Map(USERS.map((user) => [user, 'not-a-password'])));
});

async function countOf(type: EventBody['type']): Promise<number> {
  let count = 0;
  for await (const event of engine.world.events.read(0, 9e15)) count += event.type === type ? 1 : 0;
  return count;
}

test('a large batch is removed with everybody in it, and said to be once', async () => {
  const { store, vault } = engine.world;

  await removeBatch(engine.world, BATCH, { lastSync: false }, OPERATOR);

  expect(await store.batch(BATCH)).toBeUndefined();
  expect(await store.usersNamed(USERS)).toEqual([]);
  expect(await vault.getAll(USERS)).toEqual(new Map());
  expect([await countOf('UserRemoved'), await countOf('BatchRemoved')]).toEqual([USERS.length, 1]);
});

test.each([
  [false, 'Completed', USERS.length],
  [true, 'Completing', 0],
] as const)('a large batch is completed with everybody in it; last sync: %s', async (lastSync, status, completed) => {
  await completeBatch(engine.world, BATCH, { lastSync }, OPERATOR);

  const users = await engine.world.store.usersNamed(USERS);
  expect(users.filter((user) => user.status === status)).toHaveLength(USERS.length);
  expect(await countOf('UserCompleted')).toBe(completed);
});
