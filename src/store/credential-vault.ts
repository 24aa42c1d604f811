import type { Redis } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { CredentialVault } from '../engine/ports.ts';
import { KEYS } from './keys.ts';
import { ask } from './redis-failure.ts';
import { seal, unseal } from './sealed-text.ts';

const CHUNK = 500;

/** Passwords in Redis, sealed with a key that is never there: a dump of Redis is worth nothing without it. */
export function credentialVault(redis: Redis, key: Buffer): CredentialVault {
  return {
    async put(user, password) {
      await ask(redis.hset(KEYS.vault, user, seal(key, user, password)));
    },
    async putAll(passwords) {
      const all = [...passwords];
      for (let at = 0; at < all.length; at += CHUNK) {
        const sealed = all.slice(at, at + CHUNK).flatMap(([user, password]) => [user, seal(key, user, password)]);
        await ask(redis.hset(KEYS.vault, ...sealed));
      }
    },
    async get(user) {
      const sealed = await ask(redis.hget(KEYS.vault, user));
      if (sealed === null) return undefined;
      const password = unseal(key, user, sealed);
      if (password === undefined) throw new MigrationError('CredentialUnreadable', { address: user });
      return password;
    },
    async forget(user) {
      await ask(redis.hdel(KEYS.vault, user));
    },
  };
}
