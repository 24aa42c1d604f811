import type { Redis, Result } from 'ioredis';
import { KEY } from './keys.ts';

/** Sets a field of a hash when it still has the value the decision was made on; "" means: when it is absent. */
export interface CompareAndSet {
  readonly hash: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
  readonly events: readonly string[];
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopCompareAndSet(hash: string, stream: string, ...args: string[]): Result<number, Context>;
  }
}

// Value and events in one script: nobody ever sees one without the other.
const COMPARE_AND_SET = `
local current = redis.call('HGET', KEYS[1], ARGV[1])
if (current or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for i = 4, #ARGV do redis.call('XADD', KEYS[2], '*', 'event', ARGV[i]) end
return 1`;

export interface Scripts {
  compareAndSet(change: CompareAndSet): Promise<boolean>;
}

/** The scripts of the store, defined on a connection. */
export function defineScripts(redis: Redis): Scripts {
  redis.defineCommand('bellhopCompareAndSet', { numberOfKeys: 2, lua: COMPARE_AND_SET });
  return {
    async compareAndSet({ hash, field, before, after, events }) {
      return (await redis.bellhopCompareAndSet(hash, KEY.events, field, before, after, ...events)) === 1;
    },
  };
}
