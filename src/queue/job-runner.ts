import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { FAILURES, toMigrationError } from '../engine/domain/failure.ts';
import type { Clock, JobName, Jobs, Logger } from '../engine/ports.ts';
import { queueFailureCode } from './queue-failure.ts';
import { readPayload } from './read-payload.ts';

/** Runs a job; `again` asks to run it once more after so many ms, without a worker waiting for it. */
export type JobHandlers = {
  readonly [Name in JobName]: (payload: Jobs[Name], signal: AbortSignal) => Promise<void | { readonly again: number }>;
};

/** Wait before a job that met a failure which heals by itself runs again, in ms. */
const RETRY_DELAY = 5000;

export interface RunnerSettings {
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when the process wants to leave: handlers finish the step they are in. */
  readonly shutdown: AbortSignal;
  /** Aborts when it cannot wait any longer: jobs go back to the queue, finished or not. */
  readonly abandon: AbortSignal;
}

/**
 * What a worker does with one job of a kind. The job is over, or runs again later, or is back in the queue for another
 * worker; it is never retried by BullMQ itself.
 */
export function jobRunner<Name extends JobName>(
  name: Name,
  handlers: Pick<JobHandlers, Name>,
  settings: RunnerSettings,
): (job: Job) => Promise<void> {
  const { clock, log, shutdown, abandon } = settings;

  return async (job) => {
    const payload = readPayload(name, job.data);
    if (payload === undefined) {
      log.error({ job: name }, 'a damaged job was thrown away');
      throw new UnrecoverableError('damaged');
    }
    const outcome = await unlessAbandoned(run(payload), abandon);
    if (outcome === 'done') return;
    if (outcome === 'failed') throw new UnrecoverableError('failed');
    // A delay of BullMQ is measured on this machine's clock: whoever must not be asked too early keeps that himself.
    if (outcome.again > 0) {
      await job.moveToDelayed(clock.now() + Math.ceil(outcome.again), job.token);
      throw new DelayedError();
    }
    await job.moveToWait(job.token);
    throw new WaitingError();
  };

  async function run(payload: Jobs[Name]): Promise<'done' | 'failed' | { readonly again: number }> {
    try {
      return (await handlers[name](payload, shutdown)) ?? 'done';
    } catch (error) {
      if (shutdown.aborted) return { again: 0 };
      const { code, cause } = toMigrationError(error);
      log.error({ job: name, code, cause: queueFailureCode(cause) }, 'a job failed');
      return FAILURES[code].retry === 'delayed' ? { again: RETRY_DELAY } : 'failed';
    }
  }
}

async function unlessAbandoned<Outcome>(
  running: Promise<Outcome>,
  abandon: AbortSignal,
): Promise<Outcome | { readonly again: number }> {
  const { promise, resolve } = Promise.withResolvers<{ readonly again: number }>();
  const giveUp = (): void => resolve({ again: 0 });
  if (abandon.aborted) giveUp();
  abandon.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([running, promise]);
  } finally {
    abandon.removeEventListener('abort', giveUp);
  }
}
