import { describe, expect, test } from 'vitest';
import { NO_TIME, bottleneckOf, causeOf, chargeBusyLoop, totalTime } from '../../src/engine/domain/spent-time.ts';

const NOTHING = { source: 0, target: 0, budget: 0, idle: 0 };

describe('what a moment of a sync is given to', () => {
  test.each([
    ['nobody is asked anything', {}, 'cpu'],
    ['lanes are idle, and the source is not asked', { idle: 4 }, 'cpu'],
    ['only the source is asked', { source: 1 }, 'source'],
    ['only the target is asked', { target: 1 }, 'target'],
    ['the source is read, and most lanes have nothing to send', { source: 1, target: 1, idle: 3 }, 'source'],
    ['the source is read, and most lanes send', { source: 1, target: 3, idle: 1 }, 'moving'],
    ['the source is read, and most lanes are held back', { source: 1, target: 1, budget: 3 }, 'budget'],
    ['the reader waits for room, and all lanes send', { target: 4 }, 'target'],
    ['the reader waits for room, and all lanes are held back', { budget: 4 }, 'budget'],
    ['half of the lanes are held back', { target: 2, budget: 2 }, 'target'],
  ] as const)('when %s', (_when, doing, cause) => {
    expect(causeOf({ ...NOTHING, ...doing })).toBe(cause);
  });
});

test('time in which our event loop had no moment to spare is ours, but not what the ceilings held back', () => {
  const time = { ...NO_TIME, moving: 100, source: 200, target: 300, budget: 400, cpu: 10 };

  expect(chargeBusyLoop(time, 0.5)).toEqual(time);
  expect(chargeBusyLoop(time, 0.95)).toEqual({ ...NO_TIME, cpu: 610, budget: 400 });
  expect(totalTime(chargeBusyLoop(time, 0.95))).toBe(totalTime(time));
});

test('the bottleneck is what most time is lost to, when it is more than next to nothing', () => {
  expect(bottleneckOf({ ...NO_TIME, moving: 10, source: 50, budget: 40 })).toBe('source');
  expect(bottleneckOf({ ...NO_TIME, moving: 100, source: 5 })).toBeUndefined();
  expect(bottleneckOf(NO_TIME)).toBeUndefined();
});
