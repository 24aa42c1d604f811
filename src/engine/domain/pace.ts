import type { DaySnapshot } from './daily-report.ts';

const DAY = 86_400_000;

/** Messages that came into the target, and in which time (ms). */
export interface Pace {
  readonly copied: number;
  readonly ms: number;
}

export interface PaceInput {
  readonly batch: string;
  readonly startedAt: number | undefined;
  /** Messages of the batch in the target now. */
  readonly inTarget: number;
  /** Copied in the last 24 hours by syncs that ended. */
  readonly ended: number;
  readonly now: number;
  /** What the day before began with; absent when nobody looked then. */
  readonly before: DaySnapshot | undefined;
}

/**
 * How fast a batch moves, from the beginning of yesterday on, or from its own beginning. Measured by what is in the target:
 * a large mailbox whose first sync takes days counts every day, not on the last one.
 */
export function paceOf({ batch, startedAt, inTarget, ended, now, before }: PaceInput): Pace {
  const from = before?.at;
  if (startedAt !== undefined && startedAt > (from ?? now - DAY))
    return { copied: inTarget, ms: Math.max(1, now - startedAt) };
  if (from === undefined) return { copied: ended, ms: DAY };
  return { copied: Math.max(0, inTarget - (before?.batches?.[batch] ?? 0)), ms: Math.max(1, now - from) };
}

/** When so much is over at this pace, ms since 1970, UTC; null when nothing is left, or nothing moves. */
export function finishOf(pending: number, { copied, ms }: Pace, now: number): number | null {
  return pending > 0 && copied > 0 ? now + Math.ceil((pending / copied) * ms) : null;
}

/** The day before a date. */
export function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) - DAY).toISOString().slice(0, 10);
}
