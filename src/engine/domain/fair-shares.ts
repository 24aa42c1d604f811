import type { AdaptedCaps } from './adaptive-caps.ts';
import type { BatchName, UserAddress } from './ids.ts';
import { type Priority, type WaitingUser, rankOf } from './schedule.ts';

/** How many syncs of a batch are begun for one of a batch of low priority. */
const WEIGHTS: Readonly<Record<Priority, number>> = { high: 4, normal: 2, low: 1 };

/** What the caps of an endpoint count. */
export type Cap = 'initial' | 'incremental';
export const CAPS: readonly Cap[] = ['initial', 'incremental'];

/**
 * How much each batch of an endpoint was given, in turns by weight (stride scheduling). Lost, everybody begins anew: shares
 * are fair from there.
 */
export interface Shares {
  /** How far the batch was that was served last. */
  readonly time: number;
  readonly passes: Readonly<Partial<Record<BatchName, number>>>;
}
export const NO_SHARES: Shares = { time: 0, passes: {} };
/** Each kind of sync has places of its own, and turns of its own. */
export type EndpointShares = Readonly<Record<Cap, Shares>> & { readonly caps?: AdaptedCaps };

export interface WaitingBatch {
  readonly name: BatchName;
  readonly priority: Priority;
  /** Who of it is due for one kind of sync, in any order. */
  readonly waiting: readonly WaitingUser[];
}

export interface Selection {
  readonly chosen: readonly UserAddress[];
  readonly shares: Shares;
}

/**
 * Who begins next: as many as there are places, as long as somebody waits. Batches take turns by the weight of their
 * priority; where the newest mail of somebody is missing, the rest of others waits. Within a batch whoever stands in front
 * (rankOf). Nobody starves: a batch' turn comes whatever the others do, and within it waiting counts.
 */
export function selectDue(
  batches: readonly WaitingBatch[],
  places: number,
  before: Shares,
  now: number,
  timeScale = 1,
): Selection {
  const queues = batches
    .map(({ name, priority, waiting }) => ({
      name,
      weight: WEIGHTS[priority],
      waiting: inOrder(waiting, now, timeScale),
    }))
    .filter(({ waiting }) => waiting.length > 0);
  const passes = new Map(queues.map(({ name }) => [name, Math.max(before.passes[name] ?? 0, before.time)]));
  const chosen: UserAddress[] = [];
  let { time } = before;
  while (chosen.length < places) {
    const heads = queues.filter(({ waiting }) => waiting.length > 0);
    const [next] = eligible(heads, now, timeScale).sort((a, b) => passOf(passes, a.name) - passOf(passes, b.name));
    const user = next?.waiting.shift();
    if (next === undefined || user === undefined) break;
    chosen.push(user.address);
    time = passOf(passes, next.name);
    passes.set(next.name, time + 1 / next.weight);
  }
  return { chosen, shares: { time, passes: Object.fromEntries(passes) } };
}

interface Queue {
  readonly name: BatchName;
  readonly weight: number;
  readonly waiting: WaitingUser[];
}

// A batch whose next user only waits for older mail stands back, unless it has waited long enough for that to count for no more.
function eligible(heads: readonly Queue[], now: number, timeScale: number): Queue[] {
  const first = Math.min(...heads.map(({ waiting }) => classOf(waiting[0], now, timeScale)));
  return heads.filter(({ waiting }) => classOf(waiting[0], now, timeScale) === first);
}

function classOf(user: WaitingUser | undefined, now: number, timeScale: number): number {
  return user?.turn === 'rest' && rankOf(user, now, timeScale) > 0 ? 1 : 0;
}

function inOrder(waiting: readonly WaitingUser[], now: number, timeScale: number): WaitingUser[] {
  return waiting
    .map((user) => ({ user, rank: rankOf(user, now, timeScale) }))
    .sort((a, b) => a.rank - b.rank || a.user.since - b.user.since)
    .map(({ user }) => user);
}

function passOf(passes: ReadonlyMap<BatchName, number>, name: BatchName): number {
  return passes.get(name) ?? 0;
}
