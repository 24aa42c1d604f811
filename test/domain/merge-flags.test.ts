import { describe, expect, test } from 'vitest';
import { type ItemState, isOwnersWork, mergeFlags } from '../../src/engine/domain/merge-flags.ts';

const plain: ItemState = { read: false, flagged: false, answered: false, forwarded: false, categories: [] };
const state = (change: Partial<ItemState>): ItemState => ({ ...plain, ...change });

const ROWS: readonly (readonly [
  title: string,
  before: ItemState,
  source: ItemState,
  target: ItemState,
  change: object,
])[] = [
  ['nothing changed', plain, plain, plain, {}],
  ['read at the source', plain, state({ read: true }), plain, { read: true }],
  ['read at both', plain, state({ read: true }), state({ read: true }), {}],
  ['read by the owner only', plain, plain, state({ read: true }), {}],
  ['unread at the source', state({ read: true }), plain, state({ read: true }), { read: false }],
  ['flag taken off at the source, put back by nobody', state({ flagged: true }), plain, plain, {}],
  ['answered', plain, state({ answered: true }), plain, { answered: true, forwarded: false }],
  [
    'a label of the source beside a category of the owner',
    plain,
    state({ categories: ['Work'] }),
    state({ categories: ['Mine'] }),
    { categories: ['Mine', 'Work'] },
  ],
  [
    'a label taken off leaves the owner his own',
    state({ categories: ['Work'] }),
    plain,
    state({ categories: ['Work', 'Mine'] }),
    { categories: ['Mine'] },
  ],
  [
    'a category the owner took off is not put back',
    state({ categories: ['Work'] }),
    state({ categories: ['Work'] }),
    plain,
    {},
  ],
];

test.each(ROWS)('%s', (_title, before, source, target, change) => {
  expect(mergeFlags(before, source, target)).toEqual(change);
});

/** All states of two booleans and two categories. */
const STATES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((bits) =>
  state({
    read: (bits & 1) > 0,
    flagged: (bits & 2) > 0,
    categories: [...((bits & 4) > 0 ? ['A'] : []), ...((bits & 8) > 0 ? ['B'] : [])],
  }),
);

describe('for every before, source and target', () => {
  test('merging again changes nothing, what did not change at the source is left, what did is brought', () => {
    for (const before of STATES) {
      for (const source of STATES) {
        for (const target of STATES) {
          const merged = { ...target, ...mergeFlags(before, source, target) };
          expect(mergeFlags(before, source, merged)).toEqual({});
          for (const name of ['read', 'flagged'] as const)
            expect(merged[name]).toBe(source[name] === before[name] ? target[name] : source[name]);
          for (const name of ['A', 'B']) {
            const [was, is, has] = [before, source, target].map((each) => each.categories.includes(name));
            expect(merged.categories.includes(name)).toBe(was === is ? has : is);
          }
        }
      }
    }
  });

  test('reading mail makes it nobody else’s work; a flag or a category does', () => {
    expect(isOwnersWork(plain, state({ read: true }))).toBe(false);
    expect(isOwnersWork(plain, state({ flagged: true }))).toBe(true);
    expect(isOwnersWork(state({ categories: ['A'] }), state({ categories: ['A', 'B'] }))).toBe(true);
  });
});
