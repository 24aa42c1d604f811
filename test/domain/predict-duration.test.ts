import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../src/engine/domain/events.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import { measuredPace, predictDuration } from '../../src/engine/domain/predict-duration.ts';

const BATCHES = new Set(['pilot' as BatchName]);

function sync(
  user: string,
  from: number,
  to: number,
  copied: number,
  batch = 'pilot',
  initial = true,
): readonly MigrationEvent[] {
  const who = { batch: batch as BatchName, user: user as UserAddress, initial };
  return [
    { type: 'UserSyncStarted', at: from * 1000, ...who },
    { type: 'UserSynced', at: to * 1000, copied, items: NO_ITEMS, ...who },
  ];
}

describe('the pace of first syncs', () => {
  test('is what was copied in the time at least one mailbox was at work', () => {
    // Two at the same time for 100 s, then nothing, then one for 100 s.
    const events = [...sync('a', 0, 100, 1000), ...sync('b', 0, 100, 1000), ...sync('c', 1000, 1100, 1000)];

    expect(measuredPace(events, BATCHES)).toEqual({ mailboxes: 3, itemsPerSecondOfOne: 10, itemsPerSecond: 15 });
  });

  test.each([
    ['nothing happened', []],
    ['only other endpoints were used', sync('a', 0, 100, 1000, 'elsewhere')],
    ['only later syncs ran', sync('a', 0, 100, 1000, 'pilot', false)],
    ['next to nothing was copied', sync('a', 0, 100, 3)],
    ['the first sync is not over', sync('a', 0, 100, 1000).slice(0, 1)],
  ])('is not known when %s', (_title, events) => {
    expect(measuredPace(events, BATCHES)).toBeUndefined();
  });
});

describe('how long a batch takes', () => {
  const pace = { mailboxes: 3, itemsPerSecondOfOne: 10, itemsPerSecond: 40 };

  test('many mailboxes: all of it at the pace of all together', () => {
    expect(predictDuration(40_000, 1000, pace)?.seconds).toBe(1000);
  });

  test('one large mailbox: never faster than one worker reads it', () => {
    expect(predictDuration(40_000, 39_000, pace)?.seconds).toBe(3900);
  });

  test('is not guessed', () => {
    expect(predictDuration(40_000, 1000, undefined)).toBeUndefined();
  });
});
