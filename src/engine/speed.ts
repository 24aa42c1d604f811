import { type CeilingUse, meanUse, tenantUse } from './domain/ceilings.ts';
import type { BatchTally } from './domain/batch-tally.ts';
import { type Finish, type FinishInput, drawFinishes, finishOf, lastOf } from './domain/finish-forecast.ts';
import type { UserProgress } from './domain/progress.ts';
import { LOST_TO, type LostTo, NO_TIME, type SpentTime, addTime, totalTime } from './domain/spent-time.ts';
import type { SpeedView } from './views.ts';

/** A rate older than this (ms) says nothing about now. */
export const RATE_LIFETIME = 20_000;

/** The speed of a batch, and the courses its end was drawn from. */
export interface BatchSpeed {
  readonly view: SpeedView;
  readonly finish: FinishInput;
  readonly requestsPerSecond: number;
  readonly time: SpentTime;
}

/** How fast a batch is, what holds it back and how long it still takes, from its sums and from those at work. */
export function batchSpeed(tally: BatchTally, now: number): BatchSpeed {
  const time = timeUntil(tally, now);
  const finish = finishInput(tally);
  const { running } = tally;
  return {
    view: {
      ...rates(running),
      ...etaOf(finishOf(drawFinishes(finish))),
      ...ceilingOf(meanUse(running.flatMap((each) => each.ceiling ?? []))),
      bottleneck: mostFrequent(running.flatMap((each) => each.bottleneck ?? [])) ?? null,
      ...lostSeconds(time),
    },
    finish,
    requestsPerSecond: sum(running.map((each) => each.requestsPerSecond ?? 0)),
    time,
  };
}

/** All batches together. Those of one endpoint share its slots; the last endpoint to be done ends it. */
export function fleetSpeed(
  batches: readonly { readonly endpoint: string; readonly speed: BatchSpeed }[],
  timeScale: number,
): SpeedView {
  const views = batches.map(({ speed }) => speed.view);
  const ends = [...Map.groupBy(batches, ({ endpoint }) => endpoint).values()].flatMap((group) => {
    const finish = joined(group.map(({ speed }) => speed.finish));
    return finish.running.length + finish.waiting === 0 ? [] : [drawFinishes(finish)];
  });
  const requests = sum(batches.map(({ speed }) => speed.requestsPerSecond));
  const isMoving = views.some((view) => view.ceiling !== null);
  return {
    itemsPerSecond: round(sum(views.map((view) => view.itemsPerSecond))),
    bytesPerSecond: sum(views.map((view) => view.bytesPerSecond)),
    ...etaOf(finishOf(lastOf(ends))),
    ...ceilingOf(isMoving ? tenantUse(requests, timeScale) : undefined),
    bottleneck: mostFrequent(views.flatMap((view) => view.bottleneck ?? [])) ?? null,
    ...lostSeconds(batches.map(({ speed }) => speed.time).reduce(addTime, NO_TIME)),
  };
}

/** Of a view that tells more. */
export function speedOf(view: SpeedView): SpeedView {
  const { itemsPerSecond, bytesPerSecond, etaSeconds, etaP90Seconds, ceiling, ceilingShare } = view;
  const { bottleneck, lostSeconds: lost, movingSeconds } = view;
  return {
    ...{ itemsPerSecond, bytesPerSecond, etaSeconds, etaP90Seconds, ceiling, ceilingShare },
    ...{ bottleneck, lostSeconds: lost, movingSeconds },
  };
}

export function rates(running: readonly UserProgress[]): Pick<SpeedView, 'itemsPerSecond' | 'bytesPerSecond'> {
  return {
    itemsPerSecond: round(sum(running.map((each) => each.itemsPerSecond))),
    bytesPerSecond: Math.round(sum(running.map((each) => each.bytesPerSecond))),
  };
}

export function etaOf(finish: Finish | undefined): Pick<SpeedView, 'etaSeconds' | 'etaP90Seconds'> {
  return { etaSeconds: finish?.p50 ?? null, etaP90Seconds: finish?.p90 ?? null };
}

export function ceilingOf(use: CeilingUse<string> | undefined): Pick<SpeedView, 'ceiling' | 'ceilingShare'> {
  if (use === undefined) return { ceiling: null, ceilingShare: null };
  return { ceiling: use.of as SpeedView['ceiling'], ceilingShare: Math.round(use.share * 1000) / 1000 };
}

export function lostSeconds(time: SpentTime): Pick<SpeedView, 'lostSeconds' | 'movingSeconds'> {
  const seconds = (cause: keyof SpentTime): number => round(time[cause] / 1000);
  return {
    lostSeconds: {
      source: seconds('source'),
      target: seconds('target'),
      budget: seconds('budget'),
      cpu: seconds('cpu'),
      slot: seconds('slot'),
    },
    movingSeconds: seconds('moving'),
  };
}

/**
 * Seconds a mailbox at work still takes; undefined while it copies nothing. By messages and by bytes at the present pace, and by
 * messages at the pace so far: the one in the middle, so that a moment that is unlike the others decides nothing.
 */
export function secondsLeft(progress: UserProgress): number | undefined {
  const { items, itemsPerSecond, bytesPerSecond, estimatedTotalSize, bytesTransferred, time } = progress;
  if (items.pending === 0 || itemsPerSecond <= 0) return undefined;
  const byItems = items.pending / itemsPerSecond;
  if (bytesPerSecond <= 0 || time === undefined || items.copied === 0) return byItems;
  const byBytes = Math.max(0, estimatedTotalSize - bytesTransferred) / bytesPerSecond;
  const soFar = (items.pending / items.copied) * ((totalTime(time) - time.slot) / 1000);
  return [byItems, byBytes, soFar].toSorted((a, b) => a - b)[1];
}

// Whoever is at work but copies nothing yet is as unknown as whoever waits.
function finishInput({ running, statuses, took }: BatchTally): FinishInput {
  const known = running.flatMap((progress) => {
    const left = secondsLeft(progress);
    if (left === undefined) return [];
    const spent = progress.syncTime === undefined ? 0 : totalTime(progress.syncTime) - progress.syncTime.slot;
    return [{ elapsed: spent / 1000, left }];
  });
  const begun = Math.max(0, (statuses.get('Syncing') ?? 0) - known.length);
  return { running: known, waiting: (statuses.get('Queued') ?? 0) + begun, took };
}

function joined(inputs: readonly FinishInput[]): FinishInput {
  return {
    running: inputs.flatMap((input) => input.running),
    waiting: sum(inputs.map((input) => input.waiting)),
    took: inputs.flatMap((input) => input.took),
  };
}

// Whoever waits has lost what passed since.
function timeUntil({ time, waiting }: BatchTally, now: number): SpentTime {
  const lost = (cause: LostTo): number => {
    const { users = 0, since = 0 } = waiting.get(cause) ?? {};
    return time[cause] + Math.max(0, users * now - since * 1000);
  };
  return { moving: time.moving, ...Object.fromEntries(LOST_TO.map((cause) => [cause, lost(cause)])) } as SpentTime;
}

function mostFrequent<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
