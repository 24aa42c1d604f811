import type { Redis, Result } from 'ioredis';
import type { UploadTicket } from '../engine/domain/upload.ts';
import type { Clock, UploadTickets } from '../engine/ports.ts';
import { KEY } from './keys.ts';
import { readJson } from './read-json.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopReleaseUpload(key: string, claim: string): Result<number, Context>;
  }
}

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const DAY = 86_400_000;

/** Upload links in Redis, under the hash of their token: who reads Redis cannot upload. */
export function redisUploads(redis: Redis, clock: Clock): UploadTickets {
  redis.defineCommand('bellhopReleaseUpload', { numberOfKeys: 1, lua: RELEASE });
  const save = async (hash: string, ticket: UploadTicket): Promise<void> => {
    const known = Math.max(1, ticket.expiresAt - clock.now()) + DAY;
    await redis.set(KEY.upload(hash), JSON.stringify(ticket), 'PX', known);
  };
  return {
    add: save,
    save,
    async find(hash) {
      const text = await redis.get(KEY.upload(hash));
      return text === null ? undefined : readJson<UploadTicket>(text);
    },
    claim: async (hash, claim, ms) => (await redis.set(KEY.uploadClaim(hash), claim, 'PX', ms, 'NX')) === 'OK',
    async release(hash, claim) {
      await redis.bellhopReleaseUpload(KEY.uploadClaim(hash), claim);
    },
  };
}
