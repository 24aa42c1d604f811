import type { Redis } from 'ioredis';
import type { MigrationEvent } from '../engine/domain/events.ts';
import { toMigrationError } from '../engine/domain/failure.ts';
import type { Clock, EventLog, Logger } from '../engine/ports.ts';
import { KEY } from './keys.ts';

export interface EventLogOptions {
  readonly redis: Redis;
  /** A connection of its own for each reader: a blocking read holds it. */
  readonly connect: () => Redis;
  readonly clock: Clock;
  readonly log: Logger;
}

const BATCH = 500;
const BLOCK_MS = 1000;
/** ms between tries to hand events on; after the last one they are handed on one by one. */
const WAITS = [100, 1000, 5000, 15_000];

type StreamEntry = readonly [id: string, fields: readonly string[]];
type OnEvents = (events: readonly MigrationEvent[]) => Promise<void>;

/** The event log as one Redis stream. Readers remember their place, so that a restarted one misses nothing. */
export function redisEventLog({ redis, connect, clock, log }: EventLogOptions): EventLog {
  return {
    async *read(from, to) {
      let start = `${Math.floor(from)}-0`;
      for (;;) {
        const end = `${Math.ceil(to)}-18446744073709551615`;
        const entries: readonly StreamEntry[] = await redis.xrange(KEY.events, start, end, 'COUNT', BATCH);
        yield* eventsOf(entries, log);
        const last = entries.at(-1);
        if (last === undefined || entries.length < BATCH) return;
        start = `(${last[0]}`;
      }
    },

    async follow(reader, onEvents, signal) {
      const blocking = connect();
      const stop = (): void => blocking.disconnect();
      signal.addEventListener('abort', stop, { once: true });
      const handOn = handingOn(onEvents, { clock, log, reader, signal });
      try {
        let place: string | undefined;
        while (!signal.aborted) {
          try {
            place ??= await placeOf(redis, reader);
            const reply = await blocking.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', KEY.events, place);
            const entries = (reply?.[0]?.[1] ?? []) as readonly StreamEntry[];
            const last = entries.at(-1);
            if (last === undefined) continue;
            if (!(await handOn(eventsOf(entries, log)))) return;
            place = last[0];
            await redis.hset(KEY.readers, reader, place);
          } catch (error) {
            if (signal.aborted) return;
            // Redis is away: the same events come again, better twice than never.
            log.warn({ code: toMigrationError(error).code, reader }, 'the event log could not be read');
            await clock.sleep(BLOCK_MS, signal).catch(() => undefined);
          }
        }
      } finally {
        signal.removeEventListener('abort', stop);
        blocking.disconnect();
      }
    },
  };
}

interface Following {
  readonly clock: Clock;
  readonly log: Logger;
  readonly reader: string;
  readonly signal: AbortSignal;
}

// A chat that is down for a minute must not cost its events; one event that can never be handed on must not cost the others.
// Answers false when the reader stopped before they were handed on.
function handingOn(onEvents: OnEvents, { clock, log, reader, signal }: Following) {
  async function tried(events: readonly MigrationEvent[]): Promise<boolean> {
    return onEvents(events).then(
      () => true,
      (error: unknown) => {
        const code = error instanceof Error ? error.name : 'unknown';
        log.warn({ code, reader, events: events.length }, 'events could not be handed on; they come again');
        return false;
      },
    );
  }
  return async (events: readonly MigrationEvent[]): Promise<boolean> => {
    if (events.length === 0) return true;
    for (const wait of WAITS) {
      if (signal.aborted) return false;
      if (await tried(events)) return true;
      await clock.sleep(wait, signal).catch(() => undefined);
    }
    for (const event of events) {
      if (signal.aborted) return false;
      if (!(await tried([event])))
        log.error({ code: 'EventSkipped', type: event.type, reader }, 'an event that fails every time was left out');
    }
    return true;
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

function eventsOf(entries: readonly StreamEntry[], log: Logger): readonly MigrationEvent[] {
  return entries.flatMap(([id, fields]): MigrationEvent[] => {
    try {
      return [JSON.parse(fields[1] ?? '') as MigrationEvent];
    } catch {
      log.error({ code: 'EventDamaged', id }, 'a damaged event was left out');
      return [];
    }
  });
}
