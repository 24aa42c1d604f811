import { type ConnectionOptions, DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { JobHandlers } from '../engine/jobs.ts';
import { toMigrationError } from '../engine/domain/failure.ts';
import type { Clock, JobName, JobQueue, Jobs, Logger } from '../engine/ports.ts';
import { keepTicking } from './keep-ticking.ts';
import { readPayload } from './payloads.ts';

const NAMES: readonly JobName[] = [
  'schedule-syncs',
  'sync-mailbox',
  'watch-mailboxes',
  'check-batch',
  'plan-mailbox',
  'probe-mail',
  'verify-mailbox',
  'check-cutover',
  'find-late-mail',
  'test-endpoint',
];
/** The prefix is one hash tag, so that all keys of a queue live on one node of a Redis Cluster. */
const PREFIX = '{bellhop}';

export interface QueueOptions {
  readonly connection: ConnectionOptions;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface WorkerOptions {
  /** Mailboxes at a time. */
  readonly concurrency: number;
  /** ms between two looks of the scheduler. */
  readonly tick: number;
  /** ms after which a job whose worker died is given to another one; far above any time the event loop may be blocked. */
  readonly lock: number;
}

interface Signals {
  /** The process wants to leave: handlers come to a safe point. */
  readonly leaving: AbortSignal;
  /** It cannot wait any longer. */
  readonly abandon: AbortSignal;
}

/** Handing jobs back may take this long, in ms. */
const HAND_BACK = 1_500;

export interface Workers {
  /** Lets running jobs come to a safe point within `grace` ms; what is not done goes back to the queue. */
  close(grace: number): Promise<void>;
}

export interface BullQueue extends AsyncDisposable {
  readonly queue: JobQueue;
  work(handlers: JobHandlers, options: WorkerOptions): Promise<Workers>;
}

/** One BullMQ queue per kind of job, so that thousands of waiting mailboxes do not delay a "test endpoint". */
export function bullQueue({ connection, log, clock }: QueueOptions): BullQueue {
  const queues = new Map(NAMES.map((name) => [name, openQueue(name)]));

  function openQueue(name: JobName): Queue {
    const queue = new Queue(name, {
      connection,
      prefix: PREFIX,
      // A finished job leaves nothing behind: BullMQ ignores an id that is still there, and "sync now" would do nothing.
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
    });
    queue.on('error', (error) => log.warn({ code: codeOf(error), queue: name }, 'queue connection'));
    return queue;
  }

  function queueOf(name: JobName): Queue {
    const queue = queues.get(name);
    if (queue === undefined) throw new RangeError(`There is no queue ${name}.`);
    return queue;
  }

  const queue: JobQueue = {
    async add(name, payload, options = {}) {
      const { id, delay = 0, behind = false } = options;
      const existing = id === undefined ? undefined : ((await queueOf(name).getJob(id)) as Job | undefined);
      if (behind && existing !== undefined && (await existing.isActive())) {
        // It may have looked already at what has just changed.
        await queueOf(name).add(name, payload, { jobId: `${id}-behind` });
        return;
      }
      if (existing !== undefined && delay === 0 && (await existing.isDelayed())) {
        // Somebody wants it now. It may have become active meanwhile; then there is nothing to do.
        await existing.promote().catch(() => undefined);
        return;
      }
      await queueOf(name).add(name, payload, {
        ...(id === undefined ? {} : { jobId: id }),
        ...(delay === 0 ? {} : { delay }),
      });
    },
    async pending(name) {
      const [running, waiting] = await Promise.all([
        queueOf(name).getJobs(['active', 'waiting', 'prioritized']),
        queueOf(name).getJobs(['delayed']),
      ]);
      return [
        ...running.filter(present).map((job) => ({ payload: readPayload(name, job.data), running: true })),
        ...waiting.filter(present).map((job) => ({ payload: readPayload(name, job.data), running: false })),
      ];
    },
    // By the names of connections (CLIENT LIST), which a killed process loses at once.
    workers: (name) => queueOf(name).getWorkersCount(),
  };

  return {
    queue,
    async work(handlers, { concurrency, tick, lock }) {
      const leaving = new AbortController();
      const abandon = new AbortController();
      const signals = { leaving: leaving.signal, abandon: abandon.signal };
      const workers = NAMES.map((name) =>
        startWorker(name, handlers, { concurrency: concurrencyOf(name, concurrency), lock }, signals, {
          connection,
          log,
          clock,
        }),
      );
      const ticking = keepTicking(queueOf('schedule-syncs'), Math.ceil(tick), { clock, log, signal: leaving.signal });
      return {
        async close(grace) {
          leaving.abort();
          const closed = Promise.all([...workers.map((worker) => worker.close()), ticking]);
          const over = new AbortController();
          const waited = (ms: number): Promise<void> => clock.sleep(ms, over.signal).catch(() => undefined);
          await Promise.race([closed, waited(grace)]);
          abandon.abort();
          // Without Redis nothing can be handed back: the locks run out instead.
          await Promise.race([closed, waited(HAND_BACK)]);
          over.abort();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...queues.values()].map((each) => each.close()));
    },
  };
}

/** A watch waits nearly all of its time: how many there are is bounded by the endpoints, not by this process. */
const WATCHES = 500;

// A verification reads as much as a sync, a plan may: they get as many places. The small kinds run one by one.
function concurrencyOf(name: JobName, mailboxes: number): number {
  // Somebody waits for a look; a silent name server must not hold up the others.
  if (name === 'check-cutover') return 4;
  if (name === 'watch-mailboxes') return WATCHES;
  return name === 'sync-mailbox' || name === 'verify-mailbox' || name === 'plan-mailbox' ? mailboxes : 1;
}

function startWorker(
  name: JobName,
  handlers: JobHandlers,
  { concurrency, lock }: { readonly concurrency: number; readonly lock: number },
  signals: Signals,
  { connection, log, clock }: QueueOptions,
): Worker {
  const worker = new Worker(name, (job, token) => runJob(name, handlers, job, token, signals, { log, clock }), {
    connection,
    prefix: PREFIX,
    concurrency,
    lockDuration: lock,
    stalledInterval: lock / 4,
    // A worker that dies with a job is no fault of the job: the ledger makes running it again harmless.
    maxStalledCount: 1_000_000,
  });
  worker.on('error', (error) => log.warn({ code: codeOf(error), queue: name }, 'worker connection'));
  return worker;
}

async function runJob(
  name: JobName,
  handlers: JobHandlers,
  job: Job,
  token: string | undefined,
  { leaving, abandon }: Signals,
  { log, clock }: { readonly log: Logger; readonly clock: Clock },
): Promise<void> {
  let again: number | undefined;
  try {
    again = (await unlessAbandoned(dispatch(name, handlers, job.data, leaving), abandon))?.again;
  } catch (error) {
    log.error({ code: toMigrationError(error).code, job: name, cause: codeOf(error) }, 'job failed');
    return;
  }
  if (again === undefined) return;
  // Not an attempt and not a failure: the job waits outside of any worker.
  await job.moveToDelayed(clock.now() + Math.max(1, again), token);
  throw new DelayedError();
}

// A job that does not come to an end in time goes back to the queue; the ledger's epoch keeps it from writing on.
async function unlessAbandoned<Outcome>(
  running: Promise<Outcome>,
  abandon: AbortSignal,
): Promise<Outcome | { readonly again: number }> {
  const { promise, resolve } = Promise.withResolvers<{ readonly again: number }>();
  const giveUp = (): void => resolve({ again: 0 });
  abandon.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([running, promise]);
  } finally {
    abandon.removeEventListener('abort', giveUp);
  }
}

async function dispatch<Name extends JobName>(
  name: Name,
  handlers: JobHandlers,
  data: unknown,
  signal: AbortSignal,
): Promise<void | { readonly again: number }> {
  const payload: Jobs[Name] = readPayload(name, data);
  return handlers[name](payload, signal);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** A job may end while the list is read: then its entry is empty. */
function present(job: Job | undefined): job is Job {
  return job?.data !== undefined;
}
