import { type ConnectionOptions, type Queue, Worker } from 'bullmq';
import type { Clock, JobName, Logger } from '../engine/ports.ts';
import { type JobHandlers, jobRunner } from './job-runner.ts';
import { queueFailureCode } from './queue-failure.ts';
import { JOB_NAMES, PREFIX, reconnectDelay } from './queue-settings.ts';
import { keepTicking } from './schedule-tick.ts';

export interface WorkerOptions {
  /** Mailboxes synced at a time (BELLHOP_CONCURRENCY). */
  readonly concurrency: number;
  /** Time between two looks of the scheduler, in ms; without it nobody ticks. */
  readonly tickMs?: number;
  /** How long a job stays with a worker that is not heard of, in ms (60 s). An event loop that stands still as long loses its jobs. */
  readonly lockMs?: number;
}

export interface Workers {
  /** Lets jobs finish their step for at most `graceMs`; what is not done then goes back to the queue at once. */
  close(graceMs: number): Promise<void>;
}

export interface WorkersSettings {
  readonly connection: ConnectionOptions;
  readonly log: Logger;
  readonly clock: Clock;
  readonly handlers: JobHandlers;
  readonly options: WorkerOptions;
  readonly scheduleQueue: Queue;
}

const LOCK = 60_000;
/** Jobs of the small kinds at a time. */
const OTHERS = 2;
/** How long handing jobs back may take, in ms. */
const HAND_BACK = 3000;
/** BullMQ gives a job up after the first crash of a second worker unless told otherwise; crashes are not the job's fault. */
const ENDLESS = 1_000_000;

/** Starts the workers of this process, one for each kind of job. */
export async function startWorkers(settings: WorkersSettings): Promise<Workers> {
  const { connection, log, clock, handlers, options, scheduleQueue } = settings;
  const shutdown = new AbortController();
  const abandon = new AbortController();
  const lock = options.lockMs ?? LOCK;
  let left = false;

  function start(name: JobName): Worker {
    const run = jobRunner(name, handlers, { clock, log, shutdown: shutdown.signal, abandon: abandon.signal });
    const worker = new Worker(name, run, {
      connection: {
        ...connection,
        maxRetriesPerRequest: null,
        retryStrategy: (times) => (left ? null : reconnectDelay(times)),
      },
      prefix: PREFIX,
      concurrency: concurrencyOf(name, options.concurrency),
      lockDuration: lock,
      stalledInterval: Math.ceil(lock / 2),
      maxStalledCount: ENDLESS,
    });
    worker.on('error', (error) => log.warn({ job: name, code: queueFailureCode(error) }, 'a worker met an error'));
    worker.on('stalled', () => log.warn({ job: name }, 'a job lost its worker and runs again'));
    return worker;
  }

  const workers = JOB_NAMES.map((name) => start(name));
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  const ticking =
    options.tickMs === undefined
      ? Promise.resolve()
      : keepTicking(scheduleQueue, Math.ceil(options.tickMs), clock, log, shutdown.signal);

  return {
    async close(graceMs) {
      shutdown.abort();
      const over = new AbortController();
      const wait = (ms: number, then: () => void): Promise<void> =>
        clock.sleep(ms, over.signal).then(then, () => undefined);
      const grace = wait(graceMs, () => abandon.abort());
      // Without Redis nothing can be handed back: the locks run out instead.
      const stuck = wait(graceMs + HAND_BACK, () =>
        log.warn({}, 'workers left without closing: redis does not answer'),
      );
      const closed = Promise.all([...workers.map((worker) => worker.close()), ticking]);
      await Promise.race([closed, stuck]);
      left = true;
      over.abort();
      await grace;
    },
  };
}

function concurrencyOf(name: JobName, mailboxes: number): number {
  if (name === 'sync-mailbox') return mailboxes;
  return name === 'schedule-syncs' ? 1 : OTHERS;
}
