import type { CutoverStep } from './cutover.ts';
import type { Failure } from './failure.ts';
import type { BatchName, EndpointName, UserAddress } from './ids.ts';
import type { Items } from './items.ts';
import type { Priority } from './schedule.ts';
import type { Verdict } from './verification.ts';

/** What happened, in the order it happened: notifications, reports and the story of a user read these. */
export type MigrationEvent = EventBody & {
  /** ms since 1970, UTC */
  readonly at: number;
  /** Who caused it: the name shown to people. Absent when Bellhop itself did. */
  readonly by?: string;
  /** Entra object id of a person in chat, `cli:<os user>` of one at a terminal. */
  readonly byId?: string;
};

/** Events before they are stamped. */
export type EventBody =
  | { readonly type: 'EndpointAdded'; readonly endpoint: EndpointName }
  | {
      readonly type: 'EndpointTested';
      readonly endpoint: EndpointName;
      readonly request: string;
      readonly test: EndpointTest;
    }
  | { readonly type: 'BatchCreated'; readonly batch: BatchName }
  | { readonly type: 'UsersAdded'; readonly batch: BatchName; readonly count: number }
  /** Other logins or passwords than before. */
  | { readonly type: 'UsersUpdated'; readonly batch: BatchName; readonly count: number }
  | { readonly type: 'BatchCheckStarted'; readonly batch: BatchName }
  | { readonly type: 'BatchChecked'; readonly batch: BatchName; readonly request: string }
  | { readonly type: 'BatchStarted'; readonly batch: BatchName }
  | { readonly type: 'BatchStopped'; readonly batch: BatchName }
  | { readonly type: 'BatchResumed'; readonly batch: BatchName }
  | { readonly type: 'BatchCompleting'; readonly batch: BatchName; readonly lastSync: boolean }
  | { readonly type: 'CompletionPlanned'; readonly batch: BatchName; readonly completeAt: number }
  /** Others did not agree. */
  | { readonly type: 'CompletionDropped'; readonly batch: BatchName }
  /** Its passwords will be forgotten then (ms since 1970 UTC), unless somebody works with it. */
  | { readonly type: 'BatchExpiring'; readonly batch: BatchName; readonly end: number }
  | { readonly type: 'BatchExpired'; readonly batch: BatchName }
  | { readonly type: 'BatchRemoving'; readonly batch: BatchName; readonly lastSync: boolean }
  | { readonly type: 'BatchRemoved'; readonly batch: BatchName }
  /** A record was written and signed. */
  | {
      readonly type: 'BatchExported';
      readonly batch: BatchName;
      readonly users: number;
      /** SHA-256 of manifest.json. */
      readonly manifest: string;
      /** Fingerprint of the key. */
      readonly signer: string;
    }
  | { readonly type: 'EndpointRemoved'; readonly endpoint: EndpointName }
  | {
      readonly type: 'PrioritySet';
      readonly batch: BatchName;
      readonly user?: UserAddress;
      readonly priority: Priority;
    }
  | { readonly type: 'SyncRequested'; readonly batch: BatchName; readonly user?: UserAddress }
  | {
      readonly type: 'UserSyncStarted';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly initial: boolean;
    }
  /** The newest mail of a user is there. `later`: the rest follows when others have theirs. */
  | {
      readonly type: 'UserReady';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly copied: number;
      readonly bytes: number;
      readonly later: boolean;
    }
  | {
      readonly type: 'UserSynced';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly initial: boolean;
      readonly copied: number;
      /** Bytes of the messages that were copied. */
      readonly bytes?: number;
      readonly items: Items;
    }
  | {
      readonly type: 'UserSyncDelayed';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly until: number;
      readonly reason: Failure;
    }
  | { readonly type: 'UserSyncFailed'; readonly batch: BatchName; readonly user: UserAddress; readonly error: Failure }
  /** Too much left the source at once: nothing of it was removed, a person is asked ("apply deletions <user>"). */
  | {
      readonly type: 'RemovalsHeld';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly count: number;
      readonly folders: readonly string[];
    }
  | {
      readonly type: 'RemovalsApproved';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly count: number;
    }
  | {
      readonly type: 'SkippedApproved';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly count: number;
    }
  | (ApprovalFacts & {
      readonly type: 'ApprovalRequested';
      readonly text: string;
      readonly count: number;
      readonly of: 'users' | 'messages';
    })
  | (ApprovalFacts & {
      readonly type: 'ApprovalDecided';
      readonly verdict: 'approved' | 'rejected';
      readonly reason?: string;
    })
  /** Who had agreed lost the role before it was decided. */
  | (ApprovalFacts & { readonly type: 'ApprovalWithdrawn'; readonly person: string; readonly personId: string })
  /** One named person decided alone, in an emergency. */
  | (ApprovalFacts & { readonly type: 'GlassBroken'; readonly text: string; readonly reason: string })
  /** Somebody asked for what they may not, or not now. Of many only some are told: `leftOut` since the last one. */
  | {
      readonly type: 'CommandRefused';
      readonly command: string;
      readonly about?: string;
      readonly batch?: BatchName;
      readonly code: string;
      /** Of a person from elsewhere. */
      readonly tenant?: string;
      readonly leftOut?: number;
    }
  /** A one-time link for passwords was made, opened, or used up. */
  | {
      readonly type: 'UploadLinkMade' | 'UploadLinkOpened' | 'UploadLinkUsed';
      readonly batch: BatchName;
      /** The beginning of the hash of its token: names it, opens nothing. */
      readonly link: string;
    }
  /** Nobody had answered by then: those who can were told again, or everybody who can. */
  | (ApprovalFacts & { readonly type: 'ApprovalReminded' })
  | (ApprovalFacts & { readonly type: 'ApprovalEscalated' })
  | (ApprovalFacts & { readonly type: 'ApprovalExpired' })
  | (ApprovalFacts & { readonly type: 'ApprovalDone' })
  | (ApprovalFacts & { readonly type: 'ApprovalVoided'; readonly replacedBy?: string })
  /** The day it is planned for, ms since 1970, UTC; null: for none. */
  | { readonly type: 'CutoverPlanned'; readonly batch: BatchName; readonly cutoverAt: number | null }
  | { readonly type: 'CutoverStarted'; readonly batch: BatchName; readonly domain: string }
  /** A step is over: by evidence, by a person's word, or without it by two people. `evidence` is the hash of what was found. */
  | {
      readonly type: 'CutoverStepDone';
      readonly batch: BatchName;
      readonly step: CutoverStep;
      readonly how: 'passed' | 'confirmed' | 'waived';
      readonly evidence: string;
      readonly reason?: string;
    }
  | {
      readonly type: 'CutoverWentAhead';
      readonly batch: BatchName;
      readonly step: CutoverStep;
      readonly evidence: string;
    }
  | {
      readonly type: 'CutoverWentBack';
      readonly batch: BatchName;
      readonly step: CutoverStep;
      readonly reason?: string;
    }
  | { readonly type: 'CutoverPaused'; readonly batch: BatchName; readonly reason?: string }
  | { readonly type: 'CutoverContinued'; readonly batch: BatchName }
  | { readonly type: 'CutoverCancelled'; readonly batch: BatchName; readonly reason: string }
  | { readonly type: 'LateMailFound'; readonly batch: BatchName; readonly count: number }
  | { readonly type: 'PlanRequested'; readonly batch: BatchName; readonly user: UserAddress }
  | {
      readonly type: 'Planned';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly request: string;
    }
  /** A real mail to a user, to see where it comes out. */
  | { readonly type: 'ProbeRequested'; readonly batch: BatchName; readonly user: UserAddress }
  | { readonly type: 'Probed'; readonly batch: BatchName; readonly user: UserAddress; readonly request: string }
  | { readonly type: 'VerifyRequested'; readonly batch: BatchName; readonly user: UserAddress }
  | {
      readonly type: 'Verified';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly request: string;
      readonly verdict: Verdict;
      /** SHA-256 of the report. */
      readonly sha256: string;
    }
  | { readonly type: 'RestoreAsked'; readonly batch: BatchName; readonly user: UserAddress }
  | { readonly type: 'UserStopped'; readonly batch: BatchName; readonly user: UserAddress }
  /** `warnings`: messages that are not in the target. */
  | {
      readonly type: 'UserCompleted';
      readonly batch: BatchName;
      readonly user: UserAddress;
      readonly warnings: number;
      readonly items: Items;
    }
  | { readonly type: 'UserRemoving'; readonly batch: BatchName; readonly user: UserAddress; readonly lastSync: boolean }
  | { readonly type: 'UserRemoved'; readonly batch: BatchName; readonly user: UserAddress };

interface ApprovalFacts {
  readonly approval: string;
  readonly planHash: string;
  readonly batch?: BatchName;
}

/** Result of `test endpoint`: what was reached and what the server says it can, or why not. */
export interface EndpointTest {
  readonly reachable: boolean;
  readonly greeting?: string;
  readonly capabilities: readonly string[];
  readonly tls?: string;
  readonly error?: Failure;
}
