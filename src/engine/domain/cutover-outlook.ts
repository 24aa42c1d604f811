import { type Pace, finishOf } from './pace.ts';

const DAY = 86_400_000;

/** What a batch with a planned cutover looks like today. Times in ms since 1970, UTC. */
export interface PlannedCutover {
  readonly batch: string;
  readonly at: number;
  /** The day in the time zone of the report, as 2026-12-05. */
  readonly date: string;
  /** Messages that are still to come over. */
  readonly pending: number;
  /** Users that are not synced yet, failed ones among them. */
  readonly usersLeft: number;
  /** Of them those that wait for a person. */
  readonly usersFailed: number;
  readonly pace: Pace;
}

export interface CutoverOutlook extends Omit<PlannedCutover, 'pace'> {
  /** `stuck`: the mail of everybody else is there. `late`: at yesterday's pace it ends behind the date. `still`: nothing moved yesterday. `over`: the date is past. */
  readonly outlook: 'ready' | 'onTime' | 'stuck' | 'late' | 'still' | 'over';
  /** When the first syncs end at yesterday's pace; null when nothing is left, or nothing moved. */
  readonly finishAt: number | null;
  /** Messages a day that would be enough; null when the date is past or nothing is left. */
  readonly neededPerDay: number | null;
}

/** Measures what is left against the date it has to be over by, at the pace of yesterday. */
export function cutoverOutlook(planned: PlannedCutover, now: number): CutoverOutlook {
  const { pace, ...rest } = planned;
  const { at, pending, usersLeft, usersFailed } = rest;
  const finishAt = finishOf(pending, pace, now);
  const neededPerDay = pending > 0 && at > now ? Math.ceil(pending / ((at - now) / DAY)) : null;
  return { ...rest, outlook: outlookOf(), finishAt, neededPerDay };

  function outlookOf(): CutoverOutlook['outlook'] {
    if (pending === 0 && usersLeft === 0) return 'ready';
    if (at <= now) return 'over';
    if (finishAt !== null) return finishAt > at ? 'late' : 'onTime';
    if (pending > 0) return 'still';
    return usersFailed === usersLeft ? 'stuck' : 'onTime';
  }
}

/** Whether somebody has to do something for the date to hold. */
export function endangers({ outlook }: Pick<CutoverOutlook, 'outlook'>): boolean {
  return outlook !== 'ready' && outlook !== 'onTime';
}
