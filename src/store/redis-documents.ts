import type { Redis } from 'ioredis';
import { documentKey } from './keys.ts';
import { ask } from './redis-failure.ts';

/** Small texts under names, for what one edge has to remember: references, cards, nonces. */
export interface Documents {
  get(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Names of all documents, in no order. */
  keys(): Promise<readonly string[]>;
  /** Puts and says true, or says false when there is one. With `ttl` (ms) it is forgotten by itself. */
  putIfAbsent(key: string, text: string, ttl?: number): Promise<boolean>;
}

/** A collection of documents in Redis; each is a key of its own, so that each may expire. */
export function redisDocuments(redis: Redis, collection: string): Documents {
  const start = documentKey(collection, '');
  return {
    async get(key) {
      return (await ask(redis.get(start + key))) ?? undefined;
    },
    async put(key, text) {
      await ask(redis.set(start + key, text));
    },
    async delete(key) {
      await ask(redis.del(start + key));
    },
    async keys() {
      const found = new Set<string>();
      let cursor = '0';
      do {
        const [next, keys] = await ask(redis.scan(cursor, 'MATCH', `${escapeGlob(start)}*`, 'COUNT', 1000));
        for (const key of keys) found.add(key.slice(start.length));
        cursor = next;
      } while (cursor !== '0');
      return [...found];
    },
    async putIfAbsent(key, text, ttl) {
      const answer =
        ttl === undefined
          ? redis.set(start + key, text, 'NX')
          : redis.set(start + key, text, 'PX', Math.ceil(ttl), 'NX');
      return (await ask<unknown>(answer)) === 'OK';
    },
  };
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, '\\$&');
}
