import { array, assert, boolean, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AdaptedCap,
  MOST,
  growingCaps,
  mostAtOnce,
  nextCap,
  startCaps,
} from '../../src/engine/domain/adaptive-caps.ts';
import { sampleEndpoint } from '../contracts/sample-records.ts';

const MINUTE = 60_000;
const growing = { ...sampleEndpoint('old-server'), grows: ['initial', 'incremental'] as const };
const full = { isFull: true, isTroubled: false };
const trouble = { isFull: true, isTroubled: true };

function after(
  minutes: number,
  signs: { readonly isFull: boolean; readonly isTroubled: boolean },
  from: AdaptedCap,
): AdaptedCap {
  let cap = from;
  for (let now = from.at; now <= from.at + minutes * MINUTE; now += MINUTE / 4)
    cap = nextCap('initial', growing, cap, signs, now);
  return cap;
}

test('from the preset upward while every place is taken, a quarter every ten minutes, to the bound', () => {
  const start = startCaps(growing, 0).initial;

  expect(after(9, full, start).cap).toBe(20);
  expect(after(11, full, start).cap).toBe(25);
  expect(after(600, full, start).cap).toBe(MOST.initial);
  expect(after(600, { isFull: false, isTroubled: false }, start).cap).toBe(20);
});

test('trouble lowers it to the preset, and it is left alone for half an hour', () => {
  const high = { cap: 80, at: 0 };

  expect(nextCap('initial', growing, high, trouble, 3 * MINUTE)).toEqual({
    cap: 60,
    at: 3 * MINUTE,
    troubleAt: 3 * MINUTE,
  });
  const low = after(60, trouble, high);
  expect(low.cap).toBe(20);
  expect(after(29, full, { ...low, at: 60 * MINUTE }).cap).toBe(20);
  expect(after(39, full, { ...low, at: 60 * MINUTE }).cap).toBe(25);
});

test('whatever comes, a cap stays between preset and bound, a number of the operator is never exceeded, and steps are rare', () => {
  const sign = record({ isFull: boolean(), isTroubled: boolean(), minutes: integer({ min: 0, max: 30 }) });
  assert(
    property(array(sign, { maxLength: 60 }), boolean(), (signs, grows) => {
      const endpoint = grows ? growing : sampleEndpoint('old-server');
      let cap = startCaps(endpoint, 0).initial;
      let now = 0;
      let raisedAt = Number.NEGATIVE_INFINITY;
      for (const { minutes, ...signsNow } of signs) {
        now += minutes * MINUTE;
        const next = nextCap('initial', endpoint, cap, signsNow, now);
        expect(next.cap).toBeGreaterThanOrEqual(20);
        expect(next.cap).toBeLessThanOrEqual(grows ? MOST.initial : 20);
        if (next.cap > cap.cap) {
          expect(signsNow).toMatchObject(full);
          expect(now - raisedAt).toBeGreaterThanOrEqual(10 * MINUTE);
          raisedAt = now;
        }
        if (next.cap < cap.cap) expect(signsNow.isTroubled).toBe(true);
        cap = next;
      }
    }),
  );
});

test('what the operator said is a promise; the presets are a beginning', () => {
  expect(growingCaps({})).toEqual(['initial', 'incremental']);
  expect(growingCaps({ incremental: 5 })).toEqual(['initial']);
  expect(growingCaps({ initial: 5 })).toEqual([]);
  expect(mostAtOnce(growing)).toBe(150);
  expect(mostAtOnce(sampleEndpoint('x'))).toBe(30);
});
