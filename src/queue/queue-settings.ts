import type { JobsOptions } from 'bullmq';
import type { JobName } from '../engine/ports.ts';

/** Braces are a Redis Cluster hash tag: the keys of all queues share a slot, as BullMQ's scripts need. */
export const PREFIX = '{bellhop}';

/** One queue a kind of job: each has its own workers, so that fifty long syncs never keep a `test endpoint` waiting. */
export const JOB_NAMES: readonly JobName[] = ['schedule-syncs', 'sync-mailbox', 'check-batch', 'test-endpoint'];

/**
 * A job leaves no trace when it ends: its id can be used again at once. Retries are decided by the engine and said with
 * `{ again }`, so that BullMQ counts no attempts.
 */
export const JOB_OPTIONS: JobsOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/** ioredis' waits before connecting again, in ms. */
export function reconnectDelay(times: number): number {
  return Math.min(50 * 2 ** (times - 1), 1000);
}

/** A request of a person outlives an outage of about 10 s, then hears of it; workers wait for ever. */
export const REQUEST_RETRIES = 14;
