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
  let lot: Item[] = [];
  const take = async (): Promise<void> => {
    const results = await Promise.allSettled(lot.map(run));
    lot = [];
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      done.push(result.value);
    }
  };
  for await (const item of items) {
    lot.push(item);
    if (lot.length === AT_ONCE) await take();
  }
  await take();
  return done;
}
