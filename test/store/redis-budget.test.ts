import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisBudget } from '../../src/store/redis-budget.ts';
import { targetBudgetContract } from '../contracts/target-budget.ts';
import { type LocalRedis, keepingLog, localRedis, newId, systemClock } from './local-redis.ts';

const never = new AbortController().signal;

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

function settings() {
  return { redis: local.redis, clock: systemClock, log: keepingLog(), newId };
}

targetBudgetContract('Redis', async () => {
  await local.redis.flushall();
  return {
    open: (limits) => redisBudget({ ...settings(), ...limits }),
    now: () => systemClock.now(),
    async [Symbol.asyncDispose]() {},
  };
});

test('places of a worker that died run out', async () => {
  await local.redis.flushall();
  const dead = redisBudget({ ...settings(), placeMs: 300 });
  for (let at = 0; at < 4; at += 1) await dead.enter('mailbox', 0, never);
  const since = systemClock.now();

  await redisBudget({ ...settings(), placeMs: 300 }).enter('mailbox', 0, never);

  expect(systemClock.now() - since).toBeGreaterThan(200);
  expect(systemClock.now() - since).toBeLessThan(1500);
});

test('waiting for places of another worker asks Redis only a few times', async () => {
  await local.redis.flushall();
  const holder = redisBudget(settings());
  for (let at = 0; at < 4; at += 1) await holder.enter('mailbox', 0, never);
  const waiters = redisBudget({ ...settings(), patienceMs: 1000 });
  await local.redis.config('RESETSTAT');

  const waits = await Promise.allSettled(
    Array.from({ length: 10 }, () => waiters.enter('mailbox', 0, AbortSignal.timeout(1000))),
  );

  const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await local.redis.info('commandstats'))?.[1] ?? 0);
  expect(waits.every((each) => each.status === 'rejected')).toBe(true);
  expect(calls).toBeLessThan(20);
});

test('a sandbox that runs faster has shorter windows', async () => {
  await local.redis.flushall();
  const budget = redisBudget({ ...settings(), requests: 10, requestWindowMs: 600_000, timeScale: 2000 });
  const since = systemClock.now();

  for (let at = 0; at < 25; at += 1) await (await budget.enter('mailbox', 0, never)).leave();

  expect(systemClock.now() - since).toBeGreaterThan(500);
  expect(systemClock.now() - since).toBeLessThan(3000);
});

test('a budget that is switched off lets everybody in', async () => {
  const budget = redisBudget({ ...settings(), enabled: false, places: 1 });

  await Promise.all(Array.from({ length: 10 }, () => budget.enter('mailbox', 1e12, never)));
});

test('what it keeps in Redis goes away by itself', async () => {
  await local.redis.flushall();
  const budget = redisBudget({ ...settings(), timeScale: 6000 });
  await (await budget.enter('mailbox', 5, never)).leave();
  await budget.rest('mailbox', 50);

  await expect.poll(() => local.redis.dbsize(), { timeout: 5000 }).toBe(0);
});

// A floor that also holds on a busy machine; a quiet one reaches 6,000 and 25,000.
test('the budget is far quicker than any target: one mailbox 300 times a second, many 1,500 times', async () => {
  await local.redis.flushall();
  const budget = redisBudget({ ...settings(), requests: 1e9, bytes: 1e15 });
  const rate = async (mailboxes: number): Promise<number> => {
    const since = performance.now();
    let entered = 0;
    const lane = async (mailbox: string): Promise<void> => {
      while (performance.now() - since < 1000) {
        await (await budget.enter(mailbox, 100_000, never)).leave();
        entered += 1;
      }
    };
    await Promise.all(Array.from({ length: mailboxes * 4 }, (_, at) => lane(`mailbox-${at % mailboxes}`)));
    return entered / ((performance.now() - since) / 1000);
  };

  expect(await rate(1)).toBeGreaterThan(300);
  expect(await rate(20)).toBeGreaterThan(1500);
});
