import type { Actor } from './actor.ts';
import type { Approval, ApprovalState } from './approval.ts';
import type { AuditEntry, AuditHead } from './audit-entry.ts';
import type { ExportRow } from './batch-export.ts';
import type { CutoverState } from './cutover.ts';
import type { Items } from './items.ts';
import type { BatchStatus } from './migration-batch.ts';
import type { SkippedItem } from './progress.ts';
import type { DataConsistencyScore, ScoreReason } from './score.ts';
import type { Verdict, Verification } from './verification.ts';

/** pack.json of a record: everything Bellhop knows about a batch when it is closed. Times are ISO 8601 UTC, sizes bytes. */
export interface CloseOut {
  readonly batch: {
    readonly identity: string;
    readonly status: BatchStatus;
    readonly endpoint: string;
    readonly createdBy: string;
    readonly creationDateTime: string;
    readonly startDateTime: string | null;
  };
  readonly asOf: string;
  readonly preparedBy: Actor;
  readonly dataConsistencyScore: DataConsistencyScore | null;
  readonly reasons: readonly ScoreReason[];
  readonly items: Items;
  readonly speeds: Speeds;
  readonly users: readonly CloseOutUser[];
  readonly approvals: readonly CloseOutApproval[];
  /** Its steps stand in the chain; null when there was none. */
  readonly cutover: { readonly domain: string; readonly state: CutoverState } | null;
  readonly openItems: readonly OpenItem[];
}

/** So many entries stand on the page; all of them are in audit.jsonl. */
export const MOST_ENTRIES = 500;

/** What the report of a record is made of. */
export interface CloseOutReport {
  readonly closeOut: CloseOut;
  /** The latest entries of the chain about this batch, oldest first. */
  readonly entries: readonly AuditEntry[];
  /** Entries about this batch before those. */
  readonly earlier: number;
  readonly chain: AuditHead;
  /** Of the key that signs. */
  readonly fingerprint: string;
}

/** What the event log says about speed; null where it has expired, or where nothing was synced. */
export interface Speeds {
  readonly firstSyncStarted: string | null;
  readonly firstSyncFinished: string | null;
  /** Messages copied by first syncs, and how many a second over all mailboxes from the first start to the last end. */
  readonly firstSyncMessages: number;
  readonly firstSyncMessagesPerSecond: number | null;
  readonly bytesTransferred: number;
  readonly syncs: number;
  /** Sum over all syncs of all mailboxes. */
  readonly syncSeconds: number;
  /** One mailbox while it syncs. */
  readonly bytesPerSecondOfOneMailbox: number | null;
}

export type CloseOutUser = ExportRow & {
  readonly skippedItems: readonly CloseOutSkipped[];
  readonly verification: CloseOutVerification | null;
  readonly firstSync: { readonly started: string; readonly finished: string; readonly messages: number } | null;
};

/** A message that is not in the target. No subject, no sender: a record goes to people who may not read mail. */
export type CloseOutSkipped = Omit<SkippedItem, 'subject' | 'from' | 'date' | 'approved'> & {
  readonly date: string | null;
  readonly approved: { readonly by: string; readonly byId: string | null; readonly at: string } | null;
};

/** The latest comparison. Its report is made of it again, byte by byte, and has this hash. */
export interface CloseOutVerification {
  readonly verification: Verification;
  readonly verdict: Verdict;
  readonly sha256: string;
}

export interface CloseOutApproval {
  readonly identity: string;
  readonly state: ApprovalState;
  readonly text: string;
  readonly count: number;
  readonly of: 'users' | 'messages';
  readonly planHash: string;
  readonly requestedBy: Actor;
  readonly requestedAt: string;
  readonly decisions: readonly {
    readonly by: Actor;
    readonly at: string;
    readonly verdict: 'approved' | 'rejected';
    readonly reason: string | null;
    /** Decided alone, in an emergency; absent in older records. */
    readonly breakGlass?: boolean;
    /** Who agreed lost the role since; absent in older records. */
    readonly withdrawn?: boolean;
  }[];
}

export const OPEN_KINDS = [
  'notCompleted',
  'syncFailed',
  'failedMessages',
  'pendingMessages',
  'skippedNotApproved',
  'removalsHeld',
  'neverVerified',
  'verificationOutdated',
  'verificationDiffers',
  'approvalOpen',
  'cutoverOpen',
] as const;

/** What somebody still has to look at. `about` is a user, an approval, or the domain of a cutover. */
export interface OpenItem {
  readonly kind: (typeof OPEN_KINDS)[number];
  readonly about: string;
  readonly count: number;
}

/** What is open about a user. */
export function openItemsOf(user: CloseOutUser, removalsHeld: number): readonly OpenItem[] {
  const { address: about, items } = user;
  const counts: Partial<Record<OpenItem['kind'], number>> = {
    notCompleted: isCompleted(user) ? 0 : 1,
    syncFailed: user.error === null ? 0 : 1,
    failedMessages: items.failed,
    pendingMessages: items.pending,
    skippedNotApproved: user.unapprovedSkipped,
    removalsHeld,
    ...openVerification(user),
  };
  return OPEN_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    return count === 0 ? [] : [{ kind, about, count }];
  });
}

function isCompleted({ status }: CloseOutUser): boolean {
  return status === 'Completed' || status === 'CompletedWithWarnings';
}

function openVerification(user: CloseOutUser): Partial<Record<OpenItem['kind'], number>> {
  const { verification: found, lastSync } = user;
  if (lastSync === null) return {};
  if (found === null || found.verdict === 'unknown') return { neverVerified: 1 };
  const { folders, startedAt } = found.verification;
  if (found.verdict === 'different')
    return { verificationDiffers: folders.reduce((sum, folder) => sum + folder.missing + folder.different, 0) };
  // The last sync of a completion comes after every verification: nobody can sign in any more to verify again.
  return startedAt < new Date(lastSync).getTime() && !isCompleted(user) ? { verificationOutdated: 1 } : {};
}

/** An approval as the record tells it. */
export function closeOutApproval(approval: Approval, state: ApprovalState): CloseOutApproval {
  const { id, plan, planHash, requestedBy, requestedAt, decisions } = approval;
  return {
    ...{ identity: id, state, text: plan.text, count: plan.count, of: plan.of, planHash, requestedBy },
    requestedAt: new Date(requestedAt).toISOString(),
    decisions: decisions.map(({ by, at, verdict, reason, breakGlass = false, withdrawn = false }) => ({
      ...{ by, at: new Date(at).toISOString(), verdict },
      reason: reason ?? null,
      ...{ breakGlass, withdrawn },
    })),
  };
}

/** A skipped message as the record tells it. */
export function closeOutSkipped(item: SkippedItem): CloseOutSkipped {
  const { subject: _subject, from: _from, date, approved, ...rest } = item;
  return {
    ...rest,
    date: date === undefined ? null : new Date(date).toISOString(),
    approved:
      approved === undefined
        ? null
        : { by: approved.by, byId: approved.byId ?? null, at: new Date(approved.at).toISOString() },
  };
}
