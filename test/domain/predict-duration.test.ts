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

  test('is measured in bytes where syncs tell them', () => {
    const [started, synced] = sync('a', 0, 100, 1000);
    const told = [started, { ...synced, bytes: 5_000_000 }] as MigrationEvent[];

    expect(measuredPace([...told, ...sync('b', 0, 100, 1000)], BATCHES)).toMatchObject({
      itemsPerSecond: 20,
      bytesPerSecond: 50_000,
      bytesPerSecondOfOne: 50_000,
    });
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
  const bytes = { bytesPerSecondOfOne: 1000, bytesPerSecond: 4000 };
  const mailboxes = (count: number, items: number, size: number) =>
    Array.from({ length: count }, () => ({ items, bytes: items * size }));

  test.each([
    ['mail as large as what was measured: by its number', 100, 1000],
    ['mail three times as large: by its bytes', 300, 3000],
    ['smaller mail: by its number', 10, 1000],
  ])('%s', (_what, size, seconds) => {
    expect(predictDuration(mailboxes(40, 1000, size), { ...pace, ...bytes })?.seconds).toBe(seconds);
  });

  test('one mailbox of few large messages: never faster than one worker reads its bytes', () => {
    const few = mailboxes(1, 100, 90_000);

    expect(predictDuration([...few, ...mailboxes(9, 100, 10)], { ...pace, ...bytes })?.seconds).toBe(9000);
  });

  test('many mailboxes: all of it at the pace of all together', () => {
    expect(predictDuration(mailboxes(40, 1000, 50), pace)?.seconds).toBe(1000);
  });

  test('one large mailbox: never faster than one worker reads it', () => {
    expect(predictDuration([...mailboxes(1, 39_000, 50), ...mailboxes(1, 1000, 50)], pace)?.seconds).toBe(3900);
  });

  test('is not guessed', () => {
    expect(predictDuration(mailboxes(40, 1000, 50), undefined)).toBeUndefined();
  });
});
