import { type Items, imbalance } from '../engine/domain/items.ts';
import { type CardElement, amountRow, section } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** The books of a batch or user, every message in one row; the title is computed, not promised. */
export function booksSection(items: Items, { t, count }: Locale = ENGLISH): CardElement | undefined {
  if (items.source === 0) return undefined;
  const difference = imbalance(items);
  const title = difference === 0 ? t.books.all(items.source) : t.books.difference(Math.abs(difference));
  const rows: readonly (readonly [number, string])[] = [
    [items.copied, t.books.copied],
    [items.adopted, t.books.adopted],
    [items.excluded, t.books.excluded],
    [items.skipped, t.books.skipped],
    [items.failed, t.books.failed],
    [items.pending, t.books.pending],
  ];
  return section(
    title,
    ...rows.filter(([value], at) => value > 0 || at === 0).map(([value, label]) => amountRow(count(value), label)),
  );
}
