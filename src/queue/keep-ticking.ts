import type { Queue } from 'bullmq';
import type { Clock, Logger } from '../engine/ports.ts';

const SCHEDULER = 'schedule-tick';
/** A tick that is later than this many periods is not coming: BullMQ makes the next one only when one starts. */
const OVERDUE = 3;

/**
 * Has the scheduler look every `every` ms, once for all workers, until the signal aborts. Redis may lose the tick
 * (restored from yesterday, emptied): each worker looks after it and sets it up again.
 */
export async function keepTicking(
  queue: Queue,
  every: number,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const scheduler = await queue.getJobScheduler(SCHEDULER);
      const ticks = scheduler?.every === every && (scheduler.next ?? 0) > clock.now() - OVERDUE * every;
      if (!ticks) await queue.upsertJobScheduler(SCHEDULER, { every }, { name: 'schedule-syncs', data: {} });
    } catch (error) {
      const code = error instanceof Error ? error.name : 'unknown';
      if (!signal.aborted) log.warn({ code }, 'the schedule could not be looked after');
    }
    await clock.sleep(every, signal).catch(() => undefined);
  }
}
