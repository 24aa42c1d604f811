import type { Redis } from 'ioredis';
import type { MigrationEvent } from '../engine/domain/events.ts';
import type { Clock, EventLog, Logger } from '../engine/ports.ts';
import { readEvent } from './event-codec.ts';
import { KEYS } from './keys.ts';
import { ask, redisFailureCode } from './redis-failure.ts';

export interface RedisEventLogSettings {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
}

const CHUNK = 500;
/** How long one read waits for news, in ms; the connection is cut when the reader stops, so it may be long. */
const BLOCK = 30_000;
/** Events are kept this long, in ms, and never more than a million of them (about 250 MB). */
const KEPT = 90 * 24 * 60 * 60 * 1000;
/** Places in the stream are times of Redis, `at` is a time of the process that wrote; between the two clocks lie less than this. */
const CLOCK_DIFFERENCE = 60 * 60 * 1000;
const WAITS = [100, 1000, 5000, 30_000];

type Entry = readonly [id: string, fields: string[]];

/** The event log as one Redis stream: appended by the store's scripts, read here. */
export function redisEventLog({ redis, clock, log }: RedisEventLogSettings): EventLog {
  return {
    async *read(from, to) {
      let start = String(Math.max(0, Math.floor(from) - CLOCK_DIFFERENCE));
      const end = String(Math.ceil(to) + CLOCK_DIFFERENCE);
      for (;;) {
        const entries = await ask(redis.xrange(KEYS.events, start, end, 'COUNT', CHUNK));
        for (const event of readEntries(entries, log)) if (event.at >= from && event.at <= to) yield event;
        const last = entries.at(-1);
        if (last === undefined || entries.length < CHUNK) return;
        start = `(${last[0]}`;
      }
    },

    async follow(reader, onEvents, signal) {
      // A connection of its own: a blocking read would hold up everybody else on a shared one.
      const blocking = redis.duplicate({ maxRetriesPerRequest: null, autoResendUnfulfilledCommands: false });
      blocking.on('error', (error) => log.warn({ code: redisFailureCode(error), reader }, 'event reader lost redis'));
      const stop = (): void => blocking.disconnect();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await followStream({ redis, blocking, clock, log }, reader, onEvents, signal);
      } finally {
        signal.removeEventListener('abort', stop);
        blocking.disconnect();
      }
    },
  };
}

interface Following extends RedisEventLogSettings {
  readonly blocking: Redis;
}

async function followStream(
  { redis, blocking, clock, log }: Following,
  reader: string,
  onEvents: (events: readonly MigrationEvent[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let place: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      place ??= await openPlace(redis, reader, clock);
      const entries = await readNext(blocking, place);
      const events = readEntries(entries, log);
      if (events.length > 0) await onEvents(events);
      place = entries.at(-1)?.[0] ?? place;
      if (entries.length > 0) await ask(redis.hset(KEYS.eventReaders, reader, place));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      // The same events come again: better twice than never.
      log.warn({ code: redisFailureCode(error), reader }, 'events could not be handed on; they come again');
      await clock.sleep(WAITS[Math.min(failures, WAITS.length - 1)] ?? 0, signal).catch(() => undefined);
      failures += 1;
    }
  }
}

// A reader's place is made the first time it is seen; what is older than it is not for it.
async function openPlace(redis: Redis, reader: string, clock: Clock): Promise<string> {
  await ask(redis.xtrim(KEYS.events, 'MINID', '~', clock.now() - KEPT));
  const [newest] = await ask(redis.xrevrange(KEYS.events, '+', '-', 'COUNT', 1));
  await ask(redis.hsetnx(KEYS.eventReaders, reader, newest?.[0] ?? '0-0'));
  return (await ask(redis.hget(KEYS.eventReaders, reader))) ?? '0-0';
}

async function readNext(blocking: Redis, place: string): Promise<readonly Entry[]> {
  const streams = await ask(blocking.xread('COUNT', CHUNK, 'BLOCK', BLOCK, 'STREAMS', KEYS.events, place));
  return streams?.[0]?.[1] ?? [];
}

function readEntries(entries: readonly Entry[], log: Logger): readonly MigrationEvent[] {
  const events: MigrationEvent[] = [];
  for (const [id, fields] of entries) {
    const event = readEvent(fields[1] ?? '');
    if (event === undefined) log.error({ id }, 'a damaged event was left out');
    else events.push(event);
  }
  return events;
}
