import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { type Announced, expiryOf, expiryStep } from '../../src/engine/domain/expiry.ts';

const DAY = 86_400_000;
const END = 60 * DAY;

test('a batch ends sixty days after somebody last worked with it, unless it is at work or waits for its start', () => {
  expect(expiryOf({ intent: 'Created', idleSince: 0 })).toBe(END);
  expect(expiryOf({ intent: 'Stopped', idleSince: DAY })).toBe(END + DAY);
  expect(expiryOf({ intent: 'Created', idleSince: 0, startAt: 5 })).toBeUndefined();
  expect(expiryOf({ intent: 'Started', idleSince: 0 })).toBeUndefined();
  expect(expiryOf({ intent: 'Stopped' })).toBeUndefined();
});

test('the end is announced a week and a day before', () => {
  expect(expiryStep(END, undefined, END - 8 * DAY)).toEqual({ step: 'nothing' });
  const week = expiryStep(END, undefined, END - 6 * DAY);
  expect(week).toMatchObject({ step: 'announce', announced: { before: 7 * DAY } });
  const said = { end: END, before: 7 * DAY, at: END - 6 * DAY };
  expect(expiryStep(END, said, END - 2 * DAY)).toEqual({ step: 'nothing' });
  expect(expiryStep(END, said, END - DAY)).toMatchObject({ step: 'announce', announced: { before: DAY } });
});

test('whatever was missed, nothing ends that was not announced a day before', () => {
  assert(
    property(integer({ min: 0, max: 90 }), integer({ min: 1, max: 40 }), (firstLook, every) => {
      let announced: Announced | undefined;
      for (let day = firstLook; day < 400; day += every) {
        const now = day * DAY;
        const next = expiryStep(END, announced, now);
        if (next.step === 'announce') ({ announced } = next);
        if (next.step !== 'expire') continue;
        expect(now).toBeGreaterThanOrEqual(END);
        expect(now - (announced?.at ?? now)).toBeGreaterThanOrEqual(DAY);
        return;
      }
      throw new Error('it never ended');
    }),
  );
});

test('an end that moved is announced anew', () => {
  const said = { end: END, before: DAY, at: END - DAY };

  expect(expiryStep(END + 5 * DAY, said, END)).toMatchObject({ step: 'announce', announced: { before: 7 * DAY } });
});
