import type { CeilingUse } from './ceilings.ts';
import type { Failure } from './failure.ts';
import type { Items } from './items.ts';
import type { OwnerFindings } from './owner-findings.ts';
import type { ScoreReason } from './score.ts';
import type { LostTo, SpentTime } from './spent-time.ts';

/** How far one mailbox is. Small, because a batch reads one for each of its users. Times in ms since 1970, UTC; rates per second. */
export interface UserProgress {
  readonly items: Items;
  /** Bytes of messages written to the target since the user was added. */
  readonly bytesTransferred: number;
  /** Bytes of all messages at the source, as far as they are known. */
  readonly estimatedTotalSize: number;
  readonly itemsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly reasons: readonly ScoreReason[];
  /** What the target's owner did, and what waits for a person. */
  readonly findings?: OwnerFindings;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** What the running sync loses most time to. */
  readonly bottleneck?: LostTo;
  /** Where the time of all syncs of the user went, ms by cause, each from when it was due; and that of the latest one. */
  readonly time?: SpentTime;
  readonly syncTime?: SpentTime;
  /** How much of the ceilings of a mailbox is used. */
  readonly ceiling?: CeilingUse;
  readonly requestsPerSecond?: number;
}

/** The books of one folder pair. */
export interface FolderBooks {
  /** Path as the source names it. */
  readonly source: string;
  /** Path in the target, segments joined by " / " for people; "" when the folder is not migrated. */
  readonly target: string;
  readonly items: Items;
  readonly bytes: number;
  /** Items of the target folder that came from this source folder, counted afresh at the end of a pass. */
  readonly verifiedInTarget?: number;
  readonly error?: Failure;
}

/** A message that is not in the target, and why. */
export interface SkippedItem {
  readonly folder: string;
  readonly uidValidity: string;
  readonly uid: number;
  readonly size: number;
  readonly kind: 'corrupt' | 'large' | 'missing' | 'refused';
  readonly code: string;
  readonly reason: string;
  readonly subject?: string;
  readonly from?: string;
  /** ms since 1970, UTC */
  readonly date?: number;
  /** A person knows of it and lets it be: who, and when (ms since 1970, UTC). */
  readonly approved?: { readonly by: string; readonly byId?: string; readonly at: number };
}

/** The same message at every sync, whatever else became of it. */
export function sameSkipped(item: Pick<SkippedItem, 'folder' | 'uidValidity' | 'uid'>): string {
  return `${item.uidValidity} ${item.uid} ${item.folder}`;
}

/** Whether nobody has let this message be yet. What failed is tried again and needs no approval. */
export function isUnapproved({ kind, approved }: SkippedItem): boolean {
  return kind !== 'missing' && approved === undefined;
}
