import { assert, constantFrom, integer, property, tuple, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KnownAs, cutWindows, diffFolder, sameStatus } from '../../src/engine/domain/sync-plan.ts';

describe('comparing a folder with the ledger', () => {
  test('new mail is copied newest first', () => {
    expect(diffFolder([1, 2, 5, 9], [[1, 'done'], [2, 'done']])).toEqual({ toCopy: [9, 5], vanished: [] }); // prettier-ignore
  });

  test('what failed is tried again, what was sent without an answer is left to be asked about', () => {
    const diff = diffFolder([1, 2, 3], [[1, 'again'], [2, 'unsettled'], [3, 'done']]); // prettier-ignore

    expect(diff).toEqual({ toCopy: [1], vanished: [] });
  });

  test('what left the source is noticed once', () => {
    expect(diffFolder([2], [[1, 'done'], [2, 'done'], [3, 'gone'], [4, 'done']])).toEqual({ toCopy: [], vanished: [1, 4] }); // prettier-ignore
  });

  test('every UID of the source is known, copied or unsettled, whatever the two lists hold', () => {
    const uids = uniqueArray(integer({ min: 1, max: 60 }), { maxLength: 40 });
    const states = constantFrom<KnownAs>('done', 'again', 'unsettled', 'gone');
    assert(
      property(
        uids,
        uniqueArray(tuple(integer({ min: 1, max: 60 }), states), { selector: ([uid]) => uid }),
        (source, ledger) => {
          const sorted = [...source].sort((a, b) => a - b);
          const known = [...ledger].sort((a, b) => a[0] - b[0]);
          const asKnown = new Map(known);

          const diff = diffFolder(sorted, known);

          const copy = new Set(diff.toCopy);
          for (const uid of sorted) {
            const as = asKnown.get(uid);
            expect(copy.has(uid)).toBe(as === undefined || as === 'again' || as === 'gone');
          }
          const present = new Set(sorted);
          expect(diff.vanished).toEqual(
            known.filter(([uid, as]) => !present.has(uid) && as !== 'gone').map(([uid]) => uid),
          );
        },
      ),
    );
  });

  test('a folder is unchanged only when all four numbers are', () => {
    const status = { uidValidity: '7', uidNext: 10, exists: 9, highestModseq: '44' };

    expect(sameStatus(status, { ...status })).toBe(true);
    expect(sameStatus(status, { ...status, highestModseq: '45' })).toBe(false);
    expect(sameStatus(status, { ...status, exists: 8 })).toBe(false);
    expect(sameStatus(status, { ...status, uidValidity: '8' })).toBe(false);
  });
});

describe('cutting windows', () => {
  test('a window ends at its count, at its bytes, and a large message stands alone', () => {
    const sizes = [1, 1, 1, 50, 1, 9, 2].map((size) => ({ size }));

    const windows = cutWindows(sizes, { count: 2, bytes: 10 });

    expect(windows.map((window) => window.map((each) => each.size))).toEqual([[1, 1], [1], [50], [1, 9], [2]]);
  });
});
