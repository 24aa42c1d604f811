import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EventBody } from '../../src/engine/domain/events.ts';
import { completeBatch, removeBatch } from '../../src/engine/ending.ts';
import { OPERATOR, address, batchName, sampleBatch, sampleProgress, sampleUser } from '../contracts/sample-records.ts';
import { plan, planView } from '../../src/engine/plan.ts';
import { applyDeletions, heldRemovalsOf } from '../../src/engine/removals.ts';
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

test('removals that are held are found and let go over all users of a batch, and nobody else is touched', async () => {
  const { store } = engine.world;
  const held = [USERS[7], USERS[900]].flatMap((user) => (user === undefined ? [] : [user]));
  for (const user of held) {
    const findings = { RemovalHeld: { count: 2, folders: ['INBOX (2)'] } };
    await store.saveProgress(user, BATCH, { ...sampleProgress(3), findings });
  }

  expect(await heldRemovalsOf(engine.world, { batch: BATCH })).toEqual({
    count: 4,
    folders: held.map((user) => `${user}: INBOX (2)`),
  });
  await applyDeletions(engine.world, { batch: BATCH }, OPERATOR);

  const letGogo = (await store.usersNamed(USERS)).filter((user) => user.removalsApprovedAt !== undefined);
  expect(letGogo.map((user) => user.address)).toEqual(held);
  expect(await countOf('RemovalsApproved')).toBe(2);
});

test('a plan has one job for every user', async () => {
  const { request } = await plan(engine.world, { batch: BATCH }, OPERATOR);

  const jobs = (await engine.world.jobs.pending('plan-mailbox')).map(({ payload }) => payload);
  expect(new Set(jobs.map(({ user }) => user))).toEqual(new Set(USERS));
  expect(new Set(jobs.map((job) => job.request))).toEqual(new Set([request]));
  expect(jobs).toHaveLength(USERS.length);
  expect(await planView(engine.world, { batch: BATCH }, request)).toMatchObject({ users: USERS.length, done: 0 });
});
