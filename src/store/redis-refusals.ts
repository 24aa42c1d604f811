import type { Redis, Result } from 'ioredis';
import type { RefusalBook } from '../engine/ports.ts';
import { KEY } from './keys.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopTakeRefusal(
      counts: string,
      leftOut: string,
      ...args: readonly (string | number)[]
    ): Result<number | null, Context>;
  }
}

/** The field that counts all people; a person's says so. */
const ALL = 'all';

// Only who gets an entry is counted: the hash has no more fields than there are entries, whoever knocks.
const TAKE = `
local mine = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local all = tonumber(redis.call('HGET', KEYS[1], '${ALL}') or '0')
if mine >= tonumber(ARGV[2]) or all >= tonumber(ARGV[3]) then
  redis.call('INCR', KEYS[2])
  return false
end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
if redis.call('HINCRBY', KEYS[1], '${ALL}', 1) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
local leftOut = tonumber(redis.call('GET', KEYS[2]) or '0')
redis.call('DEL', KEYS[2])
return leftOut`;

/** The bounds of refused commands in Redis: one step, for all processes. The hour begins with its first entry. */
export function redisRefusals(redis: Redis): RefusalBook {
  redis.defineCommand('bellhopTakeRefusal', { numberOfKeys: 2, lua: TAKE });
  return {
    async take(person, { ofPerson, ofAll, within }) {
      const args = [`person:${person}`, ofPerson, ofAll, Math.ceil(within)];
      return (await redis.bellhopTakeRefusal(KEY.refusals, KEY.refusalsLeftOut, ...args)) ?? undefined;
    },
  };
}
