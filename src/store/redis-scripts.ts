import type { Redis, Result } from 'ioredis';
import { KEY } from './keys.ts';

/** Sets a field of a hash when it still has the value the decision was made on; "" means: when it is absent. */
export interface CompareAndSet {
  readonly hash: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
  readonly events: readonly string[];
  /** How often something was done that is done one at a time, as it was when the decision was made: it becomes one more. */
  readonly turn?: { readonly of: string; readonly before: string };
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopCompareAndSet(hash: string, stream: string, turn: string, ...args: string[]): Result<number, Context>;
  }
}

// Value and events in one script: nobody ever sees one without the other.
const COMPARE_AND_SET = `
local current = redis.call('HGET', KEYS[1], ARGV[1])
if (current or '') ~= ARGV[2] then return 0 end
if ARGV[4] ~= '' then
  if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[4] then return 0 end
  redis.call('INCR', KEYS[3])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for i = 5, #ARGV do redis.call('XADD', KEYS[2], '*', 'event', ARGV[i]) end
return 1`;

export interface Scripts {
  compareAndSet(change: CompareAndSet): Promise<boolean>;
}

/** The scripts of the store, defined on a connection. */
export function defineScripts(redis: Redis): Scripts {
  redis.defineCommand('bellhopCompareAndSet', { numberOfKeys: 3, lua: COMPARE_AND_SET });
  return {
    async compareAndSet({ hash, field, before, after, events, turn }) {
      const args = [field, before, after, turn?.before ?? '', ...events];
      // A script has to be told its keys: without a turn it names one and leaves it alone.
      return (await redis.bellhopCompareAndSet(hash, KEY.events, turn?.of ?? KEY.glass, ...args)) === 1;
    },
  };
}
