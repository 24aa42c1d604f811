import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { batchCard } from '../src/cards/batch-card.ts';
import { statusCard } from '../src/cards/status-card.ts';
import { readConfig } from '../src/config.ts';
import { batchOverview, statusOverview } from '../src/engine/queries.ts';
import { metricsText } from '../src/metrics.ts';
import { openWorld } from '../src/open-world.ts';
import { stopRedisOf } from '../sandbox/stop-redis.ts';
import { AT_WORK, LARGE, fillLargeBatch } from './large-batch.ts';
import { writeResults } from './results.ts';

const LOOKS = 500;
const PAUSE = 10;

/**
 * How long the card of a large batch takes while its users are at work: read from Redis, made into a card and written as
 * JSON, as it goes to Teams. The same for the card of all batches and for a scrape of /metrics.
 */
export async function benchStatus(users: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  try {
    await measureIn(directory, users);
  } finally {
    stopRedisOf(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureIn(directory: string, users: number): Promise<void> {
  const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const config = readConfig({ BELLHOP_DATA: directory, BELLHOP_SANDBOX: '1' }, 'command');
  await using opened = await openWorld(config, clock, quiet);
  const { world, redis } = opened;
  await fillLargeBatch(world.store, users, clock.now());
  const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  const others = new Worker(new URL('write-progress.ts', import.meta.url), {
    workerData: { path: redis.options.path, atWork: Math.min(AT_WORK, users) },
  });
  await sleep(2000);
  const rows = {
    // What the machine itself takes for the shortest question there is: the others cannot be quicker.
    ping: await measure(() => redis.ping()),
    batchCard: await measure(async () => JSON.stringify(batchCard(await batchOverview(world, LARGE)))),
    statusCard: await measure(async () => JSON.stringify(statusCard(await statusOverview(world)))),
    metrics: await measure(() => metricsText(world)),
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  others.postMessage('over');
  await once(others, 'exit');
  console.log(`${users} users with progress, ${Math.round(used / users)} bytes of Redis each; ${AT_WORK} at work`);
  console.log(`ms until the text is ready, ${LOOKS} looks each`);
  for (const [what, { p50, p99, most }] of Object.entries(rows))
    console.log(`${what.padEnd(12)} p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)}  most ${most.toFixed(1)}`);
  writeResults('status', { users, bytesOfUser: Math.round(used / users), atWork: AT_WORK, ...rows });
}

async function measure(look: () => Promise<string>) {
  const times: number[] = [];
  for (let at = 0; at < LOOKS; at += 1) {
    const from = performance.now();
    await look();
    times.push(performance.now() - from);
    await sleep(PAUSE);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99), most: times.at(-1) ?? 0 };
}
