import { expect, test } from 'vitest';
import { settledAfter } from '../../src/engine/domain/settled-after.ts';

test.each([
  ['an answer without an outcome: ten seconds from the answer', { at: 100_000, detail: '504' }, 500_000, 1, 110_000],
  ['even one that says nothing', { at: 100_000, detail: '' }, 500_000, 1, 110_000],
  ['no answer: its sender may have sent it last before this pass began', { at: 100_000 }, 500_000, 1, 530_000],
  ['recorded by this pass itself', { at: 600_000 }, 500_000, 1, 630_000],
  ['a sandbox runs faster', { at: 100_000 }, 500_000, 10, 503_000],
])('%s', (_, entry, since, timeScale, expected) => {
  expect(settledAfter(entry, since, timeScale)).toBe(expected);
});
