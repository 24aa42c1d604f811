/** A thread that does what workers do to a batch: every mailbox at work writes its progress once a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Redis } from 'ioredis';
import { redisStore } from '../src/store/redis-store.ts';
import { LARGE, progressAt, userAt } from './large-batch.ts';

const { path, atWork } = workerData as { readonly path: string; readonly atWork: number };
const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };
const redis = new Redis({ path });
const store = redisStore(redis, clock);
const over = new AbortController();
let written = 0;
parentPort?.once('message', () => over.abort());

async function keepWriting(at: number): Promise<void> {
  const { address } = userAt(at, 0);
  await sleep((at * 131) % 1000);
  for (let round = 0; !over.signal.aborted; round += 1) {
    await store.saveProgress(address, LARGE, progressAt(at + round, clock.now()));
    written += 1;
    await sleep(1000);
  }
}

await Promise.all(Array.from({ length: atWork }, (_, at) => keepWriting(at)));
redis.disconnect();
console.log(`${written} progress writes meanwhile`);
