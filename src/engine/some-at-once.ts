import { chunksOf } from './domain/chunks.ts';

const AT_ONCE = 100;

/**
 * Does something for each of many, a hundred at a time, and answers in their order: one after the other, 50,000 users would
 * wait for Redis as many times. Ends with the first failure, once those at work are through.
 */
export async function someAtOnce<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const done: Result[] = [];
  for await (const chunk of chunksOf(items, AT_ONCE))
    for (const result of await Promise.allSettled(chunk.map(run))) {
      if (result.status === 'rejected') throw result.reason;
      done.push(result.value);
    }
  return done;
}
