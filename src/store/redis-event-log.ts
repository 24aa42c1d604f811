import type { Redis } from 'ioredis';
import type { MigrationEvent } from '../engine/domain/events.ts';
import type { EventLog } from '../engine/ports.ts';
import { KEY } from './keys.ts';
import { readJson } from './read-json.ts';

const BATCH = 500;
const BLOCK_MS = 1000;

type StreamEntry = readonly [id: string, fields: readonly string[]];

/** The event log as one Redis stream. Readers remember their place, so that a restarted one misses nothing. */
export function redisEventLog(redis: Redis, connect: () => Redis): EventLog {
  return {
    async *read(from, to) {
      let start = `${from}-0`;
      for (;;) {
        const entries: readonly StreamEntry[] = await redis.xrange(
          KEY.events,
          start,
          `${to}-18446744073709551615`,
          'COUNT',
          BATCH,
        );
        for (const entry of entries) yield eventOf(entry);
        const last = entries.at(-1);
        if (last === undefined || entries.length < BATCH) return;
        start = `(${last[0]}`;
      }
    },

    async follow(reader, onEvents, signal) {
      // A blocking read holds its connection: it gets one of its own.
      const blocking = connect();
      const stop = (): void => blocking.disconnect();
      signal.addEventListener('abort', stop, { once: true });
      try {
        let place = await placeOf(redis, reader);
        while (!signal.aborted) {
          const reply = await blocking
            .xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', KEY.events, place)
            .catch((error: unknown) => {
              if (signal.aborted) return null;
              throw error;
            });
          const entries = (reply?.[0]?.[1] ?? []) as readonly StreamEntry[];
          const last = entries.at(-1);
          if (last === undefined) continue;
          await onEvents(entries.map(eventOf));
          place = last[0];
          await redis.hset(KEY.readers, reader, place);
        }
      } finally {
        signal.removeEventListener('abort', stop);
        blocking.disconnect();
      }
    },
  };
}

async function placeOf(redis: Redis, reader: string): Promise<string> {
  const known = await redis.hget(KEY.readers, reader);
  if (known !== null) return known;
  const [last] = await redis.xrevrange(KEY.events, '+', '-', 'COUNT', 1);
  const place = last?.[0] ?? '0-0';
  await redis.hsetnx(KEY.readers, reader, place);
  return place;
}

function eventOf([, fields]: StreamEntry): MigrationEvent {
  return readJson<MigrationEvent>(fields[1] ?? 'null');
}
