import type { Redis } from 'ioredis';
import { KEY } from './keys.ts';

/** Small JSON texts under a name: what the bot remembers of conversations. */
export interface Documents {
  get(name: string): Promise<string | undefined>;
  put(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** Stores a text unless there is one; tells whether it did. `ttl` in ms. */
  putIfAbsent(name: string, text: string, ttl?: number): Promise<boolean>;
  /** Names that begin with a prefix. */
  names(prefix: string): Promise<readonly string[]>;
}

export function redisDocuments(redis: Redis): Documents {
  return {
    async get(name) {
      return (await redis.get(KEY.documents + name)) ?? undefined;
    },
    async put(name, text) {
      await redis.set(KEY.documents + name, text);
    },
    async delete(name) {
      await redis.del(KEY.documents + name);
    },
    async putIfAbsent(name, text, ttl) {
      const key = KEY.documents + name;
      const reply = ttl === undefined ? await redis.set(key, text, 'NX') : await redis.set(key, text, 'PX', ttl, 'NX');
      return reply === 'OK';
    },
    async names(prefix) {
      const names: string[] = [];
      const match = `${(KEY.documents + prefix).replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
      for await (const keys of redis.scanStream({ match, count: 500 })) {
        for (const key of keys as readonly string[]) names.push(key.slice(KEY.documents.length));
      }
      return names;
    },
  };
}
