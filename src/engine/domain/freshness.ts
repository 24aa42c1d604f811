import { createHash } from 'node:crypto';
import { DEFAULT_CAPS, type MigrationEndpoint } from './endpoint.ts';
import type { FolderStatus } from './mailbox.ts';
import type { MigrationUser } from './migration-user.ts';

/** How close a target follows its source. Times are ms since 1970 UTC, by Bellhop's own clock alone. */
export interface Freshness {
  /** All that happened at the source until then is in the target. */
  readonly equalAt: number;
  /** What the latest changes took at most from source to target, in ms, oldest first. */
  readonly lags: readonly number[];
  /** A difference a sync was asked for, as a digest: the same one is not asked for twice. */
  readonly asked?: string;
}

/** Enough for a median that follows the day. */
const MOST_LAGS = 20;

/** Whether a user is looked after: at rest or at work, synced once, and not waiting for a person. */
export function isWatchable({ status, target }: Pick<MigrationUser, 'status' | 'target'>): boolean {
  return target !== undefined && (status === 'Synced' || status === 'IncrementalSyncing');
}

/** What a folder was when its changes were in the ledger, and what it is now; `undefined` where one of the two is not there. */
export interface SeenFolder {
  readonly path: string;
  readonly known: (FolderStatus & { readonly complete: boolean }) | undefined;
  readonly now: FolderStatus | undefined;
}

/** A digest of everything that differs; undefined when nothing does. */
export function differenceOf(folders: readonly SeenFolder[]): string | undefined {
  const differing = folders.filter(({ known, now }) => !isSame(known, now));
  if (differing.length === 0) return undefined;
  const lines = differing.map(({ path, now }) => [path, ...(now === undefined ? [] : valuesOf(now))].join('\n')).sort();
  return createHash('sha256').update(lines.join('\n\n')).digest('hex').slice(0, 32);
}

function isSame(known: SeenFolder['known'], now: FolderStatus | undefined): boolean {
  if (known === undefined || now === undefined) return known === now;
  return known.complete && valuesOf(known).join(' ') === valuesOf(now).join(' ');
}

function valuesOf({ uidValidity, uidNext, exists, highestModseq }: FolderStatus): readonly string[] {
  return [uidValidity, String(uidNext), String(exists), highestModseq ?? ''];
}

/** Nothing differed at `now`. */
export function afterEqualLook(before: Freshness | undefined, now: number): Freshness {
  return { equalAt: now, lags: before?.lags ?? [] };
}

/**
 * A sync that listed the source at `startedAt` is done. Whatever it brought happened after the last time both were
 * equal: that is the most it can have taken.
 */
export function afterSync(before: Freshness | undefined, startedAt: number, now: number): Freshness {
  if (before?.asked === undefined) return { equalAt: startedAt, lags: before?.lags ?? [] };
  const lags = [...before.lags, now - before.equalAt].slice(-MOST_LAGS);
  return { equalAt: startedAt, lags, asked: before.asked };
}

/** The median, in ms; undefined without any. */
export function typicalLag(lags: readonly number[]): number | undefined {
  const sorted = [...lags].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How many connections look after so many users of an endpoint. */
export function placesOf({ live = DEFAULT_CAPS.live }: Pick<MigrationEndpoint, 'live'>, users: number): number {
  return Math.min(live, users);
}

/** The users of one place: they are dealt out evenly, and a user keeps its place while the number of users stays. */
export function usersOfPlace<User>(users: readonly User[], place: number, places: number): readonly User[] {
  return users.filter((_user, at) => at % places === place);
}
