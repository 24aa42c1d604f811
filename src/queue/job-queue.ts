import type { Queue } from 'bullmq';
import type { JobName, JobQueue, Jobs, Logger } from '../engine/ports.ts';
import { askQueue } from './queue-failure.ts';
import { JOB_OPTIONS } from './queue-settings.ts';
import { readPayload } from './read-payload.ts';

/**
 * The engine's side of the queue. An id of a job that waits or runs makes `add` a no-op, with two exceptions for looks
 * of the scheduler: one that waits for its time is brought forward by an `add` without delay, and while one runs
 * another may wait, because the running one may have passed what the new one is about.
 */
export function jobQueue(queueOf: (name: JobName) => Queue, log: Logger): JobQueue {
  async function add(name: JobName, payload: object, id: string | undefined, delay: number): Promise<void> {
    const jobId = id === undefined ? {} : { jobId: id };
    await askQueue(queueOf(name).add(name, payload, { ...JOB_OPTIONS, ...jobId, delay: Math.ceil(delay) }));
  }

  async function lookAgain(id: string): Promise<void> {
    const job = await askQueue(queueOf('schedule-syncs').getJob(id));
    const state = job === undefined ? 'unknown' : await askQueue(job.getState());
    // It may have started meanwhile: then there is nothing to bring forward.
    if (state === 'delayed') await job?.promote().catch(() => undefined);
    if (state === 'active') await add('schedule-syncs', {}, `${id}-again`, 0);
  }

  return {
    async add(name, payload, { id, delay = 0 } = {}) {
      await add(name, payload, id, delay);
      if (name === 'schedule-syncs' && id !== undefined && delay === 0) await lookAgain(id);
    },
    async pending<Name extends JobName>(name: Name) {
      const queue = queueOf(name);
      const [running, delayed] = await Promise.all([
        askQueue(queue.getJobs(['active', 'waiting', 'prioritized'], 0, -1)),
        askQueue(queue.getJobs(['delayed'], 0, -1)),
      ]);
      const read = (jobs: readonly ({ readonly data: unknown } | undefined)[], isRunning: boolean) =>
        jobs.flatMap((job) => {
          // A job that ended between the listing and the reading is undefined.
          if (job === undefined) return [];
          const payload: Jobs[Name] | undefined = readPayload(name, job.data);
          if (payload === undefined) log.error({ job: name }, 'a damaged job was left out');
          return payload === undefined ? [] : [{ payload, running: isRunning }];
        });
      return [...read(running, true), ...read(delayed, false)];
    },
  };
}
