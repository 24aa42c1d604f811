/**
 * The books of a mailbox, a folder or a batch, in messages. They always balance:
 * `source = copied + adopted + excluded + skipped + failed + pending`. What left the source after it was seen is
 * counted beside them, in `goneAtSource`.
 */
export interface Items {
  readonly source: number;
  /** Written by Bellhop and confirmed by the target. */
  readonly copied: number;
  /** Found in the target with Bellhop's marker and taken over, not written again. */
  readonly adopted: number;
  readonly excluded: number;
  /** Never to be copied (corrupt, too large, refused), each with a reason. */
  readonly skipped: number;
  /** Not copied yet because of an error; tried again at the next sync. */
  readonly failed: number;
  readonly pending: number;
  readonly goneAtSource: number;
}

export const NO_ITEMS: Items = {
  source: 0,
  copied: 0,
  adopted: 0,
  excluded: 0,
  skipped: 0,
  failed: 0,
  pending: 0,
  goneAtSource: 0,
};

/** Adds books: folders to a user, users to a batch. */
export function addItems(books: Iterable<Items>): Items {
  const sum = { ...NO_ITEMS };
  for (const items of books) {
    for (const key of Object.keys(sum) as (keyof Items)[]) sum[key] += items[key];
  }
  return sum;
}

/** How many messages the books cannot explain; 0 means they balance. */
export function imbalance(items: Items): number {
  const { source, copied, adopted, excluded, skipped, failed, pending } = items;
  return source - (copied + adopted + excluded + skipped + failed + pending);
}

/** Messages that are in the target. */
export function inTarget(items: Items): number {
  return items.copied + items.adopted;
}
