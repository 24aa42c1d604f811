import { createHash } from 'node:crypto';
import type { BatchName, UserAddress } from './ids.ts';

/** One folder of the source compared with the target afresh, message by message. */
export interface FolderVerification {
  readonly source: string;
  readonly sourceItems: number;
  /** In the folder they were brought to. */
  readonly inTarget: number;
  /** In the target, filed elsewhere by its owner. */
  readonly elsewhere: number;
  readonly skipped: number;
  readonly excluded: number;
  /** Deleted in the target by its owner. */
  readonly removedByOwner: number;
  /** Nowhere in the target, and nobody knows why. */
  readonly missing: number;
  /** In the target under another Message-ID than at the source. */
  readonly different: number;
  /** Brought earlier and gone at the source since; kept. */
  readonly surplus: number;
  /** Items beyond one for each message: copies of its owner's, or stored twice by the target. Reports of older versions lack it. */
  readonly doubled?: number;
  /** UIDs of what is missing or different, for whoever wants to look; at most fifty. */
  readonly uids: readonly number[];
}

/** A whole mailbox compared afresh. Times in ms since 1970, UTC. */
export interface Verification {
  readonly user: UserAddress;
  readonly batch: BatchName;
  readonly request: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly folders: readonly FolderVerification[];
  /** Set instead of an outcome when it could not be compared. */
  readonly error?: string;
}

export type Verdict = 'equal' | 'different' | 'unknown';

/** Equal: every message of the source is in the target, or somebody knows why it is not. */
export function verdictOf({ folders, error }: Pick<Verification, 'folders' | 'error'>): Verdict {
  if (error !== undefined) return 'unknown';
  return folders.every(({ missing, different }) => missing + different === 0) ? 'equal' : 'different';
}

/** What a message of the source is found to be, one after the other; folds into the numbers of its folder. */
export type Found = 'inTarget' | 'elsewhere' | 'skipped' | 'excluded' | 'removedByOwner' | 'missing' | 'different';

const MOST_UIDS = 50;

/** Counts what was found in one folder. */
export function countFound(
  source: string,
  found: Iterable<readonly [uid: number, what: Found]>,
  surplus: number,
  doubled = 0,
): FolderVerification {
  const counts = { inTarget: 0, elsewhere: 0, skipped: 0, excluded: 0, removedByOwner: 0, missing: 0, different: 0 };
  const uids: number[] = [];
  let sourceItems = 0;
  for (const [uid, what] of found) {
    sourceItems += 1;
    counts[what] += 1;
    if ((what === 'missing' || what === 'different') && uids.length < MOST_UIDS) uids.push(uid);
  }
  return { source, sourceItems, ...counts, surplus, doubled, uids };
}

/**
 * The report of a verification: JSON with sorted keys, so that the same result is the same text, and its SHA-256 can be
 * checked by anybody with the file in hand.
 */
export function verificationReport(verification: Verification): { readonly text: string; readonly sha256: string } {
  const report = { ...verification, verdict: verdictOf(verification) };
  const text = `${JSON.stringify(sorted(report), undefined, 2)}\n`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
