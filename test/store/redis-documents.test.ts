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
  const documents = redisDocuments(local.redis);
  await documents.put('sales-1', '{"a":1}');
  await documents.put('sales-1', '{"a":2}');

  expect(await documents.get('sales-1')).toBe('{"a":2}');
  await documents.delete('sales-1');
  expect(await documents.get('sales-1')).toBeUndefined();
});

test('names are listed by their beginning, whatever they look like', async () => {
  const documents = redisDocuments(local.redis);
  const names = ['card[*]?:a', 'card[*]?:b*', 'card[*]?:{e}', 'card[*]?:ü 😀'];
  for (const name of [...names, 'cards:other', 'cardX?:other', 'other']) await documents.put(name, '{}');

  expect([...(await documents.names('card[*]?:'))].sort()).toEqual([...names].sort());
});

test('of a hundred that put at once, one is first', async () => {
  const documents = redisDocuments(local.redis);

  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => documents.putIfAbsent('n', String(at))));

  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await documents.get('n')).toBe(String(answers.indexOf(true)));
});

test('a document with a time to live is forgotten by itself', async () => {
  const documents = redisDocuments(local.redis);
  expect(await documents.putIfAbsent('n', 'x', 60)).toBe(true);
  expect(await documents.putIfAbsent('n', 'x', 60)).toBe(false);

  await expect.poll(() => documents.get('n')).toBeUndefined();
  expect(await documents.putIfAbsent('n', 'x', 60)).toBe(true);
});
