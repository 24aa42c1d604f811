import { expect, test } from 'vitest';
import { FIFTY_THOUSAND } from '../../bench/fleet.ts';
import { simulateFleet } from '../../bench/simulate-fleet.ts';
import { seededRandom } from '../../sandbox/source/mail/seeded-random.ts';

test('a fleet is complete within five percent of the ceiling, ready first, and every daily sync begins on its day', () => {
  const random = seededRandom('small fleet');
  const fleet = {
    ...FIFTY_THOUSAND,
    batches: FIFTY_THOUSAND.batches.map(({ priority }) => ({ priority, users: 60 })),
    places: { initial: 54, incremental: 6 },
    tick: 60_000,
  };

  const figures = simulateFleet(fleet, () => random.next());

  expect(figures.completeAt / figures.completeCeiling).toBeLessThan(1.05);
  expect(figures.readyAt).toBeLessThan(figures.completeAt / 10);
  expect(figures.syncs).toBeGreaterThan(3 * 60 * 50);
  expect(figures.latest).toBeLessThan(5 * 60_000);
  const { high = 0, normal = 0, low = 0 } = figures.meanReady;
  expect(high).toBeLessThan(normal);
  expect(normal).toBeLessThan(low);
});
