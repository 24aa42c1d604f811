import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MigrationError } from '../../src/engine/domain/failure.ts';
import { type BullQueue, type WorkerOptions, type Workers, bullQueue } from '../../src/queue/bull-queue.ts';
import type { JobHandlers } from '../../src/engine/jobs.ts';
import { jobQueueContract } from '../contracts/job-queue.ts';
import { address, batchName, endpointName } from '../contracts/sample-records.ts';
import { type LocalRedis, keepingLog, localRedis, systemClock } from '../store/local-redis.ts';

const SYNC = { user: address('a@contoso.example') };

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

const NOTHING: JobHandlers = {
  'schedule-syncs': async () => undefined,
  'sync-mailbox': async () => undefined,
  'watch-mailboxes': async () => undefined,
  'check-batch': async () => undefined,
  'plan-mailbox': async () => undefined,
  'probe-mail': async () => undefined,
  'verify-mailbox': async () => undefined,
  'check-cutover': async () => undefined,
  'find-late-mail': async () => undefined,
  'test-endpoint': async () => undefined,
};

interface World extends AsyncDisposable {
  readonly queue: BullQueue['queue'];
  readonly lines: readonly string[];
  work(handlers: Partial<JobHandlers>, options?: Partial<WorkerOptions>): Promise<Workers>;
}

async function open(): Promise<World> {
  await local.redis.flushall();
  const log = keepingLog();
  const bull = bullQueue({ connection: local.handle.options, log, clock: systemClock });
  const started: Workers[] = [];
  return {
    queue: bull.queue,
    lines: log.lines,
    async work(handlers, options) {
      const workers = await bull.work(
        { ...NOTHING, ...handlers },
        { concurrency: 8, tick: 3_600_000, lock: 5000, ...options },
      );
      started.push(workers);
      return workers;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((workers) => workers.close(50)));
      await bull[Symbol.asyncDispose]();
    },
  };
}

jobQueueContract('BullMQ', open);

test('mailboxes run as many at a time as they may, and do not hold up other kinds', async () => {
  await using world = await open();
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let tested = 0;
  await world.work(
    {
      'sync-mailbox': async () => {
        running += 1;
        await gate.promise;
      },
      'test-endpoint': async () => void (tested += 1),
    },
    { concurrency: 3 },
  );
  for (let at = 0; at < 10; at += 1)
    await world.queue.add('sync-mailbox', { user: address(`user${at}@contoso.example`) });

  await world.queue.add('test-endpoint', { endpoint: endpointName('old'), request: 'r' });

  await expect.poll(() => tested, { timeout: 10_000 }).toBe(1);
  expect(running).toBe(3);
  expect(await world.queue.pending('sync-mailbox')).toHaveLength(10);
  gate.resolve();
  await expect.poll(() => running, { timeout: 10_000 }).toBe(10);
});

test('a job that fails ends, its id is free again, and logs and Redis show codes only', async () => {
  await using world = await open();
  await world.work({
    'check-batch': async () => {
      throw new MigrationError('StateUnavailable', { detail: 'x' }, { cause: new Error('password is hunter2') });
    },
  });

  await world.queue.add('check-batch', { batch: batchName('one'), request: 'r' });

  await expect.poll(() => world.lines.join(), { timeout: 10_000 }).toContain('StateUnavailable');
  await expect.poll(() => world.queue.pending('check-batch')).toEqual([]);
  expect(world.lines.join()).not.toContain('hunter2');
  for (const key of await local.redis.keys('*')) {
    expect((await local.redis.dumpBuffer(key))?.toString('latin1')).not.toContain('hunter2');
  }
});

test('SEC31: jobs that Bellhop did not write are thrown away, never run', async () => {
  await using world = await open();
  const foreign = new Queue('sync-mailbox', { connection: local.handle.options, prefix: '{bellhop}' });
  const users: unknown[] = [];
  for (const data of [
    {},
    { user: 'Not An Address' },
    { user: { toString: 1 } },
    'text',
    { user: SYNC.user, __proto__: {} },
  ]) {
    await foreign.add('sync-mailbox', data, { removeOnComplete: true, removeOnFail: true });
  }
  await foreign.close();

  await world.work({ 'sync-mailbox': async (payload) => void users.push(payload) });

  await expect.poll(() => world.queue.pending('sync-mailbox'), { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => users).toEqual([SYNC]);
});

test('the scheduler looks again and again, once for all workers, and Q4: also after Redis lost everything', async () => {
  await using world = await open();
  let looks = 0;
  const handlers = { 'schedule-syncs': async () => void (looks += 1) };
  await world.work(handlers, { tick: 200 });
  await world.work(handlers, { tick: 200 });
  const since = performance.now();
  await expect.poll(() => looks, { timeout: 10_000 }).toBeGreaterThanOrEqual(6);
  const rate = looks / ((performance.now() - since) / 200);

  await local.redis.flushall();
  const before = looks;

  await expect.poll(() => looks, { timeout: 10_000 }).toBeGreaterThan(before + 2);
  expect(rate).toBeLessThan(2);
});

test('P1, P2: a job whose worker is killed again and again is not given up', async () => {
  await using world = await open();
  await world.queue.add('sync-mailbox', SYNC, { id: 'sync-1' });

  for (let kills = 0; kills < 3; kills += 1) {
    const worker = startWorker();
    await firstLine(worker);
    const exited = once(worker, 'exit');
    worker.kill('SIGKILL');
    await exited;
  }
  let finished = 0;
  await world.work({ 'sync-mailbox': async () => void (finished += 1) }, { lock: 600 });

  await expect.poll(() => finished, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => world.queue.pending('sync-mailbox')).toEqual([]);
});

test('Q1: jobs that were added are run although Redis is killed meanwhile', async () => {
  await using world = await open();
  const done = new Set<string>();
  await world.work({ 'sync-mailbox': async ({ user }) => void done.add(user) }, { concurrency: 2 });
  const users = Array.from({ length: 200 }, (_, at) => address(`user${at}@contoso.example`));

  for (const [at, user] of users.entries()) {
    await world.queue.add('sync-mailbox', { user });
    if (at === 100) await local.kill();
  }

  await expect.poll(() => done.size, { timeout: 40_000 }).toBe(200);
});

// A process that takes a job, says so, and never ends it. Its lock is short, so that the next worker need not wait long.
function startWorker(): ChildProcessByStdio<null, Readable, null> {
  const module = new URL('../../src/queue/bull-queue.ts', import.meta.url).href;
  const script = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { bullQueue } from ${JSON.stringify(module)};
    const log = { info() {}, warn() {}, error() {} };
    const clock = { now: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) };
    const bull = bullQueue({ connection: ${JSON.stringify(local.handle.options)}, log, clock });
    const hang = async () => { console.log('took it'); await new Promise(() => {}); };
    const handlers = { 'schedule-syncs': hang, 'sync-mailbox': hang, 'check-batch': hang, 'verify-mailbox': hang, 'test-endpoint': hang };
    await bull.work(handlers, { concurrency: 1, tick: 3600000, lock: 600 });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error('the process said nothing');
}
