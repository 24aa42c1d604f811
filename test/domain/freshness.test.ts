import { expect, test } from 'vitest';
import {
  type Freshness,
  type SeenFolder,
  afterEqualLook,
  afterSync,
  differenceOf,
  placesOf,
  typicalLag,
  usersOfPlace,
} from '../../src/engine/domain/freshness.ts';

const STATUS = { uidValidity: '7', uidNext: 12, exists: 9, highestModseq: '300' };
const inbox = (more: Partial<SeenFolder> = {}): SeenFolder => ({
  path: 'INBOX',
  known: { ...STATUS, complete: true },
  now: STATUS,
  ...more,
});

test('a folder that is as the ledger knows it is no difference', () => {
  expect(differenceOf([inbox()])).toBeUndefined();
  expect(differenceOf([])).toBeUndefined();
});

test.each([
  ['new mail', inbox({ now: { ...STATUS, uidNext: 13, exists: 10 } })],
  ['mail expunged', inbox({ now: { ...STATUS, exists: 8 } })],
  ['a changed flag', inbox({ now: { ...STATUS, highestModseq: '301' } })],
  ['another UIDVALIDITY', inbox({ now: { ...STATUS, uidValidity: '8' } })],
  ['a new folder', inbox({ known: undefined })],
  ['a folder that is gone', inbox({ now: undefined })],
  ['a folder no pass went through yet', inbox({ known: { ...STATUS, complete: false } })],
])('%s is a difference', (_name, folder) => {
  expect(differenceOf([folder])).toMatch(/^[0-9a-f]{32}$/);
});

test('the same difference has the same digest in any order, another one has another', () => {
  const a = inbox({ now: { ...STATUS, exists: 8 } });
  const b = inbox({ path: 'Sent', known: undefined });

  expect(differenceOf([a, b])).toBe(differenceOf([b, a]));
  expect(differenceOf([a])).not.toBe(differenceOf([inbox({ now: { ...STATUS, exists: 7 } })]));
});

test('a change took at most as long as both sides may have differed', () => {
  const equal = afterEqualLook(undefined, 1_000);
  const seen: Freshness = { ...equal, asked: 'x' };

  const synced = afterSync(seen, 5_000, 7_500);

  expect(synced).toEqual({ equalAt: 5_000, lags: [6_500], asked: 'x' });
  expect(afterEqualLook(synced, 9_000)).toEqual({ equalAt: 9_000, lags: [6_500] });
});

test('a sync nobody asked for because of a change is no lag', () => {
  expect(afterSync(undefined, 5_000, 9_000)).toEqual({ equalAt: 5_000, lags: [] });
});

test('only the latest lags are kept, and the median is told', () => {
  let freshness: Freshness = { equalAt: 0, lags: [] };
  for (let n = 1; n <= 100; n += 1) freshness = afterSync({ ...freshness, asked: 'x' }, n * 1000, n * 1000);

  expect(freshness.lags).toHaveLength(20);
  expect(typicalLag([9, 1, 5])).toBe(5);
  expect(typicalLag([])).toBeUndefined();
});

test('every user has one place, and no place has more than one user more than another', () => {
  const users = Array.from({ length: 53 }, (_, at) => at);
  const places = placesOf({ live: 20 }, users.length);
  const dealt = Array.from({ length: places }, (_, place) => usersOfPlace(users, place, places));

  expect(dealt.flat().sort((a, b) => a - b)).toEqual(users);
  expect(Math.max(...dealt.map((each) => each.length)) - Math.min(...dealt.map((each) => each.length))).toBe(1);
  expect(placesOf({}, 3)).toBe(3);
});
