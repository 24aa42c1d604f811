import { assert, property, record, array, constantFrom, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { NO_SHARES, type Shares, type WaitingBatch, selectDue } from '../../src/engine/domain/fair-shares.ts';
import { PRIORITIES, type Priority, TURNS, type Turn, type WaitingUser } from '../../src/engine/domain/schedule.ts';
import { address, batchName } from '../contracts/sample-records.ts';

const HOUR = 3_600_000;
const NOW = 1_790_000_000_000;

interface Wish {
  readonly turn: Turn;
  readonly priority: Priority;
  readonly waits: number;
}

const wish = record<Wish>({
  turn: constantFrom(...TURNS),
  priority: constantFrom(...PRIORITIES),
  waits: integer({ min: 0, max: 100 }),
});
const someBatches = array(record({ priority: constantFrom(...PRIORITIES), wishes: array(wish, { maxLength: 12 }) }), {
  maxLength: 5,
});

function toBatch(index: number, priority: Priority, wishes: readonly Wish[]): WaitingBatch {
  return {
    name: batchName(`batch-${index}`),
    priority,
    waiting: wishes.map(({ waits, ...rest }, at): WaitingUser => ({
      ...rest,
      address: address(`user${at}.of${index}@contoso.example`),
      since: NOW - waits * HOUR,
    })),
  };
}

/** A batch with as many users that wait alike. */
function crowd(name: string, priority: Priority, count: number, wanted: Partial<WaitingUser> = {}): WaitingBatch {
  const waiting = Array.from({ length: count }, (_, at): WaitingUser => {
    const user = address(`user${at}@${name}.example`);
    return { address: user, turn: 'ready', priority: 'normal', since: NOW, ...wanted };
  });
  return { name: batchName(name), priority, waiting };
}

function chosenOf(batches: readonly WaitingBatch[], chosen: readonly string[]): readonly number[] {
  return batches.map(({ waiting }) => waiting.filter((user) => chosen.includes(user.address)).length);
}

test('as many are chosen as there are places and people waiting, each once', () => {
  assert(
    property(someBatches, integer({ min: -2, max: 40 }), (wanted, places) => {
      const batches = wanted.map(({ priority, wishes }, index) => toBatch(index, priority, wishes));
      const waiting = batches.flatMap((batch) => batch.waiting.map((user) => user.address));

      const { chosen } = selectDue(batches, places, NO_SHARES, NOW);

      expect(chosen).toHaveLength(Math.max(0, Math.min(places, waiting.length)));
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen.every((user) => waiting.includes(user))).toBe(true);
    }),
  );
});

test('however few places, busy batches are served by the weight of their priority', () => {
  assert(
    property(
      integer({ min: 1, max: 5 }),
      array(constantFrom(...PRIORITIES), { minLength: 2, maxLength: 5 }),
      (places, priorities) => {
        const batches = priorities.map((priority, at) => crowd(`b${at}`, priority, 500));
        const served = priorities.map(() => 0);
        let shares: Shares = NO_SHARES;
        for (let round = 0; round < 60; round += 1) {
          const selection = selectDue(batches, places, shares, NOW);
          shares = selection.shares;
          chosenOf(batches, selection.chosen).forEach((count, at) => (served[at] = (served[at] ?? 0) + count));
        }
        const weights = priorities.map((priority) => ({ high: 4, normal: 2, low: 1 })[priority]);
        const all = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, at) => {
          const fair = (60 * places * weight) / all;
          expect(Math.abs((served[at] ?? 0) - fair)).toBeLessThanOrEqual(weight + 1);
        });
      },
    ),
    { numRuns: 50 },
  );
});

test('a batch that was idle does not get the past back', () => {
  const [busy, late] = [crowd('busy', 'normal', 500), crowd('late', 'normal', 500)];
  let shares: Shares = NO_SHARES;
  for (let round = 0; round < 100; round += 1) ({ shares } = selectDue([busy], 1, shares, NOW));

  const { chosen } = selectDue([busy, late], 10, shares, NOW);

  expect(chosenOf([busy, late], chosen)).toEqual([5, 5]);
});

test('the newest mail of everybody comes before the rest of anybody, in whichever batch', () => {
  const old = crowd('old', 'high', 10, { turn: 'rest', priority: 'high' });
  const fresh = crowd('fresh', 'low', 3, { turn: 'ready', priority: 'low' });

  const { chosen } = selectDue([old, fresh], 5, NO_SHARES, NOW);

  expect(chosenOf([old, fresh], chosen)).toEqual([2, 3]);
  expect(chosenOf([fresh], chosen.slice(0, 3))).toEqual([3]);
});

test('nobody starves, although new people of higher standing come all the time', () => {
  for (const few of [1, 2]) {
    const poor = crowd('poor', 'low', 1, { turn: 'rest', priority: 'low' });
    let shares: Shares = NO_SHARES;
    let waited = 0;
    for (; waited < 24 * 30; waited += 1) {
      const now = NOW + waited * HOUR;
      const rich = ['rich', 'richer'].map((name) => crowd(name, 'high', 20, { priority: 'high', since: now }));
      const selection = selectDue([...rich, poor], few, shares, now);
      shares = selection.shares;
      if (chosenOf([poor], selection.chosen)[0] === 1) break;
    }
    expect(waited).toBeLessThan(96);
  }
});

test('of one batch high priority goes first, until others have waited long enough', () => {
  const users = (since: number): WaitingBatch => ({
    ...crowd('mixed', 'normal', 0),
    waiting: [
      { address: address('low@x.example'), turn: 'incremental', priority: 'low', since },
      { address: address('high@x.example'), turn: 'incremental', priority: 'high', since: NOW },
    ],
  });

  expect(selectDue([users(NOW - HOUR)], 1, NO_SHARES, NOW).chosen).toEqual(['high@x.example']);
  expect(selectDue([users(NOW - 17 * HOUR)], 1, NO_SHARES, NOW).chosen).toEqual(['low@x.example']);
});
