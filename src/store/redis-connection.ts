import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../engine/ports.ts';
import { redisFailureCode } from './redis-failure.ts';

/** Where a Redis listens: what the queue needs to open connections of its own. */
export type RedisAddress = { readonly path: string } | { readonly url: string };

/** Waits before connecting again, in ms: soon at first, once a second later. */
export function reconnectDelay(times: number): number {
  return Math.min(50 * 2 ** (times - 1), 1000);
}

/** A command outlives an outage of about 10 s; after that its caller hears that Redis is away. */
const RETRIES = 14;

/** Reads REDIS_URL: `redis://`, `rediss://`, or `unix:///path`. */
export function redisAddress(url: string): RedisAddress {
  return url.startsWith('unix://') ? { path: url.slice('unix://'.length) } : { url };
}

type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** Opens a connection that reconnects for ever. Its errors are logged by code: an ioredis error can hold the URL. */
export function connectRedis(address: RedisAddress, log: Logger, options: ConnectionOptions = {}): Redis {
  const common: ConnectionOptions = {
    connectionName: 'bellhop',
    maxRetriesPerRequest: RETRIES,
    retryStrategy: reconnectDelay,
    ...options,
  };
  const redis = 'path' in address ? new Redis({ ...common, path: address.path }) : new Redis(address.url, common);
  redis.on('error', (error) => log.warn({ code: redisFailureCode(error) }, 'redis connection failed'));
  return redis;
}

/** Whether a server at an address answers now, with its data loaded. */
export async function answers(address: RedisAddress): Promise<boolean> {
  const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const redis = connectRedis(address, silent, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: 0,
  });
  try {
    await redis.connect();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
