import type { Actor } from './actor.ts';
import { canonicalJson, sha256Of } from './canonical-json.ts';
import type { EventBody } from './events.ts';

/** What an entry of the audit chain says. The order of members is of no account: hashes are over canonical JSON. */
export interface AuditContent {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Null when Bellhop itself did. */
  readonly by: Actor | null;
  readonly type: string;
  readonly batch: string | null;
  /** Counts the entries of its batch, or of no batch, from 1: an entry that is withheld where it belongs leaves a gap. */
  readonly nth: number;
  /** Its place in the event log. */
  readonly event: string;
  /** SHA-256 of the plan an approval binds to. */
  readonly planHash: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Link {
  readonly seq: number;
  /** Hash of the entry before; of the first one {@link NO_HASH}. */
  readonly previous: string;
  readonly hash: string;
}

/** One entry of the chain. */
export type AuditEntry = AuditContent & Link;

/** An entry of another batch, as a record shows it: it proves the chain and says nothing. */
export interface WithheldEntry extends Link {
  /** SHA-256 of what it says. */
  readonly content: string;
}

/** How far the chain is. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export const NO_HASH = '0'.repeat(64);
export const EMPTY_CHAIN: AuditHead = { seq: 0, hash: NO_HASH };

/**
 * Which events become entries: what a person caused, and what decided something. What syncs do all day stays in the event
 * log. An event a newer Bellhop wrote is not in this table, and becomes one.
 */
const AUDITED = {
  EndpointAdded: true,
  EndpointTested: false,
  EndpointRemoved: true,
  BatchCreated: true,
  UsersAdded: true,
  UsersUpdated: true,
  BatchCheckStarted: true,
  BatchChecked: true,
  BatchStarted: true,
  BatchStopped: true,
  BatchResumed: true,
  BatchCompleting: true,
  CompletionPlanned: true,
  CompletionDropped: true,
  BatchExpiring: true,
  BatchExpired: true,
  BatchRemoving: true,
  BatchRemoved: true,
  BatchExported: true,
  SyncRequested: true,
  PrioritySet: true,
  UserSyncStarted: false,
  UserReady: false,
  UserSynced: false,
  UserSyncDelayed: false,
  UserSyncFailed: false,
  RemovalsHeld: true,
  RemovalsApproved: true,
  SkippedApproved: true,
  RestoreAsked: true,
  ApprovalRequested: true,
  ApprovalDecided: true,
  ApprovalWithdrawn: true,
  GlassBroken: true,
  CommandRefused: true,
  UploadLinkMade: true,
  UploadLinkOpened: true,
  UploadLinkUsed: true,
  ApprovalReminded: true,
  ApprovalEscalated: true,
  ApprovalExpired: true,
  ApprovalDone: true,
  ApprovalVoided: true,
  CutoverPlanned: true,
  CutoverStarted: true,
  CutoverStepDone: true,
  CutoverWentAhead: true,
  CutoverWentBack: true,
  CutoverPaused: true,
  CutoverContinued: true,
  CutoverCancelled: true,
  LateMailFound: true,
  PlanRequested: false,
  Planned: false,
  ProbeRequested: true,
  Probed: false,
  VerifyRequested: true,
  Verified: true,
  UserStopped: true,
  UserCompleted: true,
  UserRemoving: true,
  UserRemoved: true,
} as const satisfies Record<EventBody['type'], boolean>;

/** Types of entries. */
export type AuditedType =
  | { [Type in keyof typeof AUDITED]: (typeof AUDITED)[Type] extends true ? Type : never }[keyof typeof AUDITED]
  | 'EventsLost'
  | 'EventDamaged';

const KNOWN: ReadonlyMap<string, boolean> = new Map(Object.entries(AUDITED));

/** What is left of an entry before its place in the chain is known. */
export type AuditDraft = Omit<AuditContent, 'nth'>;

/** An event of the log as it will stand in the chain; undefined when it is none of its business. A damaged one is said to be so. */
export function draftOf(event: string, text: string): AuditDraft | undefined {
  const read = readEvent(text);
  if (read === undefined) {
    const details = { sha256: sha256Of(text) };
    return { at: timeOf(event), by: null, type: 'EventDamaged', batch: null, event, planHash: null, details };
  }
  const { type, at, by, byId, batch, planHash, ...details } = read;
  if (KNOWN.get(String(type)) === false) return undefined;
  return {
    at: new Date(Number(at)).toISOString(),
    by: typeof by === 'string' ? { id: typeof byId === 'string' ? byId : '', name: by } : null,
    type: String(type),
    batch: typeof batch === 'string' ? batch : null,
    event,
    planHash: typeof planHash === 'string' ? planHash : null,
    details,
  };
}

/** Events that left the log before the chain had them, up to a place. */
export function lostDraft(after: string, event: string): AuditDraft {
  return { at: timeOf(event), by: null, type: 'EventsLost', batch: null, event, planHash: null, details: { after } };
}

function readEvent(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const event = { ...value } as Readonly<Record<string, unknown>>;
    const { type, at } = event;
    return typeof type === 'string' && typeof at === 'number' && Math.abs(at) < 8.64e15 ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a place in the event log (an id of a Redis stream) is before another one. */
export function isEarlierPlace(a: string, b: string): boolean {
  const [ms = 0n, more = 0n] = a.split('-').map(BigInt);
  const [otherMs = 0n, otherMore = 0n] = b.split('-').map(BigInt);
  return ms === otherMs ? more < otherMore : ms < otherMs;
}

// The first half of an id of a Redis stream is the time in ms.
function timeOf(event: string): string {
  return new Date(Number(event.split('-')[0])).toISOString();
}

/** The entry that follows `head`. */
export function sealEntry(draft: AuditDraft, nth: number, head: AuditHead): AuditEntry {
  const content = { ...draft, nth };
  const link = { seq: head.seq + 1, previous: head.hash };
  return { ...content, ...link, hash: linkHash({ ...link, content: contentHash(content) }) };
}

/** SHA-256 of what an entry says. */
export function contentHash({ at, by, type, batch, nth, event, planHash, details }: AuditContent): string {
  return sha256Of(canonicalJson({ at, by, type, batch, nth, event, planHash, details }));
}

/** SHA-256 of an entry's place in the chain and the hash of what it says: one can be shown without the other. */
export function linkHash({ seq, previous, content }: Pick<WithheldEntry, 'seq' | 'previous' | 'content'>): string {
  return sha256Of(canonicalJson({ seq, previous, content }));
}

/** The entry without what it says. */
export function withhold(entry: AuditEntry): WithheldEntry {
  const { seq, previous, hash } = entry;
  return { seq, previous, content: contentHash(entry), hash };
}
