import { describe, expect, test } from 'vitest';
import { readMoment } from '../../src/engine/domain/wall-clock.ts';

describe('a moment as people write it', () => {
  test.each([
    ['2026-12-05T20:00', 'Europe/Berlin', '2026-12-05T19:00:00.000Z'],
    ['2026-07-05 20:00', 'Europe/Berlin', '2026-07-05T18:00:00.000Z'],
    ['2026-12-05T20:00Z', 'Europe/Berlin', '2026-12-05T20:00:00.000Z'],
    ['2026-12-05T20:00+01:00', 'Asia/Tokyo', '2026-12-05T19:00:00.000Z'],
    ['2026-12-05T8:30', 'America/St_Johns', '2026-12-05T12:00:00.000Z'],
    ['2026-12-05T20:00:30Z', 'UTC', '2026-12-05T20:00:30.000Z'],
    // The hour before and after the clocks change.
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
  ])('%s in %s', (text, zone, expected) => {
    expect(new Date(readMoment(text, zone) ?? 0).toISOString()).toBe(expected);
  });

  test('the hour that a clock skips is no time', () => {
    expect(readMoment('2026-03-29T02:30', 'Europe/Berlin')).toBeUndefined();
  });

  test.each(['tomorrow', '2026-12-05', '2026-13-05T20:00', '2026-12-05T25:00', '05.12.2026 20:00'])(
    '%j is none',
    (text) => {
      expect(readMoment(text, 'UTC')).toBeUndefined();
    },
  );
});
