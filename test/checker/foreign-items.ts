import type { Finding } from './findings.ts';
import type { TargetItem } from './target-item.ts';

/** Items that are not Bellhop's, by id, with their version. */
export type ForeignItems = ReadonlyMap<string, string>;

/** What a mailbox holds beside Bellhop's items; taken before a run, compared after it. */
export function foreignItems(items: readonly TargetItem[]): ForeignItems {
  return new Map(items.filter(({ marker }) => marker === undefined).map(({ id, version }) => [id, version]));
}

/** I6: nobody else's item was changed, moved or removed. */
export function checkForeignItems(
  mailbox: string,
  before: ForeignItems,
  items: readonly TargetItem[],
): readonly Finding[] {
  const after = new Map(items.map(({ id, version }) => [id, version]));
  return [...before]
    .filter(([id, version]) => after.get(id) !== version)
    .map(([id]) => {
      const detail = after.has(id) ? 'was changed' : 'is gone';
      return { code: 'foreign-item-changed', user: mailbox, where: `item ${id}`, detail };
    });
}
