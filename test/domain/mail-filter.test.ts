import { describe, expect, test } from 'vitest';
import { endOfDay, leftOutBy, readSize, startOfDay } from '../../src/engine/domain/mail-filter.ts';

describe('mail by the day it was received', () => {
  const since = startOfDay('2020-01-01') ?? 0;
  const until = endOfDay('2020-12-31') ?? 0;

  test.each([
    ['the last moment before', '2019-12-31T23:59:59.999Z', false],
    ['the first moment', '2020-01-01T00:00:00Z', true],
    ['the last moment', '2020-12-31T23:59:59.999Z', true],
    ['the first moment after', '2021-01-01T00:00:00Z', false],
  ])('%s', (_what, at, expected) => {
    expect(leftOutBy({ since, until }, { internalDate: Date.parse(at), size: 1 }) === undefined).toBe(expected);
  });

  test('a message without a date is moved, and without a window everything is', () => {
    expect(leftOutBy({ since, until }, { size: 1 })).toBeUndefined();
    expect(leftOutBy({}, { internalDate: 0, size: 1e12 })).toBeUndefined();
  });

  test.each(['2025-02-30', '2025-13-01', '01.02.2025', '2025-1-1', '', '2025-01-01T00:00'])('%j is no day', (text) => {
    expect(startOfDay(text)).toBeUndefined();
  });
});

describe('mail by its size', () => {
  test('up to the size and not above', () => {
    expect(leftOutBy({ maxSize: 1000 }, { size: 1000 })).toBeUndefined();
    expect(leftOutBy({ maxSize: 1000 }, { size: 1001 })).toBe('OverMaxSize');
  });

  test.each([
    ['25MB', 25_000_000],
    ['1.5 gb', 1_500_000_000],
    ['800kB', 800_000],
    ['2,5MB', 2_500_000],
  ])('%s', (text, expected) => {
    expect(readSize(text)).toBe(expected);
  });

  test.each(['25', '0MB', '-1MB', 'MB', '25 parsecs'])('%j is no size', (text) => {
    expect(readSize(text)).toBeUndefined();
  });
});
