import type { Redis } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Logger } from '../engine/ports.ts';
import { ask } from './redis-failure.ts';

/**
 * Looks whether a Redis may be trusted with state. Throws StateUnavailable when it may evict keys: jobs and state would
 * vanish without an error. Warns when it keeps nothing on disk. INFO tells both, also where CONFIG is forbidden.
 */
export async function checkRedis(redis: Redis, log: Logger): Promise<void> {
  const info = readInfo(await ask(redis.info()));
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction') {
    throw new MigrationError('StateUnavailable', {
      detail: `its maxmemory-policy is ${policy}, which may delete jobs and state; set it to noeviction`,
    });
  }
  const major = Number.parseInt(info.get('redis_version') ?? '', 10);
  if (major < 7)
    log.warn({ version: info.get('redis_version') ?? '' }, 'redis is older than version 7: not tested with Bellhop');
  if (info.get('aof_enabled') !== '1') {
    log.warn(
      { code: 'RedisNotPersistent' },
      'REDIS DOES NOT KEEP AN APPEND-ONLY FILE: batches, jobs and passwords are lost when it restarts. Set appendonly yes.',
    );
  }
}

function readInfo(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}
