import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../src/engine/domain/events.ts';
import type { EventLog, MigrationStore } from '../../src/engine/ports.ts';
import { OPERATOR, batchName } from './sample-records.ts';

export interface EventLogUnderTest extends AsyncDisposable {
  /** Writes the events. */
  readonly store: MigrationStore;
  readonly events: EventLog;
  /** The clock events are stamped with. */
  now(): number;
}

/** What every EventLog does. `open` answers an empty one. */
export function eventLogContract(name: string, open: () => Promise<EventLogUnderTest>): void {
  describe(`EventLog: ${name}`, () => {
    test('events are read oldest first, with the time and the person', async () => {
      await using world = await open();
      const from = world.now();
      await publish(world, 1200);

      const read = await Array.fromAsync(world.events.read(from, world.now()));

      expect(read.map(countOf)).toEqual(Array.from({ length: 1200 }, (_, at) => at));
      expect(read[0]).toMatchObject({ type: 'UsersAdded', by: OPERATOR.name, byId: OPERATOR.id });
      expect(read.every((event) => event.at >= from && event.at <= world.now())).toBe(true);
    });

    test('events outside the asked time are left out', async () => {
      await using world = await open();
      await publish(world, 3);

      expect(await Array.fromAsync(world.events.read(world.now() + 1, world.now() + 60_000))).toEqual([]);
      expect(await Array.fromAsync(world.events.read(0, world.now() - 60_000))).toEqual([]);
    });

    test('a new reader starts at the present and is handed every event after that, in order', async () => {
      await using world = await open();
      await publish(world, 5);
      await using reader = await follow(world, 'notifier');

      await publish(world, 700, 1000);

      await reader.until(700);
      expect(reader.counts).toEqual(Array.from({ length: 700 }, (_, at) => 1000 + at));
    });

    test('a reader that comes back continues where it was', async () => {
      await using world = await open();
      const first = await follow(world, 'notifier');
      await publish(world, 3);
      await first.until(3);
      await first[Symbol.asyncDispose]();
      await publish(world, 2, 100);

      await using second = await follow(world, 'notifier');

      await second.until(2);
      expect(second.counts).toEqual([100, 101]);
    });

    test('readers have their own places', async () => {
      await using world = await open();
      await using one = await follow(world, 'one');
      await using two = await follow(world, 'two');

      await publish(world, 4);

      await Promise.all([one.until(4), two.until(4)]);
      expect(one.counts).toEqual(two.counts);
    });

    test('events a reader failed on come again', async () => {
      await using world = await open();
      await using reader = await follow(world, 'notifier', 1);

      await publish(world, 3);

      await reader.until(3);
      expect(reader.failures).toBe(1);
      expect(reader.counts).toEqual([0, 1, 2]);
    });

    test('a reader stops at once when its signal aborts', async () => {
      await using world = await open();
      const reader = await follow(world, 'notifier');
      const since = performance.now();

      await reader[Symbol.asyncDispose]();

      expect(performance.now() - since).toBeLessThan(1000);
    });
  });
}

async function publish({ store }: EventLogUnderTest, count: number, from = 0): Promise<void> {
  for (let at = 0; at < count; at += 100) {
    const events = Array.from({ length: Math.min(100, count - at) }, (_, more) => ({
      type: 'UsersAdded' as const,
      batch: batchName('one'),
      count: from + at + more,
    }));
    await store.publish(events, OPERATOR);
  }
}

function countOf(event: MigrationEvent): number {
  return event.type === 'UsersAdded' ? event.count : -1;
}

interface Reader extends AsyncDisposable {
  readonly counts: readonly number[];
  readonly failures: number;
  /** Resolves when so many events have arrived. */
  until(count: number): Promise<void>;
}

/** Follows, and returns when the reader's place is certain: after a first event, which is not counted. */
async function follow(world: EventLogUnderTest, name: string, failing = 0): Promise<Reader> {
  const stop = new AbortController();
  const counts: number[] = [];
  let started = false;
  let failures = 0;
  let arrived: (() => void) | undefined;
  const following = world.events.follow(
    name,
    async (events) => {
      const real = events.filter((event) => event.type === 'UsersAdded');
      if (real.length > 0 && failures < failing) {
        failures += 1;
        throw new Error('not now');
      }
      started = true;
      counts.push(...real.map(countOf));
      arrived?.();
    },
    stop.signal,
  );

  async function waitFor(done: () => boolean, nudge: () => Promise<void>): Promise<void> {
    const deadline = performance.now() + 15_000;
    while (!done()) {
      if (performance.now() > deadline) throw new Error(`only ${counts.length} events arrived`);
      const { promise, resolve } = Promise.withResolvers<void>();
      arrived = resolve;
      await nudge();
      const timer = setTimeout(resolve, 50);
      await promise;
      clearTimeout(timer);
    }
  }

  await waitFor(
    () => started || counts.length > 0,
    () => world.store.publish([{ type: 'BatchStarted', batch: batchName('one') }]),
  );
  return {
    counts,
    get failures() {
      return failures;
    },
    until: (count) =>
      waitFor(
        () => counts.length >= count,
        async () => undefined,
      ),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}
