/** What a moment of a user's sync is given to. Each moment has exactly one, so that they add up to the time that passed. */
export const TIME_CAUSES = ['moving', 'source', 'target', 'budget', 'cpu', 'slot'] as const;
export type TimeCause = (typeof TIME_CAUSES)[number];
/** All but `moving`, which is mail on its way on both sides: nobody waits for anybody. */
export type LostTo = Exclude<TimeCause, 'moving'>;
export const LOST_TO: readonly LostTo[] = ['source', 'target', 'budget', 'cpu', 'slot'];

/** ms by cause. */
export type SpentTime = Readonly<Record<TimeCause, number>>;

export const NO_TIME: SpentTime = { moving: 0, source: 0, target: 0, budget: 0, cpu: 0, slot: 0 };

/** What goes on at a moment of a sync. */
export interface Activity {
  /** Commands the source has not answered yet. */
  readonly source: number;
  /** Requests the target has not answered yet. */
  readonly target: number;
  /** Requests that are held back: the target asked for rest, or its published ceilings are reached. */
  readonly budget: number;
  /** Upload lanes without anything to upload. */
  readonly idle: number;
}

/**
 * The cause of a moment. Where nobody is asked anything, the work is ours. While the source is being read, most lanes
 * decide: when they have nothing to send, the source is too slow; when they send, both sides are at work.
 */
export function causeOf({ source, target, budget, idle }: Activity): Exclude<TimeCause, 'slot'> {
  const sending = target + budget;
  if (sending + source === 0) return 'cpu';
  if (source > 0 && sending <= idle) return 'source';
  if (budget > target) return 'budget';
  return source > 0 ? 'moving' : 'target';
}

/** While our event loop is busier than this, whoever seems to be slow to answer waits for us. */
export const BUSY_SHARE = 0.9;

/** Time in which our event loop had no moment to spare is ours, whoever it looked like. Held back is held back all the same. */
export function chargeBusyLoop(time: SpentTime, busyShare: number): SpentTime {
  if (busyShare < BUSY_SHARE) return time;
  const { moving, source, target, cpu } = time;
  return { ...time, moving: 0, source: 0, target: 0, cpu: cpu + moving + source + target };
}

export function addTime(a: SpentTime, b: SpentTime): SpentTime {
  return {
    moving: a.moving + b.moving,
    source: a.source + b.source,
    target: a.target + b.target,
    budget: a.budget + b.budget,
    cpu: a.cpu + b.cpu,
    slot: a.slot + b.slot,
  };
}

export function timeSince(before: SpentTime, now: SpentTime): SpentTime {
  return addTime(now, scaled(before, -1));
}

function scaled(time: SpentTime, by: number): SpentTime {
  return {
    moving: time.moving * by,
    source: time.source * by,
    target: time.target * by,
    budget: time.budget * by,
    cpu: time.cpu * by,
    slot: time.slot * by,
  };
}

export function totalTime(time: SpentTime): number {
  return TIME_CAUSES.reduce((sum, cause) => sum + time[cause], 0);
}

/** Less than this share of the time lost to one cause is no bottleneck. */
const NOTICED = 0.1;

/** What most time is lost to; undefined where next to nothing is. */
export function bottleneckOf(time: SpentTime): LostTo | undefined {
  const [most] = LOST_TO.toSorted((a, b) => time[b] - time[a]);
  return most !== undefined && time[most] > totalTime(time) * NOTICED ? most : undefined;
}
