/**
 * What people see, as plain data: the JSON of `--json` and the input of every card. Names follow Get-MigrationBatch and
 * Get-MigrationUser; times are ISO 8601 UTC, sizes bytes.
 */
import type { Probe } from './domain/probe.ts';
import type { ApprovalPlan, ApprovalState } from './domain/approval.ts';
import type { AuditHead } from './domain/audit-entry.ts';
import type { BatchCheck } from './domain/batch-check.ts';
import type { CutoverState, CutoverStep } from './domain/cutover.ts';
import type { TokenSource } from './domain/endpoint.ts';
import type { Check } from './domain/evidence.ts';
import type { Failure } from './domain/failure.ts';
import type { Items } from './domain/items.ts';
import type { BatchAction, BatchState, BatchStatus } from './domain/migration-batch.ts';
import type { RecipientKind, UserStatus, UserStatusSummary, UserSupportedAction } from './domain/migration-user.ts';
import type { MailboxCeiling } from './domain/ceilings.ts';
import type { SkippedItem } from './domain/progress.ts';
import type { LostTo } from './domain/spent-time.ts';
import type { OwnerFindings } from './domain/owner-findings.ts';
import type { RecordedFile } from './domain/record-manifest.ts';
import type { LearnedCap } from './domain/source-slots.ts';
import type { FolderForecast, NO_FORECAST } from './domain/sync-forecast.ts';
import type { FolderVerification, Verdict } from './domain/verification.ts';
import type { Priority } from './domain/schedule.ts';
import type { DataConsistencyScore, ScoreReason } from './domain/score.ts';
import type { WrittenFile } from './ports.ts';

/** How close live users follow their sources, by Bellhop's clock. */
export interface LiveView {
  /** All that happened at the source until then is in the target; of a batch, that of its user farthest behind. */
  readonly equalDateTime: string;
  /** What a change took at most from source to target: the median of the latest ones. */
  readonly lagSeconds: number | null;
}

/** How fast it is now, what holds it back, and how long it still takes; of a user, a batch or all of them. */
export interface SpeedView {
  readonly itemsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Half of all outcomes are earlier; null while nothing is known. */
  readonly etaSeconds: number | null;
  /** Nine of ten outcomes are earlier. */
  readonly etaP90Seconds: number | null;
  /** How much of a published ceiling of Exchange Online is used (0 to 1), and of which: of mailboxes requests or bytes, of all batches the tenant's requests. */
  readonly ceilingShare: number | null;
  readonly ceiling: MailboxCeiling | 'tenantRequests' | null;
  /** What most of those at work lose most time to. */
  readonly bottleneck: LostTo | null;
  /** Seconds lost so far, by what to. */
  readonly lostSeconds: Readonly<Record<LostTo, number>>;
  /** Seconds in which mail moved and nobody waited: with the lost ones all that passed since the syncs were due. */
  readonly movingSeconds: number;
}

export interface BatchView extends SpeedView {
  readonly identity: string;
  readonly status: BatchStatus;
  readonly state: BatchState;
  readonly endpoint: string;
  readonly createdBy: string;
  readonly creationDateTime: string;
  readonly startDateTime: string | null;
  readonly lastSyncedDateTime: string | null;
  /** When the passwords of a batch nobody works with are forgotten. */
  readonly expirationDateTime: string | null;
  /** When it completes by itself, and whether those who have to agree did. */
  readonly completionDateTime: string | null;
  readonly completionAgreed: boolean;
  readonly priority: Priority;
  readonly totalCount: number;
  readonly activeCount: number;
  readonly stoppedCount: number;
  readonly syncedCount: number;
  readonly finalizedCount: number;
  readonly failedCount: number;
  readonly completedWithWarningCount: number;
  readonly pendingCount: number;
  readonly provisionedCount: number;
  readonly validationWarningCount: number;
  /** Users whose newest mail is there. */
  readonly readyCount: number;
  readonly dataConsistencyScore: DataConsistencyScore | null;
  readonly reasons: readonly ScoreReason[];
  readonly items: Items;
  /** Users at work or waiting for it whose folders nobody has looked at yet: `items` lacks theirs. */
  readonly uncountedCount: number;
  readonly bytesTransferred: number;
  /** Users that wait for a slot. */
  readonly waitingCount: number;
  /** Worker processes that take mailboxes now, of any batch. */
  readonly workerCount: number;
  /** Only of live batches with users that were synced. */
  readonly live: (LiveView & { readonly userCount: number }) | null;
  readonly supportedActions: readonly BatchAction[];
  /** Failed users by cause, largest first. */
  readonly failures: readonly FailureGroup[];
  /** When this view was computed. */
  readonly asOf: string;
}

/** Users that failed for the same reason. */
export interface FailureGroup {
  readonly error: Failure;
  readonly title: string;
  readonly count: number;
  /** At most three, for a glance; `failures <batch>` lists all. */
  readonly sample: readonly string[];
}

export interface FolderView {
  readonly source: string;
  readonly target: string;
  readonly sourceItems: number;
  readonly targetItems: number;
  readonly skipped: number;
  readonly excluded: number;
  readonly error: Failure | null;
}

export interface UserView extends SpeedView {
  readonly identity: string;
  readonly guid: string;
  readonly batchId: string;
  readonly mailboxEmailAddress: string;
  readonly mailboxGuid: string | null;
  readonly recipientType: RecipientKind | null;
  readonly userName: string;
  readonly status: UserStatus;
  readonly statusSummary: UserStatusSummary;
  readonly state: BatchState;
  readonly migrationType: 'IMAP';
  readonly syncedItemCount: number;
  readonly skippedItemCount: number;
  readonly transferredItemCount: number;
  readonly estimatedTotalCount: number;
  readonly estimatedTotalSize: number;
  readonly bytesTransferred: number;
  readonly lastSuccessfulSyncTime: string | null;
  readonly nextSyncTime: string | null;
  /** When the newest mail was there, where that came first. */
  readonly readyTime: string | null;
  readonly priority: Priority;
  /** Worker processes that take mailboxes now. */
  readonly workerCount: number;
  /** Only while the user is followed live. */
  readonly live: LiveView | null;
  readonly dataConsistencyScore: DataConsistencyScore | null;
  readonly reasons: readonly ScoreReason[];
  readonly hasUnapprovedSkippedItems: boolean;
  readonly supportedActions: readonly UserSupportedAction[];
  readonly items: Items;
  readonly folders: readonly FolderView[];
  readonly skipped: readonly SkippedItem[];
  /** What the target's owner did, and removals that wait for a person; no part of the score. */
  readonly findings: OwnerFindings;
  readonly warnings: readonly string[];
  readonly error: Failure | null;
  readonly asOf: string;
}

/** Messages of one user that are not in the target. */
export interface SkippedView {
  readonly identity: string;
  readonly batchId: string;
  readonly count: number;
  readonly unapprovedCount: number;
  readonly items: readonly SkippedItem[];
  readonly asOf: string;
}

/** Users of the domains of a cutover who are in other batches and not moved yet. */
export interface StagedView {
  readonly identity: string;
  readonly domain: string;
  /** The old server. */
  readonly host: string;
  readonly users: readonly { readonly identity: string; readonly batchId: string; readonly status: UserStatus }[];
  readonly asOf: string;
}

/** What became of a probe mail so far. */
export interface ProbeView {
  readonly identity: string;
  readonly batchId: string;
  readonly users: 1;
  /** 1 when nobody looks for it any more. */
  readonly done: number;
  /** The old server. */
  readonly source: string;
  /** Where the MX leads. */
  readonly host: string | null;
  /** Null while it waits for a worker. */
  readonly outcome: Exclude<Probe['outcome'], 'waiting'> | null;
  readonly reply: string;
  readonly encrypted: boolean;
  readonly arrivals: Probe['arrivals'];
  readonly blind: Probe['blind'];
  readonly asOf: string;
}

/** The record of a batch, on the disk of whoever wrote it. */
export interface ExportView {
  readonly identity: string;
  readonly users: number;
  /** What somebody still has to look at. */
  readonly openItems: number;
  readonly folder: string;
  /** The folder as one file. */
  readonly archive: WrittenFile;
  readonly files: readonly RecordedFile[];
  /** The last entry of the audit chain in it. */
  readonly chain: AuditHead;
  /** SHA-256 of the public key it is signed with. */
  readonly fingerprint: string;
  /** PEM. */
  readonly publicKey: string;
  readonly asOf: string;
}

/** A question to other people, and what they answered. */
export interface ApprovalView {
  readonly identity: string;
  readonly state: ApprovalState;
  readonly plan: ApprovalPlan;
  readonly planHash: string;
  readonly needed: number;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly decisions: readonly {
    readonly by: string;
    readonly at: string;
    readonly verdict: 'approved' | 'rejected';
    readonly reason: string | null;
    readonly breakGlass: boolean;
    /** Who agreed lost the role since: it does not count. */
    readonly withdrawn: boolean;
  }[];
  readonly replacedBy: string | null;
  readonly asOf: string;
}

/** Source and target compared afresh: one user, or every user of a batch. */
export interface VerifyView {
  readonly identity: string;
  readonly users: number;
  /** Users whose comparison is over. */
  readonly done: number;
  readonly equal: number;
  readonly different: number;
  /** Users that could not be compared. */
  readonly unknown: number;
  readonly sourceItems: number;
  readonly inTarget: number;
  readonly elsewhere: number;
  readonly skipped: number;
  readonly excluded: number;
  readonly removedByOwner: number;
  readonly missing: number;
  readonly differentItems: number;
  readonly surplus: number;
  readonly doubled: number;
  readonly results: readonly {
    readonly identity: string;
    readonly verdict: Verdict;
    readonly error: string | null;
    readonly folders: readonly FolderVerification[];
    readonly finishedAt: string;
    /** The report on the worker's disk, and its SHA-256. */
    readonly file: string;
    readonly sha256: string;
  }[];
  readonly asOf: string;
}

type ForecastCounts = typeof NO_FORECAST & { readonly bytes: number | null };

/** What the next sync of one user, or of every user of a batch, would do. */
export interface PlanView extends ForecastCounts {
  readonly identity: string;
  readonly users: number;
  /** Users whose plan is there. */
  readonly done: number;
  readonly results: readonly (ForecastCounts & {
    readonly identity: string;
    readonly error: string | null;
    readonly folders: readonly FolderForecast[];
  })[];
  readonly asOf: string;
}

/** All batches and the totals of Get-MigrationStatistics. */
export interface StatusView extends SpeedView {
  readonly batches: readonly BatchView[];
  readonly totalCount: number;
  readonly activeCount: number;
  readonly stoppedCount: number;
  readonly syncedCount: number;
  readonly finalizedCount: number;
  readonly failedCount: number;
  readonly pendingCount: number;
  readonly provisionedCount: number;
  readonly migrationType: 'IMAP';
  /** Worker processes that take mailboxes now. */
  readonly workerCount: number;
  readonly asOf: string;
}

/** Failed users of one batch or of all, by cause, every user named. */
export interface FailuresView {
  readonly batch: string | null;
  readonly groups: readonly (Omit<FailureGroup, 'sample'> & {
    readonly users: readonly { readonly identity: string; readonly batchId: string; readonly message: string }[];
  })[];
  readonly asOf: string;
}

export interface EndpointView {
  readonly identity: string;
  readonly host: string;
  readonly port: number;
  readonly security: string;
  readonly login: string;
  readonly oauth?: TokenSource;
  readonly initial: number;
  readonly incremental: number;
  /** Syncs at a time now, where the endpoint grows beyond these. */
  readonly atOnce: { readonly initial: number; readonly incremental: number };
  /** Connections at a time, of all workers. */
  readonly connections: number;
  /** What the server was found to take less than that, the most recent first. */
  readonly learned: readonly LearnedCapView[];
  readonly batches: readonly string[];
}

export interface LearnedCapView extends Omit<LearnedCap, 'learnedAt'> {
  readonly learnedAt: string;
}

/** The dry run of a batch; the stored form is fit for people as it is, times apart. */
export interface CheckView extends Omit<BatchCheck, 'startedAt' | 'finishedAt'> {
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly asOf: string;
}

/** What a cutover waits for: nobody, people, the owner of the DNS, somebody who says "continue". */
export type CutoverStatus = 'working' | 'needs-people' | 'not-ready' | 'needs-dns' | 'paused' | 'troubled' | 'finished';

export type CutoverActionName = 'goAhead' | 'confirm' | 'waive' | 'pause' | 'continue' | 'back' | 'cancel';

/** The cutover of a batch: where it stands, what was found, who decided what. */
export interface CutoverView {
  readonly identity: string;
  readonly domain: string;
  readonly state: CutoverState;
  readonly status: CutoverStatus;
  readonly stepNumber: number;
  readonly stepCount: number;
  readonly users: number;
  readonly startedBy: string;
  readonly startDateTime: string;
  /** When this step began. */
  readonly since: string;
  readonly paused: { readonly by: string; readonly at: string; readonly reason: string | null } | null;
  readonly goAhead: { readonly by: string; readonly at: string } | null;
  /** The open question to other people about this step. */
  readonly approval: string | null;
  readonly steps: readonly {
    readonly step: CutoverStep;
    readonly by: 'evidence' | 'word' | 'go-ahead';
    readonly state: 'done' | 'waived' | 'current' | 'ahead';
    readonly at: string | null;
    readonly who: string | null;
    readonly reason: string | null;
    readonly evidence: string | null;
  }[];
  readonly checks: readonly Check[];
  readonly proven: boolean;
  readonly checkedDateTime: string | null;
  readonly trouble: Failure | null;
  readonly waitsUntil: string | null;
  readonly supportedActions: readonly CutoverActionName[];
  /** Mail that still came to the old server after the switch, newest first. */
  readonly late: {
    readonly count: number;
    readonly messages: readonly {
      readonly user: string;
      readonly folder: string;
      readonly uid: number;
      readonly at: string;
      readonly from: string | null;
      readonly hosts: readonly string[];
    }[];
  };
  readonly asOf: string;
}
