import type { MigrationEvent } from './events.ts';
import { FAILURES, type Failure, type FailureCode } from './failure.ts';
import type { BatchName, UserAddress } from './ids.ts';
import type { QuietHours, WallTime } from './wall-clock.ts';
import { isQuiet } from './wall-clock.ts';

/** Failures of one cause in one batch, however many users: the unit people are told about. Times in ms since 1970, UTC. */
export interface FailureCluster {
  readonly batch: BatchName;
  readonly code: FailureCode;
  /** One of the failures, as the server said it. */
  readonly error: Failure;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export function clusterKey({ batch, code }: Pick<FailureCluster, 'batch' | 'code'>): string {
  return `${batch}:${code}`;
}

/** The clusters of a run of events, one for each cause and batch; 50,000 failures of one cause are one. */
export function clusterFailures(events: Iterable<MigrationEvent>): readonly FailureCluster[] {
  const clusters = new Map<string, FailureCluster>();
  for (const event of events) {
    if (event.type !== 'UserSyncFailed') continue;
    const { batch, error, at } = event;
    const found: FailureCluster = { batch, code: error.code, error, firstSeen: at, lastSeen: at };
    const known = clusters.get(clusterKey(found));
    clusters.set(clusterKey(found), known === undefined ? found : mergeClusters(known, found));
  }
  return [...clusters.values()];
}

export function mergeClusters(a: FailureCluster, b: FailureCluster): FailureCluster {
  return {
    ...a,
    error: b.error,
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
  };
}

/** Users whose story moved on, for those who watch them. */
export function watchedNews(events: Iterable<MigrationEvent>): ReadonlySet<UserAddress> {
  const users = new Set<UserAddress>();
  for (const event of events) {
    const first = event.type === 'UserSynced' && event.initial;
    if (first || event.type === 'UserSyncFailed' || event.type === 'UserStopped') users.add(event.user);
  }
  return users;
}

/** Only what no retry heals is worth calling a person for. */
export function needsPerson({ code }: Pick<FailureCluster, 'code'>): boolean {
  return FAILURES[code].retry === 'never';
}

/** What stops everybody is told at night, too. */
export function isUrgent({ code }: Pick<FailureCluster, 'code'>): boolean {
  const { scope } = FAILURES[code];
  return scope === 'tenant' || scope === 'endpoint';
}

/** What a conversation is told now. */
export type Telling =
  | { readonly tell: 'nothing' }
  | { readonly tell: 'clusters'; readonly clusters: readonly FailureCluster[] }
  /** More than fits: one card for all of them. */
  | { readonly tell: 'digest'; readonly clusters: readonly FailureCluster[] };

/** More new causes than this become one digest. */
const MOST_CARDS = 3;

export interface TellingOptions {
  readonly now: WallTime;
  readonly quiet: QuietHours | undefined;
  /** Posts the conversation may still get in this hour. */
  readonly room: number;
}

/** Decides how new clusters reach a conversation: one card each while they are few, one digest when they are many or room is short. */
export function tellClusters(untold: readonly FailureCluster[], { now, quiet, room }: TellingOptions): Telling {
  const clusters = isQuiet(now, quiet) ? untold.filter(isUrgent) : untold;
  if (clusters.length === 0 || room <= 0) return { tell: 'nothing' };
  if (clusters.length === 1) return { tell: 'clusters', clusters };
  // The last room of an hour goes to everything that waits.
  return clusters.length <= MOST_CARDS && clusters.length < room
    ? { tell: 'clusters', clusters }
    : { tell: 'digest', clusters };
}
