import { expect, test } from 'vitest';
import { SendLimits } from '../../../sandbox/teams/send-limits.ts';

/** How many of the calls at these times (ms) are taken. */
function taken(times: readonly number[], conversation = 'a'): number {
  const limits = new SendLimits();
  return times.filter((at) => limits.take('send', conversation, at)).length;
}

test.each([
  ['7 in a second', Array.from({ length: 20 }, (_, index) => index), 7],
  ['8 in two seconds', Array.from({ length: 20 }, (_, index) => index * 95), 8],
  ['60 in thirty seconds', Array.from({ length: 100 }, (_, index) => index * 290), 60],
  ['all of them, when they come every two seconds', Array.from({ length: 100 }, (_, index) => index * 2000), 100],
  ['1800 in an hour', Array.from({ length: 2000 }, (_, index) => index * 1799), 1800],
])('a conversation takes %s', (_name, times, expected) => {
  // The last case is just faster than the hour allows; the windows before it would let every call pass.
  expect(taken(times)).toBe(expected);
});

test('all conversations together take 50 calls a second', () => {
  const limits = new SendLimits();

  const count = Array.from({ length: 70 }, (_, index) => limits.take('send', `chat ${index}`, index)).filter(
    Boolean,
  ).length;

  expect(count).toBe(50);
});
