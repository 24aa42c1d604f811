import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Redis } from 'ioredis';

/** Asks Redis the shortest question again and again, and tells at the end how long it waited for an answer at most (ms). */
const { path } = workerData as { readonly path: string };
const redis = new Redis(path);
const over = new AbortController();
let most = 0;
parentPort?.once('message', () => over.abort());
await redis.ping();
tell('ready');
while (!over.signal.aborted) {
  const from = performance.now();
  await redis.ping();
  most = Math.max(most, performance.now() - from);
  await sleep(2);
}
tell(most);
redis.disconnect();

function tell(what: string | number): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(what);
}
