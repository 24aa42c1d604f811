import type { Redis } from 'ioredis';
import type { EventBody } from '../engine/domain/events.ts';
import type { BatchName } from '../engine/domain/ids.ts';
import type { MigrationUser } from '../engine/domain/migration-user.ts';
import type { Clock } from '../engine/ports.ts';
import { stampEvents } from './event-codec.ts';
import { KEYS, batchUsersKey } from './keys.ts';
import type { RecordTable } from './record-table.ts';
import { ask } from './redis-failure.ts';

const CHUNK = 500;

/** Addresses of a batch in the order they were imported, chunk by chunk. */
export async function* batchAddresses(redis: Redis, batch: BatchName): AsyncGenerator<readonly string[]> {
  for (let at = 0; ; at += CHUNK) {
    const addresses = await ask(redis.lrange(batchUsersKey(batch), at, at + CHUNK - 1));
    if (addresses.length > 0) yield addresses;
    if (addresses.length < CHUNK) return;
  }
}

/**
 * Adds users that are in no batch and returns those that are. Which of two imports gets an address is decided address
 * by address, in one script; the events are saved with the last users.
 */
export async function addUsers(
  redis: Redis,
  table: RecordTable<MigrationUser>,
  clock: Clock,
  users: readonly MigrationUser[],
  events: readonly EventBody[],
  by: string,
): Promise<readonly MigrationUser[]> {
  const chunks = [...Map.groupBy(users, (user) => user.batch)].flatMap(([batch, own]) =>
    cut(own).map((chunk) => ({ batch, chunk })),
  );
  const stamped = stampEvents(events, clock.now(), by);
  if (chunks.length === 0 && stamped.length > 0) await ask(redis.bellhopPublish(KEYS.events, ...stamped));
  const known: MigrationUser[] = [];
  for (const [at, { batch, chunk }] of chunks.entries()) {
    const records = chunk.flatMap((user) => [user.address, table.encode(user)]);
    const last = at === chunks.length - 1;
    const existing = await ask(
      redis.bellhopAddUsers(
        KEYS.users,
        batchUsersKey(batch),
        KEYS.events,
        chunk.length,
        ...records,
        ...(last ? stamped : []),
      ),
    );
    for (const record of existing) known.push(table.decode(record));
  }
  return known;
}

function cut(users: readonly MigrationUser[]): readonly (readonly MigrationUser[])[] {
  const chunks: MigrationUser[][] = [];
  for (let at = 0; at < users.length; at += CHUNK) chunks.push(users.slice(at, at + CHUNK));
  return chunks;
}
