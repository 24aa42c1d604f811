import { describe, expect, test } from 'vitest';
import {
  type FinishInput,
  drawFinishes,
  finishOf,
  finishOfOne,
  lastOf,
} from '../../src/engine/domain/finish-forecast.ts';

function seeded(seed: number) {
  let [a, b] = [seed + 1, seed * 69_069 + 7];
  // Xorshift (Marsaglia) added to a Weyl sequence.
  const next = (): number => {
    a ^= a << 13;
    a ^= a >>> 17;
    a ^= a << 5;
    b = (b + 362_437) | 0;
    return ((a + b) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, normal };
}

const TICK = 15;

type Random = ReturnType<typeof seeded>;

interface Fleet {
  readonly users: number;
  readonly slots: number;
  /** Share of the users that are done when it is looked at. */
  readonly lookAfter: number;
  readonly sizeOf: (random: Random) => number;
}

/** Few mailboxes are very large. */
const skewed = ({ normal }: Random): number => Math.exp(7 + 1.1 * normal());
/** Most are about the same, one in ten is of another kind. */
const twoKinds = ({ next, normal }: Random): number => (next() < 0.1 ? 20_000 : 1000) * Math.exp(0.3 * normal());

/**
 * A fleet of mailboxes whose sizes and speeds differ (few are very large), on so many slots; the speed of each changes all
 * the time. Plays it to its end, and answers what was known at one moment of it and how long it took from there.
 */
function playFleet(seed: number, { users, slots, lookAfter, sizeOf }: Fleet) {
  const random = seeded(seed);
  const mailboxes = Array.from({ length: users }, () => ({
    left: sizeOf(random),
    pace: Math.exp(2 + 0.4 * random.normal()),
    mood: 0,
  }));
  const waiting = [...mailboxes];
  const running: { mailbox: (typeof mailboxes)[number]; since: number; speed: number }[] = [];
  const took: (readonly [number, number])[] = [];
  let seen: { at: number; input: FinishInput } | undefined;
  for (let now = 0; ; now += TICK) {
    while (running.length < slots) {
      const mailbox = waiting.shift();
      if (mailbox === undefined) break;
      running.push({ mailbox, since: now, speed: 0 });
    }
    if (seen === undefined && took.length >= users * lookAfter && running.every((each) => each.speed > 0))
      seen = { at: now, input: { running: running.map(({ mailbox, since, speed }) => ({ elapsed: now - since, left: mailbox.left / speed })), waiting: waiting.length, took: [...took] } }; // prettier-ignore
    if (running.length === 0) return seen === undefined ? undefined : { input: seen.input, actual: now - seen.at };
    for (const each of running) {
      const { mailbox } = each;
      mailbox.mood = 0.95 * mailbox.mood + 0.09 * random.normal();
      each.speed = mailbox.pace * Math.exp(mailbox.mood);
      mailbox.left -= each.speed * TICK;
    }
    for (const done of running.filter(({ mailbox }) => mailbox.left <= 0)) {
      took.push([now + TICK - done.since, 1]);
      running.splice(running.indexOf(done), 1);
    }
  }
}

const FLEETS: readonly (readonly [string, Fleet])[] = [
  ['early: a tenth is done', { users: 300, slots: 20, lookAfter: 0.1, sizeOf: skewed }],
  ['half way', { users: 300, slots: 20, lookAfter: 0.5, sizeOf: skewed }],
  ['a small batch', { users: 40, slots: 8, lookAfter: 0.3, sizeOf: skewed }],
  ['near the end: nobody waits any more', { users: 120, slots: 20, lookAfter: 0.9, sizeOf: skewed }],
  ['many slots', { users: 900, slots: 100, lookAfter: 0.2, sizeOf: skewed }],
  ['a long queue', { users: 800, slots: 20, lookAfter: 0.1, sizeOf: skewed }],
  ['mailboxes of two kinds', { users: 300, slots: 20, lookAfter: 0.3, sizeOf: twoKinds }],
];

/** How often the fleet was done by the median, and by the 90 % quantile of the forecast. */
function coverage(fleet: Fleet): readonly [p50: number, p90: number] {
  const outcomes = Array.from({ length: 100 }, (_, at) => playFleet((at + 1) * 7919, fleet)).flatMap((played) => {
    const finish = played === undefined ? undefined : finishOf(drawFinishes(played.input));
    return played === undefined || finish === undefined ? [] : [{ ...finish, actual: played.actual }];
  });
  expect(outcomes.length).toBeGreaterThan(90);
  const share = (quantile: 'p50' | 'p90'): number =>
    outcomes.filter((each) => each.actual <= each[quantile]).length / outcomes.length;
  return [share('p50'), share('p90')];
}

describe('half of all simulated fleets are done by the median, nine of ten by the 90 % quantile', () => {
  const measured: (readonly [p50: number, p90: number])[] = [];

  test.each(FLEETS)('about: %s', (_when, fleet) => {
    const [p50, p90] = coverage(fleet);
    measured.push([p50, p90]);

    expect(p50).toBeGreaterThan(0.35);
    expect(p50).toBeLessThan(0.75);
    expect(p90).toBeGreaterThan(0.78);
    expect(p90).toBeLessThan(0.99);
  });

  test('over all of them', () => {
    const mean = (of: 0 | 1): number => measured.reduce((sum, each) => sum + each[of], 0) / measured.length;

    expect(mean(0)).toBeGreaterThan(0.45);
    expect(mean(0)).toBeLessThan(0.6);
    expect(mean(1)).toBeGreaterThan(0.86);
    expect(mean(1)).toBeLessThan(0.94);
  });
});

test('nothing is guessed where nothing is known', () => {
  expect(drawFinishes({ running: [], waiting: 10, took: [[60, 3]] })).toEqual([]);
  expect(drawFinishes({ running: [], waiting: 0, took: [] })).toEqual([]);
  expect(finishOf([])).toBeUndefined();
  expect(lastOf([[1, 2], []])).toEqual([]);
});

test('the same input is the same forecast, and 50,000 waiting mailboxes are no more work than a few', () => {
  const running = Array.from({ length: 400 }, (_, at) => ({ elapsed: at, left: 2000 - at }));
  const input = {
    running,
    waiting: 49_000,
    took: [
      [600, 500],
      [6000, 90],
    ] as const,
  };

  const from = performance.now();
  const courses = drawFinishes(input);

  expect(performance.now() - from).toBeLessThan(1000);
  expect(drawFinishes(input)).toEqual(courses);
  const finish = finishOf(courses);
  // 49,400 mailboxes of about 1,430 s on 400 slots.
  expect(finish?.p50).toBeGreaterThan(160_000);
  expect(finish?.p90).toBeLessThan(240_000);
});

test('one mailbox at work', () => {
  expect(finishOfOne(1000)).toEqual({ p50: 1000, p90: 1378 });
});

test('several endpoints: the last one ends it', () => {
  const slow = Array.from({ length: 100 }, () => 900);
  const quick = Array.from({ length: 100 }, (_, at) => at);

  expect(finishOf(lastOf([slow, quick]))).toEqual({ p50: 900, p90: 900 });
});
