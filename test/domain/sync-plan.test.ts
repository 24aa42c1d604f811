import { assert, constantFrom, integer, property, tuple, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KnownAs, chooseStrategy, cutWindows, diffFolder, sameStatus } from '../../src/engine/domain/sync-plan.ts';

describe('comparing a folder with the ledger', () => {
  const source = (...uids: readonly number[]) => new Map(uids.map((uid) => [uid, 'S'] as const));

  test('what failed is tried again, what was sent without an answer is left to be asked about', () => {
    const diff = diffFolder(source(1, 2, 3, 4), [[1, 'again', ''], [2, 'unsettled', ''], [3, 'done', 'S']]); // prettier-ignore

    expect(diff).toMatchObject({ fresh: [4], again: [1], vanished: [] });
  });

  test('what left the source is noticed once', () => {
    const diff = diffFolder(source(2), [[1, 'done', 'S'], [2, 'done', 'S'], [3, 'gone', ''], [4, 'done', 'S']]); // prettier-ignore

    expect(diff).toMatchObject({ fresh: [], again: [], vanished: [1, 4] });
  });

  test('every UID is in one list or known as it is, whatever the two sides hold', () => {
    const flags = constantFrom('', 'S', 'SF Work');
    const uid = integer({ min: 1, max: 60 });
    const rows = tuple(uid, constantFrom<KnownAs>('done', 'again', 'unsettled', 'gone'), flags);
    const selector = ([each]: readonly [number, ...unknown[]]) => each;
    assert(
      property(uniqueArray(tuple(uid, flags), { selector }), uniqueArray(rows, { selector }), (there, ledger) => {
        const known = [...ledger].sort((a, b) => a[0] - b[0]);
        const byUid = new Map(known.map(([each, as, text]) => [each, { as, text }] as const));

        const diff = diffFolder(new Map(there), known);

        for (const [each, text] of there) {
          const entry = byUid.get(each);
          expect(diff.fresh.includes(each)).toBe(entry === undefined);
          expect(diff.again.includes(each)).toBe(entry?.as === 'again' || entry?.as === 'gone');
          expect(diff.flags.get(each)).toBe(entry?.as === 'done' && entry.text !== text ? text : undefined);
        }
        const present = new Set(there.map(([each]) => each));
        const left = known.filter(([each, as]) => !present.has(each) && as !== 'gone').map(([each]) => each);
        expect(diff.vanished).toEqual(left);
      }),
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

describe('the strategy of a folder', () => {
  const then = { uidValidity: '7', uidNext: 10, exists: 9, highestModseq: '50', complete: true };
  const both = { condstore: true, qresync: true };
  const { complete: _complete, highestModseq: _modseq, ...plain } = then;

  test.each([
    ['nothing known', undefined, then, both, 'rebuild'],
    ['another UIDVALIDITY', then, { ...then, uidValidity: '8' }, both, 'rebuild'],
    ['nothing happened', then, then, both, 'unchanged'],
    ['a first pass that was broken off', { ...then, complete: false }, then, both, 'scan'],
    ['something happened, QRESYNC', then, { ...then, highestModseq: '51' }, both, 'qresync'],
    [
      'something happened, CONDSTORE',
      then,
      { ...then, highestModseq: '51' },
      { condstore: true, qresync: false },
      'condstore',
    ],
    [
      'a server without mod-sequences, same numbers: flags may have changed',
      { ...plain, complete: true },
      plain,
      both,
      'scan',
    ],
    ['mod-sequences went back: a restored backup', then, { ...then, highestModseq: '49' }, both, 'scan'],
    ['UIDNEXT went back', then, { ...then, uidNext: 9, highestModseq: '51' }, both, 'scan'],
    [
      'mod-sequences above 2^53',
      { ...then, highestModseq: '9007199254740993' },
      { ...then, highestModseq: '9007199254740992' },
      both,
      'scan',
    ],
  ] as const)('%s', (_title, checkpoint, now, can, strategy) => {
    expect(chooseStrategy(checkpoint, now, can)).toBe(strategy);
  });
});
