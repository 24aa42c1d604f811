import type { Queue } from 'bullmq';
import type { Clock, Logger } from '../engine/ports.ts';
import { queueFailureCode } from './queue-failure.ts';
import { JOB_OPTIONS } from './queue-settings.ts';

const SCHEDULER = 'schedule-tick';
/** A tick that is later than this many periods is not coming: BullMQ makes the next one only when one starts. */
const OVERDUE = 3;

/**
 * Has the scheduler look for due users every `every` ms, once for all workers, until the signal aborts. Redis may lose
 * the tick (restored from yesterday, emptied): each worker looks after it and sets it up again.
 */
export async function keepTicking(
  queue: Queue,
  every: number,
  clock: Clock,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if (!(await ticks(queue, every, clock))) {
        await queue.upsertJobScheduler(SCHEDULER, { every }, { name: 'schedule-syncs', data: {}, opts: JOB_OPTIONS });
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ code: queueFailureCode(error) }, 'the schedule could not be looked after');
    }
    await clock.sleep(every, signal).catch(() => undefined);
  }
}

async function ticks(queue: Queue, every: number, clock: Clock): Promise<boolean> {
  const scheduler = await queue.getJobScheduler(SCHEDULER);
  return scheduler?.every === every && (scheduler.next ?? 0) > clock.now() - OVERDUE * every;
}
