import { expect, test } from 'vitest';
import { findMoves } from '../../src/engine/domain/find-moves.ts';

const key = (name: string): Buffer => Buffer.from(name.padEnd(16));

test('a message gone here and new there moved', () => {
  const moves = findMoves([{ key: key('a'), at: 'inbox' }], [{ key: key('b') }, { key: key('a'), at: 'sent' }]);

  expect(moves).toMatchObject([{ from: { at: 'inbox' }, to: { at: 'sent' } }]);
});

test('of two exact duplicates that left, one that arrives takes one; two take both', () => {
  const left = [
    { key: key('a'), uid: 1 },
    { key: key('a'), uid: 2 },
  ];

  expect(findMoves(left, [{ key: key('a') }])).toHaveLength(1);
  expect(
    findMoves(left, [{ key: key('a') }, { key: key('a') }, { key: key('a') }]).map(({ from }) => from.uid),
  ).toEqual([1, 2]);
});

test('the one with the same date is preferred, another one is taken for want of it', () => {
  const left = [
    { key: key('a'), internalDate: 1 },
    { key: key('a'), internalDate: 2 },
  ];
  const [first, second] = findMoves(left, [
    { key: key('a'), internalDate: 2 },
    { key: key('a'), internalDate: 3 },
  ]);

  expect([first?.from.internalDate, second?.from.internalDate]).toEqual([2, 1]);
});
