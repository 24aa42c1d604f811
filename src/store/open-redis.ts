import type { Redis } from 'ioredis';
import type { Clock, Logger } from '../engine/ports.ts';
import { checkRedis } from './check-redis.ts';
import { type EmbeddedRedis, embeddedRedis, quit } from './embedded-redis.ts';
import { type RedisAddress, connectRedis, redisAddress } from './redis-connection.ts';
import { ask } from './redis-failure.ts';

export interface RedisSettings {
  /** REDIS_URL; without it the local Redis under `dataDirectory` is adopted or started. */
  readonly url?: string;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RedisHandle {
  /** The connection everybody shares; blocking readers take a duplicate. */
  readonly redis: Redis;
  /** For libraries that open their own connections. */
  readonly address: RedisAddress;
  /** Close everything else that uses the address first: the last one out stops a local Redis. */
  close(): Promise<void>;
}

/** Opens the Redis that holds Bellhop's state. Throws StateUnavailable when it cannot be reached, started or trusted. */
export async function openRedis(settings: RedisSettings): Promise<RedisHandle> {
  const { url, log } = settings;
  if (url !== undefined) return await openRemote(redisAddress(url), log);
  const server = await embeddedRedis(settings.dataDirectory, settings.clock, log);
  const redis = await server.ensure(() => openChecked(server.address, log));
  const stopGuarding = guard(redis, server, log);
  return {
    redis,
    address: server.address,
    async close() {
      await stopGuarding();
      await server.leave(redis);
    },
  };
}

async function openRemote(address: RedisAddress, log: Logger): Promise<RedisHandle> {
  const redis = await openChecked(address, log);
  return { redis, address, close: () => quit(redis) };
}

async function openChecked(address: RedisAddress, log: Logger): Promise<Redis> {
  const redis = connectRedis(address, log);
  try {
    await ask(redis.ping());
    await checkRedis(redis, log);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

// A local Redis has no service manager: when it dies, whoever notices starts it again. Returns what ends the guard.
function guard(redis: Redis, server: EmbeddedRedis, log: Logger): () => Promise<void> {
  let reviving: Promise<void> | undefined;
  const revive = (): void => {
    reviving ??= server
      .ensure(async () => undefined)
      .catch(() => log.error({ code: 'StateUnavailable' }, 'redis could not be started again'))
      .finally(() => (reviving = undefined));
  };
  redis.on('reconnecting', revive);
  return async () => {
    redis.off('reconnecting', revive);
    await reviving;
  };
}
