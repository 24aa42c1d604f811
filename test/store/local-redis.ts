import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Clock, Logger } from '../../src/engine/ports.ts';
import { type RedisHandle, openRedis } from '../../src/store/open-redis.ts';
import { stopRedisOf } from '../../sandbox/stop-redis.ts';

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};

/** A logger that keeps what it is told, so that tests can look for secrets in it. */
export function keepingLog(): Logger & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const keep = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
  return { lines, info: keep, warn: keep, error: keep };
}

/** A directory of its own under the system's temporary directory, removed at the end. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'bellhop-test-'));
  return { path: directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

export interface LocalRedis extends AsyncDisposable {
  readonly redis: Redis;
  readonly handle: RedisHandle;
  readonly directory: string;
  /** Kills the server as a power cut would, and starts it again on the same data. */
  kill(): Promise<void>;
}

/** A real Redis of its own, stopped and removed at the end. */
export async function localRedis(): Promise<LocalRedis> {
  const directory = await temporaryDirectory();
  const open = (): Promise<RedisHandle> =>
    openRedis({ url: undefined, dataDirectory: directory.path, log: keepingLog() });
  const handle = await open();
  const redis = handle.connect();
  const handles = [handle];
  return {
    redis,
    handle,
    directory: directory.path,
    async kill() {
      const info = await redis.info('server');
      process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), 'SIGKILL');
      handles.push(await open());
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      for (const each of handles.toReversed()) await each[Symbol.asyncDispose]();
      stopRedisOf(directory.path);
      await directory[Symbol.asyncDispose]();
    },
  };
}
