import { type ConnectionOptions, Queue } from 'bullmq';
import type { Clock, JobName, JobQueue, Logger } from '../engine/ports.ts';
import { jobQueue } from './job-queue.ts';
import type { JobHandlers } from './job-runner.ts';
import { queueFailureCode } from './queue-failure.ts';
import { JOB_NAMES, JOB_OPTIONS, PREFIX, REQUEST_RETRIES, reconnectDelay } from './queue-settings.ts';
import { type WorkerOptions, type Workers, startWorkers } from './run-workers.ts';

export interface BullQueueSettings {
  /** Where Redis listens; the queue opens its own connections. */
  readonly connection: { readonly path: string } | { readonly url: string };
  readonly log: Logger;
  readonly clock: Clock;
}

export interface BullQueue {
  readonly queue: JobQueue;
  /** Starts running jobs in this process. */
  runWorkers(handlers: JobHandlers, options: WorkerOptions): Promise<Workers>;
  /** Close workers first. */
  close(): Promise<void>;
}

/** The job queue on BullMQ: at least once, so that every handler may run twice. */
export function bullQueue({ connection, log, clock }: BullQueueSettings): BullQueue {
  let closed = false;
  const options: ConnectionOptions = {
    ...connection,
    maxRetriesPerRequest: REQUEST_RETRIES,
    retryStrategy: (times) => (closed ? null : reconnectDelay(times)),
  };
  const queues = new Map<JobName, Queue>();

  function queueOf(name: JobName): Queue {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, { connection: options, prefix: PREFIX, defaultJobOptions: JOB_OPTIONS });
    queue.on('error', (error) => log.warn({ job: name, code: queueFailureCode(error) }, 'the queue met an error'));
    queues.set(name, queue);
    return queue;
  }
  for (const name of JOB_NAMES) queueOf(name);

  return {
    queue: jobQueue(queueOf, log),
    runWorkers: (handlers, workerOptions) =>
      startWorkers({
        connection: { ...connection },
        log,
        clock,
        handlers,
        options: workerOptions,
        scheduleQueue: queueOf('schedule-syncs'),
      }),
    async close() {
      closed = true;
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}
