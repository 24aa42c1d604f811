import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Logger } from '../../src/engine/ports.ts';
import { type RedisHandle, openRedis } from '../../src/store/open-redis.ts';

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

export const newId = (): string => randomUUID().replaceAll('-', '');

/** A directory of its own under the system's temporary directory, removed at the end. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bellhop-test-'));
  return { path: directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

export interface LocalRedis extends RedisHandle, AsyncDisposable {
  readonly directory: string;
  /** Kills the server as a power cut would. */
  kill(): Promise<void>;
}

/** A real Redis of its own, stopped and removed at the end. */
export async function localRedis(log: Logger = keepingLog()): Promise<LocalRedis> {
  const directory = await temporaryDirectory();
  const handle = await openRedis({ dataDirectory: directory.path, clock: systemClock, log });
  return {
    ...handle,
    directory: directory.path,
    async kill() {
      const info = await handle.redis.info('server');
      process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), 'SIGKILL');
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
