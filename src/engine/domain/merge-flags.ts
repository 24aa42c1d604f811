import { type CategoryMapping, categoriesOf } from './categories.ts';
import type { MessageFlags } from './mailbox.ts';

/** The state of an item in the target, as far as flags of the source are concerned. */
export interface ItemState {
  readonly read: boolean;
  readonly flagged: boolean;
  readonly answered: boolean;
  readonly forwarded: boolean;
  readonly categories: readonly string[];
}

/** What is to change of an item; absent means: leave it. */
export type ItemChange = Partial<ItemState>;

/** What flags of the source look like in the target. */
export function itemState(flags: MessageFlags, mapping: CategoryMapping | undefined): ItemState {
  const { read, flagged, answered, forwarded, keywords } = flags;
  return { read, flagged, answered, forwarded, categories: categoriesOf(keywords, mapping) };
}

/**
 * Three-way merge: `before` is what was written last, `source` what the source says now, `target` what the item is now.
 * Only what changed at the source since is brought over; what the target's owner did stays, categories one by one.
 */
export function mergeFlags(before: ItemState, source: ItemState, target: ItemState): ItemChange {
  const differs = (name: 'read' | 'flagged' | 'answered' | 'forwarded'): boolean =>
    source[name] !== before[name] && source[name] !== target[name];
  const added = source.categories.filter((name) => !before.categories.includes(name));
  const dropped = new Set(before.categories.filter((name) => !source.categories.includes(name)));
  const kept = target.categories.filter((name) => !dropped.has(name));
  const categories = [...new Set([...kept, ...added])];
  // Answered and forwarded are one property in Exchange: they change together.
  const verb = differs('answered') || differs('forwarded');
  return {
    ...(differs('read') ? { read: source.read } : {}),
    ...(differs('flagged') ? { flagged: source.flagged } : {}),
    ...(verb ? { answered: source.answered, forwarded: source.forwarded } : {}),
    ...(sameNames(categories, target.categories) ? {} : { categories }),
  };
}

/** Whether the owner flagged or categorised an item since it was written: then it is the owner's work, too. */
export function isOwnersWork(before: ItemState, target: ItemState): boolean {
  const own = target.categories.some((name) => !before.categories.includes(name));
  return own || (target.flagged && !before.flagged);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
