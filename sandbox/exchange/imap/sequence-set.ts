import type { Item } from '../store/mailbox-store.ts';

/** Items a set such as `1:3,7,10:*` names, with their sequence numbers; undefined when it is no set. */
export function itemsOf(
  items: readonly Item[],
  set: string,
  byUid: boolean,
): readonly (readonly [Item, sequence: number])[] | undefined {
  if (!/^(?:\d+|\*)(?::(?:\d+|\*))?(?:,(?:\d+|\*)(?::(?:\d+|\*))?)*$/.test(set)) return undefined;
  const last = byUid ? (items.at(-1)?.number ?? 0) : items.length;
  const ranges = set.split(',').map((range) => {
    const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? last : Number(end)));
    return [Math.min(from, to), Math.max(from, to)] as const;
  });
  return items.flatMap((item, index) => {
    const number = byUid ? item.number : index + 1;
    return ranges.some(([from, to]) => number >= from && number <= to) ? [[item, index + 1] as const] : [];
  });
}
