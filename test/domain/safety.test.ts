import { expect, test } from 'vitest';
import { heldRemovals } from '../../src/engine/domain/safety.ts';

const inbox = (removals: number, known: number, vanished = false) => ({ path: 'INBOX', removals, known, vanished });
const rest = { path: 'Rest', removals: 0, known: 1000, vanished: false };

test.each([
  ['one of four', inbox(1, 4), false],
  ['ten of twelve', inbox(10, 12), false],
  ['eleven of twelve', inbox(11, 12), true],
  ['5 % of a large folder', inbox(500, 10_000), false],
  ['more than 5 % of a large folder', inbox(501, 10_000), true],
  ['a folder that vanished with two mails', inbox(2, 2, true), true],
  ['an empty folder that vanished', inbox(0, 0, true), false],
])('%s: held %s', (_title, folder, held) => {
  expect(heldRemovals([folder, rest]).has('INBOX')).toBe(held);
});

test('a mailbox that is empty now is held, however little it had', () => {
  expect([...heldRemovals([inbox(3, 3), { path: 'Sent', removals: 2, known: 2, vanished: false }])]).toEqual([
    'INBOX',
    'Sent',
  ]);
});
