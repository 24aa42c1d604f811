import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { redisDocuments } from '../../src/store/redis-documents.ts';
import { type LocalRedis, localRedis } from './local-redis.ts';

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
beforeEach(() => local.redis.flushall());
afterAll(() => local[Symbol.asyncDispose]());

test('a document is what was put last, until it is deleted', async () => {
  const documents = redisDocuments(local.redis, 'cards');
  await documents.put('sales-1', '{"a":1}');
  await documents.put('sales-1', '{"a":2}');

  expect(await documents.get('sales-1')).toBe('{"a":2}');
  await documents.delete('sales-1');
  expect(await documents.get('sales-1')).toBeUndefined();
});

test('a collection lists its own documents, whatever the names look like', async () => {
  const documents = redisDocuments(local.redis, 'cards[*]?');
  const names = ['a', 'b*', 'c:d', '{e}', 'ü 😀'];
  for (const name of names) await documents.put(name, '{}');
  await redisDocuments(local.redis, 'cardsX').put('other', '{}');
  await redisDocuments(local.redis, 'cards').put('other', '{}');

  expect([...(await documents.keys())].sort()).toEqual([...names].sort());
});

test('of a hundred that put at once, one is first', async () => {
  const documents = redisDocuments(local.redis, 'nonces');

  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => documents.putIfAbsent('n', String(at))));

  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await documents.get('n')).toBe(String(answers.indexOf(true)));
});

test('a document with a time to live is forgotten by itself', async () => {
  const documents = redisDocuments(local.redis, 'nonces');
  expect(await documents.putIfAbsent('n', 'x', 60)).toBe(true);
  expect(await documents.putIfAbsent('n', 'x', 60)).toBe(false);

  await expect.poll(() => documents.get('n')).toBeUndefined();
  expect(await documents.putIfAbsent('n', 'x', 60)).toBe(true);
});
