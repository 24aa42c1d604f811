import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import type { UserProgress } from '../../src/engine/domain/progress.ts';
import { NO_TIME } from '../../src/engine/domain/spent-time.ts';
import type { World } from '../../src/engine/ports.ts';
import { batchOverview, statusOverview, userOverview } from '../../src/engine/queries.ts';
import { metricsText } from '../../src/metrics.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { OPERATOR, address, batchName, sampleBatch, sampleUser } from '../contracts/sample-records.ts';
import { type LocalRedis, localRedis } from '../store/local-redis.ts';

const T = 1_790_000_000_000;

let local: LocalRedis;
let world: World;

/** Two batches of one endpoint: one at work, with users that are done, at work and waiting; the other not started. */
beforeAll(async () => {
  local = await localRedis();
  const clock = { now: () => T, sleep: async () => undefined };
  const store = redisStore(local.redis, clock);
  // Views ask the store, the clock, the settings and how many workers there are, and nothing else.
  const jobs = { workers: async () => 1 };
  world = { store, clock, jobs, settings: { timeScale: 1, maxItemSize: 1, approvals: 0 } } as unknown as World;
  await store.addBatch(sampleBatch('sales', { intent: 'Started', startedAt: T - 500_000 }), [], OPERATOR);
  await store.addBatch(sampleBatch('later'), [], OPERATOR);
  const done = Array.from({ length: 6 }, (_, at) =>
    sampleUser(`done${at}@contoso.example`, 'sales', { status: 'Synced', lastSuccessfulSyncAt: T - 9000, firstSyncTook: 200_000 + at * 9000 }),
  ); // prettier-ignore
  const working = [0, 1].map((at) => sampleUser(`work${at}@contoso.example`, 'sales', { status: 'Syncing', queuedAt: T - 500_000 })); // prettier-ignore
  const waiting = [0, 1, 2].map((at) => sampleUser(`wait${at}@contoso.example`, 'sales', { status: 'Queued', queuedAt: T - 500_000 })); // prettier-ignore
  await store.addUsers([...done, ...working, ...waiting, sampleUser('x@contoso.example', 'later')], [], OPERATOR);
  for (const user of working) await store.saveProgress(user.address, user.batch, progress());
}, 60_000);
afterAll(() => local[Symbol.asyncDispose]());

function progress(): UserProgress {
  const time = { ...NO_TIME, slot: 300_000, moving: 20_000, source: 60_000, budget: 100_000, cpu: 20_000 };
  return {
    items: { ...NO_ITEMS, source: 3000, copied: 2000, pending: 1000 },
    bytesTransferred: 200_000_000,
    estimatedTotalSize: 300_000_000,
    itemsPerSecond: 10,
    bytesPerSecond: 1_000_000,
    reasons: [],
    startedAt: T - 200_000,
    updatedAt: T,
    bottleneck: 'budget',
    time,
    syncTime: time,
    ceiling: { share: 0.9, of: 'bytes' },
    requestsPerSecond: 13,
  };
}

test('a batch: speed, share of the ceiling, time left, and the seconds lost, those who wait now included', async () => {
  const view = await batchOverview(world, batchName('sales'));

  expect(view).toMatchObject({
    itemsPerSecond: 20,
    bytesPerSecond: 2_000_000,
    ceiling: 'bytes',
    ceilingShare: 0.9,
    bottleneck: 'budget',
    waitingCount: 3,
    lostSeconds: { source: 120, target: 0, budget: 200, cpu: 40, slot: 2 * 300 + 3 * 500 },
    movingSeconds: 40,
  });
  // Three mailboxes of about 225 s each on two slots that are free in 100 s.
  expect(view.etaSeconds).toBeGreaterThan(400);
  expect(view.etaSeconds).toBeLessThan(700);
  expect(view.etaP90Seconds ?? 0).toBeGreaterThan(view.etaSeconds ?? 0);
});

test('a user at work, and one that waits', async () => {
  expect(await userOverview(world, address('work0@contoso.example'))).toMatchObject({
    etaSeconds: 100,
    etaP90Seconds: 138,
    ceilingShare: 0.9,
    lostSeconds: { source: 60, target: 0, budget: 100, cpu: 20, slot: 300 },
    movingSeconds: 20,
  });
  expect(await userOverview(world, address('wait1@contoso.example'))).toMatchObject({
    etaSeconds: null,
    bottleneck: 'slot',
    lostSeconds: { source: 0, target: 0, budget: 0, cpu: 0, slot: 500 },
  });
});

test('all batches: by the ceiling of the tenant', async () => {
  const all = await statusOverview(world);
  const sales = await batchOverview(world, batchName('sales'));

  expect(all).toMatchObject({ itemsPerSecond: 20, ceiling: 'tenantRequests', ceilingShare: 0.002 });
  expect(all.lostSeconds).toEqual(sales.lostSeconds);
  expect(all.etaSeconds).toBe(sales.etaSeconds);
});

test('/metrics says the same: counters by cause, shares, quantiles, and the totals of all batches', async () => {
  let asked = 0;
  // The queue finds its workers among all connections of Redis: one scrape asks once, whatever it tells.
  const workers = async () => (asked += 1);
  const text = await metricsText({ ...world, jobs: { ...world.jobs, workers } });

  expect(asked).toBe(1);
  for (const line of [
    'bellhop_workers 1',
    '# TYPE bellhop_lost_seconds_total counter',
    'bellhop_lost_seconds_total{batch="sales",cause="budget"} 200',
    'bellhop_lost_seconds_total{batch="sales",cause="slot"} 2100',
    'bellhop_moving_seconds_total{batch="sales"} 40',
    'bellhop_ceiling_share{batch="sales",ceiling="bytes"} 0.9',
    'bellhop_fleet_lost_seconds_total{cause="source"} 120',
    'bellhop_fleet_ceiling_share{ceiling="tenantRequests"} 0.002',
    'bellhop_fleet_items_per_second 20',
    'bellhop_fleet_users{state="synced"} 6',
    'bellhop_fleet_users{state="pending"} 4',
    'bellhop_fleet_transferred_bytes 400000000',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).toMatch(/^bellhop_eta_seconds\{batch="sales",quantile="0\.9"\} \d+$/m);
  expect(text).toMatch(/^bellhop_fleet_eta_seconds\{quantile="0\.5"\} \d+$/m);
  // Prometheus refuses a family that is told twice.
  const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(families).size).toBe(families.length);
});
