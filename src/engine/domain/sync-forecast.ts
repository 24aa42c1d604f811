import type { BatchName, UserAddress } from './ids.ts';

/** What the next sync would do with one folder. Messages are in one column only. */
export interface FolderForecast {
  readonly source: string;
  /** Path in the target, for people; "" when the folder is not at the source any more. */
  readonly target: string;
  /** The name the folder had before; the target's folder would get the new one. */
  readonly renamedFrom?: string;
  /** The folder was not there at the latest sync, or is not there now. */
  readonly change?: 'new' | 'vanished';
  readonly copied: number;
  /** Bytes of these; null where there are too many to ask the source for all their sizes. */
  readonly bytes: number | null;
  /** Left behind by the batch's own filter, and larger than the target takes. */
  readonly excluded: number;
  readonly tooLarge: number;
  /** Arrive from another folder without a second download. */
  readonly moved: number;
  readonly flagged: number;
  /** Leave the target for Deleted Items. */
  readonly removed: number;
  /** Would be removed, and wait for a person: the deletion brake. */
  readonly held: number;
}

/** What the next sync of a user would do, found without writing anything. Times are ms since 1970 UTC. */
export interface SyncForecast {
  readonly user: UserAddress;
  readonly batch: BatchName;
  readonly request: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Only folders in which something would happen. */
  readonly folders: readonly FolderForecast[];
  /** Why it could not be found out. */
  readonly error?: string;
}

type Column = 'copied' | 'excluded' | 'tooLarge' | 'moved' | 'flagged' | 'removed' | 'held';

export const NO_FORECAST: Readonly<Record<Column, number>> = {
  copied: 0,
  excluded: 0,
  tooLarge: 0,
  moved: 0,
  flagged: 0,
  removed: 0,
  held: 0,
};

/** Folders added up. */
export function addForecasts(
  folders: readonly FolderForecast[],
): typeof NO_FORECAST & { readonly bytes: number | null } {
  const sum = { ...NO_FORECAST };
  for (const folder of folders) for (const key of Object.keys(sum) as Column[]) sum[key] += folder[key];
  const bytes = folders.reduce<number | null>(
    (total, folder) => (total === null || folder.bytes === null ? null : total + folder.bytes),
    0,
  );
  return { ...sum, bytes };
}

/** Whether anything would happen. */
export function isQuiet(folder: FolderForecast): boolean {
  const happens = (Object.keys(NO_FORECAST) as Column[]).some((key) => folder[key] > 0);
  return !happens && folder.change === undefined && folder.renamedFrom === undefined;
}
