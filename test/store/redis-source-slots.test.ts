import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisSourceSlots } from '../../src/store/redis-source-slots.ts';
import { slotRequest } from '../../src/engine/domain/source-slots.ts';
import { sourceSlotsContract } from '../contracts/source-slots.ts';
import { endpointName } from '../contracts/sample-records.ts';
import { type LocalRedis, localRedis, systemClock } from './local-redis.ts';

const LEARNED = '{bellhop}:slots:imap.contoso.example:993:learned';
let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

sourceSlotsContract('Redis', async () => {
  await local.redis.flushall();
  return {
    open: () => redisSourceSlots(local.redis, systemClock, 1),
    // The clock is Redis' own: what was learned is made older instead.
    async pass(quarters) {
      for (const [field, text] of Object.entries(await local.redis.hgetall(LEARNED))) {
        const row = JSON.parse(text) as { readonly at: number; readonly rest: number };
        const older = { ...row, at: row.at - quarters * 900_000, rest: 0 };
        await local.redis.hset(LEARNED, field, JSON.stringify(older));
      }
    },
  };
});

test('the places of a worker that died are free when it has been silent for a while', async () => {
  await local.redis.flushall();
  const endpoint = {
    ...({
      name: endpointName('old'),
      host: 'imap.contoso.example',
      port: 993,
      security: 'tls',
      login: 'plain',
    } as const),
    ...{ initial: 1, incremental: 1, connections: 2 },
  };
  const dead = `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}/x`;
  const key = '{bellhop}:slots:imap.contoso.example:993:endpoint';
  for (let at = 0; at < 2; at += 1) await local.redis.zadd(key, systemClock.now(), `${dead}${at}`);
  const slots = redisSourceSlots(local.redis, systemClock, 1);

  await expect(slots.enter(slotRequest(endpoint, 'u'), new AbortController().signal)).resolves.toBeDefined();
});
