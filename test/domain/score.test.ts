import { describe, expect, test } from 'vitest';
import { NO_ITEMS, addItems, imbalance } from '../../src/engine/domain/items.ts';
import { dataConsistencyScore, reasonsFromItems, worstScore } from '../../src/engine/domain/score.ts';

describe('the DataConsistencyScore', () => {
  test.each([
    ['nothing to report', [], 1000, 'Perfect'],
    ['only metadata', [{ kind: 'metadata', count: 500, text: '' }], 1000, 'Good'],
    ['one of 10,000 missing', [{ kind: 'missing', count: 1, text: '' }], 10_000, 'Investigate'],
    ['one of 1,000 missing (0.1 %)', [{ kind: 'missing', count: 1, text: '' }], 1000, 'Poor'],
    ['100 of a million missing', [{ kind: 'missing', count: 100, text: '' }], 1_000_000, 'Poor'],
    ['books that do not balance', [{ kind: 'books', count: 1, text: '' }], 1_000_000, 'Poor'],
  ] as const)('%s', (_title, reasons, source, expected) => {
    expect(dataConsistencyScore(reasons, source)).toBe(expected);
  });

  test('books that do not balance are a reason of their own', () => {
    const items = { ...NO_ITEMS, source: 10, copied: 8, pending: 1 };

    expect(imbalance(items)).toBe(1);
    expect(reasonsFromItems(items, true)).toContainEqual({ kind: 'books', count: 1, text: 'not accounted for' });
  });

  test('messages that wait are never Perfect: on their way while a sync runs, missing at rest', () => {
    const items = { ...NO_ITEMS, source: 10_000, copied: 9_998, pending: 2 };

    expect(dataConsistencyScore(reasonsFromItems(items, true), items.source)).toBe('Good');
    expect(dataConsistencyScore(reasonsFromItems(items, false), items.source)).toBe('Investigate');
  });

  test('books add up', () => {
    const one = { ...NO_ITEMS, source: 3, copied: 2, skipped: 1 };

    expect(addItems([one, one])).toEqual({ ...NO_ITEMS, source: 6, copied: 4, skipped: 2 });
  });

  test('a batch is as good as its worst user', () => {
    expect(worstScore(['Perfect', 'Investigate', 'Good'])).toBe('Investigate');
    expect(worstScore([])).toBe('Perfect');
  });
});
