import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { redisRefusals } from '../../src/store/redis-refusals.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type LocalRedis, localRedis } from './local-redis.ts';

const MOST = { ofPerson: 5, ofAll: 60, within: 3_600_000 };

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());
beforeEach(() => local.redis.flushall());

/** As many processes as there are in a large place, each with its own connection. */
function processes(count: number) {
  const connections = Array.from({ length: count }, () => local.redis.duplicate());
  return {
    books: connections.map((redis) => redisRefusals(redis)),
    [Symbol.dispose]: () => connections.forEach((redis) => redis.disconnect()),
  };
}

test('the bounds are of all processes together, however many refuse at once', async () => {
  using four = processes(4);
  const people = Array.from({ length: 100 }, (_, at) => `tenant/person-${Math.floor(at / 5)}`);
  const taken = await Promise.all(
    four.books.flatMap((book) => people.map(async (who) => ({ who, leftOut: await book.take(who, MOST) }))),
  );

  // Twenty people, twenty times each: sixty entries, and no more than five of anybody.
  const entries = taken.flatMap(({ who, leftOut }) => (leftOut === undefined ? [] : [who]));
  expect(entries).toHaveLength(60);
  expect(
    Math.max(
      ...Map.groupBy(entries, (who) => who)
        .values()
        .map((all) => all.length),
    ),
  ).toBe(5);
});

test('the next entry says how many were left out, whichever process writes it, and the one after that starts anew', async () => {
  using two = processes(2);
  const [one, other] = two.books;
  for (let at = 0; at < 8; at += 1) await one?.take('tenant/loud', MOST);

  expect(await other?.take('tenant/loud', MOST)).toBeUndefined();
  expect(await other?.take('tenant/calm', MOST)).toBe(4);
  expect(await one?.take('tenant/calm', MOST)).toBe(0);
});

test('when the time is over there is room again, and what was left out before is still told', async () => {
  const book = redisRefusals(local.redis);
  const brief = { ...MOST, within: 50 };
  for (let at = 0; at < 6; at += 1) await book.take('tenant/loud', { ...MOST, within: 30_000 });
  // Whoever counts first says for how long: nobody makes it longer by being refused.
  expect(await book.take('tenant/loud', brief)).toBeUndefined();
  await local.redis.pexpire('{bellhop}:refusals', 1);

  const leftOut = await waitUntil(
    () => book.take('tenant/loud', brief),
    (each) => each !== undefined,
  );

  expect(leftOut).toBeGreaterThanOrEqual(2);
  expect(await local.redis.pttl('{bellhop}:refusals')).toBeGreaterThan(-2);
});
