import { describe, expect, test } from 'vitest';
import type { JobName, JobQueue, Jobs } from '../../src/engine/ports.ts';
import { address, batchName, endpointName } from './sample-records.ts';

type Handlers = {
  readonly [Name in JobName]: (payload: Jobs[Name], signal: AbortSignal) => Promise<void | { readonly again: number }>;
};

export interface JobQueueUnderTest extends AsyncDisposable {
  readonly queue: JobQueue;
  /** Starts a worker that runs these; kinds that are left out do nothing. */
  work(handlers: Partial<Handlers>): Promise<{ close(graceMs: number): Promise<void> }>;
}

const USER = address('a@contoso.example');
const SYNC = { user: USER };

/** What every JobQueue does. `open` answers an empty one without workers. */
export function jobQueueContract(name: string, open: () => Promise<JobQueueUnderTest>): void {
  describe(`JobQueue: ${name}`, () => {
    test('every kind of job is run with its payload', async () => {
      await using world = await open();
      const ran: unknown[] = [];
      const note = async (payload: unknown): Promise<void> => void ran.push(payload);
      await world.work({ 'schedule-syncs': note, 'sync-mailbox': note, 'check-batch': note, 'test-endpoint': note });

      await world.queue.add('schedule-syncs', {});
      await world.queue.add('sync-mailbox', SYNC);
      await world.queue.add('check-batch', { batch: batchName('one'), request: 'r-1' });
      await world.queue.add('test-endpoint', { endpoint: endpointName('old'), request: 'r-2' });

      await expect
        .poll(() => ran, { timeout: 10_000 })
        .toEqual(
          expect.arrayContaining([{}, SYNC, { batch: 'one', request: 'r-1' }, { endpoint: 'old', request: 'r-2' }]),
        );
    });

    test('workers are counted while they are there', async () => {
      await using world = await open();
      expect(await world.queue.workers('sync-mailbox')).toBe(0);

      const worker = await world.work({});
      await expect.poll(() => world.queue.workers('sync-mailbox'), { timeout: 10_000 }).toBe(1);

      await worker.close(5_000);
      await expect.poll(() => world.queue.workers('sync-mailbox'), { timeout: 10_000 }).toBe(0);
    });

    test('a job with the id of one that waits is not added', async () => {
      await using world = await open();

      for (let at = 0; at < 20; at += 1) await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });

      expect(await world.queue.pending('sync-mailbox')).toEqual([{ payload: SYNC, running: true }]);
    });

    test('a job with the id of one that runs is not added', async () => {
      await using world = await open();
      const gate = Promise.withResolvers<void>();
      let runs = 0;
      await world.work({
        'sync-mailbox': async () => {
          runs += 1;
          await gate.promise;
        },
      });
      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });
      await expect.poll(() => runs, { timeout: 10_000 }).toBe(1);

      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });

      expect(await world.queue.pending('sync-mailbox')).toEqual([{ payload: SYNC, running: true }]);
      gate.resolve();
      await expect.poll(() => world.queue.pending('sync-mailbox')).toEqual([]);
      expect(runs).toBe(1);
    });

    test('Q10: an id can be used again as soon as its job is over, also when it failed', async () => {
      await using world = await open();
      let runs = 0;
      await world.work({
        'sync-mailbox': async () => {
          runs += 1;
          if (runs === 1) throw new Error('broken');
        },
      });

      for (let expected = 1; expected <= 3; expected += 1) {
        await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });
        await expect.poll(() => runs, { timeout: 10_000 }).toBe(expected);
        await expect.poll(() => world.queue.pending('sync-mailbox')).toEqual([]);
      }
    });

    test('a job that asks to run again waits without a worker and runs again', async () => {
      await using world = await open();
      const times: number[] = [];
      await world.work({
        'sync-mailbox': async () => {
          times.push(performance.now());
          return times.length < 3 ? { again: 150 } : undefined;
        },
      });

      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });

      await expect
        .poll(() => world.queue.pending('sync-mailbox'), { interval: 5, timeout: 5000 })
        .toEqual([{ payload: SYNC, running: false }]);
      await expect.poll(() => times.length, { timeout: 10_000 }).toBe(3);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(140);
      await expect.poll(() => world.queue.pending('sync-mailbox')).toEqual([]);
    });

    test('a job that asks to run again at once does', async () => {
      await using world = await open();
      let runs = 0;
      await world.work({
        'sync-mailbox': async () => {
          runs += 1;
          return runs < 50 ? { again: 0 } : undefined;
        },
      });

      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });

      await expect.poll(() => runs, { timeout: 10_000 }).toBe(50);
    });

    test('a delayed job waits for its time', async () => {
      await using world = await open();
      let ranAt = 0;
      await world.work({ 'sync-mailbox': async () => void (ranAt = performance.now()) });
      const since = performance.now();

      await world.queue.add('sync-mailbox', SYNC, { delay: 250 });

      await expect.poll(() => ranAt, { timeout: 10_000 }).toBeGreaterThan(0);
      expect(ranAt - since).toBeGreaterThan(240);
    });

    test('who waits for a time is pending, not running', async () => {
      await using world = await open();
      await world.work({ 'sync-mailbox': async () => undefined });

      await world.queue.add('sync-mailbox', SYNC, { delay: 600_000 });

      expect(await world.queue.pending('sync-mailbox')).toEqual([{ payload: SYNC, running: false }]);
    });

    test('a job that waits for its time is brought forward', async () => {
      await using world = await open();
      let runs = 0;
      await world.work({ 'sync-mailbox': async () => void (runs += 1) });
      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1', delay: 600_000 });

      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });

      await expect.poll(() => runs, { timeout: 10_000 }).toBe(1);
      await expect.poll(() => world.queue.pending('sync-mailbox')).toEqual([]);
    });

    test('a job that is asked for again while it runs is not swallowed: twenty of them are one more', async () => {
      await using world = await open();
      const gate = Promise.withResolvers<void>();
      let runs = 0;
      await world.work({
        'sync-mailbox': async () => {
          runs += 1;
          await gate.promise;
        },
      });
      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });
      await expect.poll(() => runs, { timeout: 10_000 }).toBe(1);

      await Promise.all(
        Array.from({ length: 20 }, () => world.queue.add('sync-mailbox', SYNC, { id: 'sync-1', behind: true })),
      );
      gate.resolve();

      await expect.poll(() => runs, { timeout: 10_000 }).toBe(2);
      await expect.poll(() => world.queue.pending('sync-mailbox')).toEqual([]);
      expect(runs).toBe(2);
    });

    test('P4: a worker that leaves lets its job finish the step it is in', async () => {
      await using world = await open();
      const steps: string[] = [];
      const workers = await world.work({
        'sync-mailbox': async (_payload, signal) => {
          steps.push('started');
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          await new Promise((resolve) => setTimeout(resolve, 50));
          steps.push('step done');
          return { again: 0 };
        },
      });
      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });
      await expect.poll(() => steps.length, { timeout: 10_000 }).toBe(1);

      await workers.close(10_000);

      expect(steps).toEqual(['started', 'step done']);
      expect((await world.queue.pending('sync-mailbox')).map(({ payload }) => payload)).toEqual([SYNC]);
    });

    test('P4: a job that does not end in time goes back, and the next worker takes it at once', async () => {
      await using world = await open();
      let started = 0;
      const workers = await world.work({
        'sync-mailbox': async () => {
          started += 1;
          await new Promise(() => undefined);
        },
      });
      await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });
      await expect.poll(() => started, { timeout: 10_000 }).toBe(1);
      const since = performance.now();

      await workers.close(100);
      const closed = performance.now() - since;
      let again = 0;
      await world.work({ 'sync-mailbox': async () => void (again += 1) });

      await expect.poll(() => again, { timeout: 5000 }).toBe(1);
      expect(closed).toBeLessThan(3000);
    });
  });
}
