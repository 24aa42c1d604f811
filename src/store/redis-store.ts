import type { Redis } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { UserAddress } from '../engine/domain/ids.ts';
import type { UserProgress } from '../engine/domain/progress.ts';
import type { Clock, MigrationStore } from '../engine/ports.ts';
import { stampEvents } from './event-codec.ts';
import { KEYS } from './keys.ts';
import { BATCH, CHECK, type Codec, ENDPOINT, FOLDERS, PROGRESS, SKIPPED, USER, decode } from './record-codecs.ts';
import { defineRecordScripts } from './record-scripts.ts';
import { type RecordTable, recordTable } from './record-table.ts';
import { ask } from './redis-failure.ts';
import { addUsers, batchAddresses } from './user-table.ts';

export interface RedisStoreSettings {
  readonly redis: Redis;
  readonly clock: Clock;
  /** A new random id. */
  readonly newId: () => string;
}

/**
 * The state people see, in Redis. Values of one key are compared and set by a script that appends the events too.
 * Throws StateUnavailable when Redis stays away for about 10 s, refuses, or holds a damaged record.
 */
export function redisStore({ redis, clock, newId }: RedisStoreSettings): MigrationStore {
  defineRecordScripts(redis);
  const newStamp = stamps(newId());
  const table = <Value>(hash: string, codec: Codec<Value>): RecordTable<Value> =>
    recordTable({ redis, hash, codec, clock, newStamp });
  const endpoints = table(KEYS.endpoints, ENDPOINT);
  const batches = table(KEYS.batches, BATCH);
  const users = table(KEYS.users, USER);
  const values = valuesIn(redis);

  return {
    endpoints: async () => (await endpoints.all()).toSorted((a, b) => compare(a.name, b.name)),
    endpoint: (name) => endpoints.get(name),
    async addEndpoint(endpoint, events, by) {
      const added = await endpoints.add(endpoint.name, endpoint, events, by);
      if (!added) throw new MigrationError('EndpointNameTaken', { endpoint: endpoint.name });
    },

    batches: async () => (await batches.all()).toSorted((a, b) => a.createdAt - b.createdAt || compare(a.name, b.name)),
    batch: (name) => batches.get(name),
    async addBatch(batch, events, by) {
      const added = await batches.add(batch.name, batch, events, by);
      if (!added) throw new MigrationError('BatchNameTaken', { batch: batch.name });
    },
    async changeBatch(name, decide, by) {
      const batch = await batches.change(name, decide, by);
      if (batch === undefined) throw new MigrationError('UnknownBatch', { batch: name });
      return batch;
    },

    user: (address) => users.get(address),
    async *users(batch) {
      for await (const addresses of batchAddresses(redis, batch)) {
        for (const user of await users.getMany(addresses)) if (user !== undefined) yield user;
      }
    },
    addUsers: (added, events, by) => addUsers(redis, users, clock, added, events, by),
    async changeUser(address, decide, by) {
      const user = await users.change(address, decide, by);
      if (user === undefined) throw new MigrationError('UnknownUser', { address });
      return user;
    },
    async changeUsers(batch, decide, by) {
      let changed = 0;
      for await (const addresses of batchAddresses(redis, batch))
        changed += await users.changeMany(addresses, decide, by);
      return changed;
    },

    saveProgress: (user, _batch, progress) => values.put(KEYS.progress, user, progress),
    progress: (user) => values.get(KEYS.progress, user, PROGRESS),
    async batchProgress(batch) {
      const found = new Map<UserAddress, UserProgress>();
      for await (const addresses of batchAddresses(redis, batch)) {
        const texts = await ask(redis.hmget(KEYS.progress, ...addresses));
        for (const [at, text] of texts.entries()) {
          if (text !== null) found.set(addresses[at] as UserAddress, decode(PROGRESS, text));
        }
      }
      return found;
    },
    saveFolders: (user, folders) => values.put(KEYS.folders, user, folders),
    folders: async (user) => (await values.get(KEYS.folders, user, FOLDERS)) ?? [],
    saveSkipped: (user, items) => values.put(KEYS.skipped, user, items),
    skipped: async (user) => (await values.get(KEYS.skipped, user, SKIPPED)) ?? [],

    async saveCheck(check, events) {
      const stamped = stampEvents(events, clock.now(), undefined);
      await ask(redis.bellhopPutValue(KEYS.checks, KEYS.events, check.batch, JSON.stringify(check), ...stamped));
    },
    check: (batch) => values.get(KEYS.checks, batch, CHECK),
    async publish(events, by) {
      if (events.length === 0) return;
      await ask(redis.bellhopPublish(KEYS.events, ...stampEvents(events, clock.now(), by)));
    },
  };
}

/** Plain values that only one writer has. */
function valuesIn(redis: Redis) {
  return {
    async put(hash: string, field: string, value: unknown): Promise<void> {
      await ask(redis.hset(hash, field, JSON.stringify(value)));
    },
    async get<Value>(hash: string, field: string, codec: Codec<Value>): Promise<Value | undefined> {
      const text = await ask(redis.hget(hash, field));
      return text === null ? undefined : decode(codec, text);
    },
  };
}

function stamps(instance: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${instance}.${last.toString(36)}`;
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
