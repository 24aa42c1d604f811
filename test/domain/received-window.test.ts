import { describe, expect, test } from 'vitest';
import { endOfDay, isWithin, startOfDay } from '../../src/engine/domain/received-window.ts';

describe('mail by the day it was received', () => {
  const since = startOfDay('2020-01-01') ?? 0;
  const until = endOfDay('2020-12-31') ?? 0;

  test.each([
    ['the last moment before', '2019-12-31T23:59:59.999Z', false],
    ['the first moment', '2020-01-01T00:00:00Z', true],
    ['the last moment', '2020-12-31T23:59:59.999Z', true],
    ['the first moment after', '2021-01-01T00:00:00Z', false],
  ])('%s', (_what, at, expected) => {
    expect(isWithin({ since, until }, Date.parse(at))).toBe(expected);
  });

  test('a message without a date is moved, and without a window everything is', () => {
    expect(isWithin({ since, until }, undefined)).toBe(true);
    expect(isWithin({}, 0)).toBe(true);
  });

  test.each(['2025-02-30', '2025-13-01', '01.02.2025', '2025-1-1', '', '2025-01-01T00:00'])('%j is no day', (text) => {
    expect(startOfDay(text)).toBeUndefined();
  });
});
