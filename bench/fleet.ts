import { BYTES_PER_MS, type Fleet, simulateFleet } from './simulate-fleet.ts';
import { seededRandom } from '../sandbox/source/mail/seeded-random.ts';
import { writeResults } from './results.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 50,000 mailboxes of 5 GB on average, the largest 50 GB; a tenth of a sync's places is for what follows. */
export const FIFTY_THOUSAND: Fleet = {
  batches: Array.from({ length: 50 }, (_, at) => ({
    priority: at === 0 ? 'high' : at < 45 ? 'normal' : 'low',
    users: 1000,
  })),
  places: { initial: 900, incremental: 100 },
  work: mailboxWork,
  tick: 15_000,
  after: 3 * DAY,
};

export function mailboxWork(random: () => number): { ready: number; rest: number; incremental: number } {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const bytes = Math.min(50e9, 2.6e9 * Math.exp(1.15 * normal));
  const ready = Math.min(bytes, 20e6 + bytes * 0.02);
  // Signing in and listing folders takes a while, whatever there is to bring.
  return {
    ready: 10_000 + ready / BYTES_PER_MS,
    rest: 10_000 + (bytes - ready) / BYTES_PER_MS,
    incremental: 15_000 + random() * 30_000,
  };
}

/** A fleet on a simulated clock: when everybody is ready and complete, and whether the daily sync stays daily. */
export function benchFleet(): void {
  const random = seededRandom('fleet');
  const figures = simulateFleet(FIFTY_THOUSAND, () => random.next());
  console.log(`50,000 users, 1,000 places, ${figures.seconds.toFixed(0)} s of computing`);
  console.log(`ready     ${hours(figures.readyAt)}, ${over(figures.readyAt, figures.readyCeiling)}`);
  console.log(`complete  ${hours(figures.completeAt)}, ${over(figures.completeAt, figures.completeCeiling)}`);
  console.log(
    `daily     ${figures.syncs} syncs, the latest ${(figures.latest / 60_000).toFixed(1)} min after its time`,
  );
  for (const [priority, ms] of Object.entries(figures.meanReady))
    console.log(`ready on average, ${priority}: ${hours(ms)}`);
  writeResults('fleet', [figures]);
}

function hours(ms: number): string {
  return `${(ms / HOUR).toFixed(1)} h`;
}

function over(at: number, ceiling: number): string {
  return `${((at / ceiling - 1) * 100).toFixed(1)} % above the ceiling's ${hours(ceiling)}`;
}
