import { afterAll, beforeAll, expect, test } from 'vitest';
import { PUBLISHED_LIMITS } from '../../src/store/budget-limits.ts';
import { redisBudget } from '../../src/store/redis-budget.ts';
import { targetBudgetContract } from '../contracts/target-budget.ts';
import { type LocalRedis, localRedis, systemClock } from './local-redis.ts';

const never = new AbortController().signal;

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

// The clock is Redis' own: instead of waiting, what it wrote down is made older.
async function pass(ms: number): Promise<void> {
  for (const key of await local.redis.keys('{bellhop}:budget*:share')) {
    for (const field of ['at', 'deaf'])
      await local.redis.hset(key, field, Number(await local.redis.hget(key, field)) - ms);
  }
}

targetBudgetContract('Redis', async () => {
  await local.redis.flushall();
  return {
    open: (limits) => redisBudget(local.redis, systemClock, { ...PUBLISHED_LIMITS, ...limits }, 1),
    now: () => systemClock.now(),
    pass,
    async [Symbol.asyncDispose]() {},
  };
});

test('the ceilings are the published ones', () => {
  expect(PUBLISHED_LIMITS).toEqual({
    places: 4,
    requests: 10_000,
    requestWindow: 600_000,
    bytes: 150_000_000,
    byteWindow: 300_000,
    tenantRequests: 130_000,
    tenantWindow: 10_000,
    directoryRequests: 3_500,
    recovery: 1_200_000,
  });
});

test('a rest holds whatever the clock of a worker says', async () => {
  await local.redis.flushall();
  const ahead = { ...systemClock, now: () => systemClock.now() + 7_200_000 };
  await redisBudget(local.redis, systemClock, PUBLISHED_LIMITS, 1).rest('mailbox', 60_000);

  const early = redisBudget(local.redis, ahead, PUBLISHED_LIMITS, 1).enter('mailbox', 0, never);

  await expect(early).rejects.toMatchObject({ code: 'TargetThrottled' });
});

test('a rest outlives the loss of Redis in the worker that was told', async () => {
  await local.redis.flushall();
  const budget = redisBudget(local.redis, systemClock, PUBLISHED_LIMITS, 1);
  await budget.rest('mailbox', 60_000);
  await local.redis.flushall();

  await expect(budget.enter('mailbox', 0, never)).rejects.toMatchObject({ code: 'TargetThrottled' });
});

test('a sandbox that runs faster has shorter windows', async () => {
  await local.redis.flushall();
  const budget = redisBudget(local.redis, systemClock, { ...PUBLISHED_LIMITS, requests: 10 }, 2000);
  const since = systemClock.now();

  for (let at = 0; at < 25; at += 1) await (await budget.enter('mailbox', 0, never)).leave();

  expect(systemClock.now() - since).toBeGreaterThan(500);
});

test('the places of a worker that died are free when it has been silent for a while', async () => {
  await local.redis.flushall();
  const place = `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}/x`;
  for (let at = 0; at < 4; at += 1)
    await local.redis.zadd('{bellhop}:budget:mailbox:places', systemClock.now() + 600_000, `${place}${at}`);
  const budget = redisBudget(local.redis, systemClock, PUBLISHED_LIMITS, 1);

  await expect(budget.enter('mailbox', 0, never)).resolves.toBeDefined();
});
