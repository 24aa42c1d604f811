/**
 * Everything the engine asks of the world. Each port has a contract suite in test/contracts that every implementation
 * passes. All times are ms since 1970 UTC, all sizes bytes; failures are thrown as MigrationError.
 */
import type { Actor } from './domain/actor.ts';
import type { Approval } from './domain/approval.ts';
import type { ApprovalTimes } from './domain/approval-times.ts';
import type { AuditHead } from './domain/audit-entry.ts';
import type { BatchCheck } from './domain/batch-check.ts';
import type { BatchTally } from './domain/batch-tally.ts';
import type { TargetDomain } from './domain/dns-evidence.ts';
import type { Cutover } from './domain/cutover.ts';
import type { DnsQuestion, DnsSurvey } from './domain/dns-records.ts';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import type { MailboxQuota } from './domain/mailbox-quota.ts';
import type { EndpointShares } from './domain/fair-shares.ts';
import type { EndpointTest, EventBody, MigrationEvent } from './domain/events.ts';
import type { BatchName, EndpointName, UserAddress } from './domain/ids.ts';
import type { FolderStatus, MessageFlags, MessageMeta, SourceFolder, SpecialUse } from './domain/mailbox.ts';
import type { ItemChange, ItemState } from './domain/merge-flags.ts';
import type { MigrationBatch } from './domain/migration-batch.ts';
import type { MigrationUser, RecipientKind } from './domain/migration-user.ts';
import type { FolderBooks, SkippedItem, UserProgress } from './domain/progress.ts';
import type { WaitingUser } from './domain/schedule.ts';
import type { LearnedCap, SlotRequest } from './domain/source-slots.ts';
import type { Probe } from './domain/probe.ts';
import type { RecordedFile } from './domain/record-manifest.ts';
import type { UploadTicket } from './domain/upload.ts';
import type { SyncForecast } from './domain/sync-forecast.ts';
import type { Verification } from './domain/verification.ts';

// -- the source ---------------------------------------------------------------------------------------------------

export interface SourceConnector {
  /** Signs in. Throws ImapAuthenticationException, SourceUnreachable, SourceCertificateRefused, ImapSignInDelayed, ... */
  connect(endpoint: MigrationEndpoint, login: SourceLogin, signal: AbortSignal): Promise<SourceMailbox>;
  /** Reaches the server without signing in; never throws for what the server does, the answer says it. */
  test(endpoint: MigrationEndpoint, signal: AbortSignal): Promise<EndpointTest>;
}

export interface SourceLogin {
  readonly userName: string;
  /** Below which folder of what this login sees the user's mail lies (column UserRoot); absent: all of it is the user's. */
  readonly userRoot?: string | undefined;
  /** Password, access token or refresh token, as the endpoint says. */
  readonly password: string;
  /** Keeps the refresh token that takes the place of this one (RFC 6749, 6), and answers the one that is kept now. */
  readonly renewal?: {
    save(refreshToken: string): Promise<void>;
    latest(): Promise<string | undefined>;
  };
}

/**
 * Connections the sources take, shared by all workers: of a server, and of each name that signs in there. Kept by the
 * source edge before each connection.
 */
export interface SourceSlots {
  /** Takes a place. Waits a moment when there is none; then throws SourceBusy with `retryAt`, so that the worker can turn to somebody else. */
  enter(request: SlotRequest, signal: AbortSignal): Promise<SourcePlace>;
  /** What a server was found to take, the most recent first. */
  learned(server: string): Promise<readonly LearnedCap[]>;
}

export interface SourcePlace {
  /**
   * The server refused this connection. `endpoint`, `login`: it has too many from us, or of this login, so what is there
   * without this one is what it takes; `busy`: something else for a while. Answers when to try again (ms since 1970 UTC).
   */
  refused(why: 'endpoint' | 'login' | 'busy', said: string): Promise<number>;
  leave(): Promise<void>;
}

/** A signed-in connection that only ever reads (EXAMINE, BODY.PEEK). */
export interface SourceMailbox extends AsyncDisposable {
  readonly can: SourceAbilities;
  /** Every folder, with its status where one LIST-STATUS (RFC 5819) answers for all. */
  listFolders(): Promise<readonly SourceFolder[]>;
  /**
   * Opens a folder read-only; the folder opened before is no longer usable. Throws SourceConnectionLost when it has
   * another UIDVALIDITY than the given one.
   */
  select(folder: SourceFolder, uidValidity?: string): Promise<SelectedFolder>;
  /** Returns when the server tells of a change in the folder (IDLE, RFC 2177), at the latest after so many ms. */
  waitForNews(folder: SourceFolder, ms: number): Promise<void>;
}

export interface SourceAbilities {
  readonly condstore: boolean;
  readonly qresync: boolean;
  /** RFC 8474: stable mailbox and content ids. */
  readonly objectId: boolean;
  readonly idle: boolean;
}

export interface SelectedFolder {
  readonly path: string;
  readonly status: FolderStatus;
  /** All UIDs, ascending, that existed when the folder was selected. */
  uids(): Promise<readonly number[]>;
  /** Size, date and flags of the given UIDs, in any order; UIDs that are gone are left out. */
  metadata(uids: readonly number[]): Promise<readonly MessageMeta[]>;
  /** What happened after a mod-sequence (RFC 7162); only with CONDSTORE. */
  changes(since: string): Promise<FolderChanges>;
  /** formatFlags of every message, found by a few searches: per-message answers take twenty times as long. */
  flagState(): Promise<ReadonlyMap<number, string>>;
  /** Subject, sender and date of messages that will not be copied, for the people who have to know them. */
  summaries(uids: readonly number[]): Promise<ReadonlyMap<number, MessageSummary>>;
  /** The header fields of KEY_HEADERS as bytes, for messages that may be known from elsewhere. */
  keyHeaders(uids: readonly number[]): Promise<ReadonlyMap<number, Buffer>>;
  /** All header fields as bytes, without the empty line behind them; for few messages. */
  headers(uids: readonly number[]): Promise<ReadonlyMap<number, Buffer>>;
  /**
   * The messages of a window, every requested UID answered exactly once. A window is read at once into memory: callers
   * bound it by the sizes of the metadata pass.
   */
  contents(window: readonly MessageMeta[]): Promise<readonly FetchedMessage[]>;
}

export interface MessageSummary {
  readonly subject?: string;
  /** Address of the sender. */
  readonly from?: string;
  /** Date header, ms since 1970 UTC. */
  readonly date?: number;
}

export interface FolderChanges {
  /** formatFlags of messages that are new or whose flags changed. */
  readonly flags: ReadonlyMap<number, string>;
  /** UIDs the server names as expunged, also such that were never known; undefined without QRESYNC. */
  readonly vanished: ReadonlySet<number> | undefined;
}

export type FetchedMessage =
  | { readonly uid: number; readonly outcome: 'read'; readonly raw: Buffer }
  /** Expunged between the listing and the reading. */
  | { readonly uid: number; readonly outcome: 'gone' }
  /** The server has it but cannot deliver it: answered short, empty or not at all, after isolating it from its neighbours. */
  | { readonly uid: number; readonly outcome: 'unreadable'; readonly detail: string };

// -- the target ---------------------------------------------------------------------------------------------------

export interface TargetDirectory {
  /** The recipient with this address, or undefined. Throws RecipientAmbiguous, TargetSignInFailed, ... */
  find(address: UserAddress): Promise<TargetRecipient | undefined>;
  /** What the recipient's licence lets its mailbox hold; undefined when that cannot be known from here. Never throws for what Graph answers. */
  quota(recipient: Pick<TargetRecipient, 'id' | 'kind'>): Promise<MailboxQuota | undefined>;
  /** What the app that writes mail may do, by its own token. Throws TargetSignInFailed. */
  access(): Promise<TargetAccess>;
  /** A domain of the tenant, and the DNS records the target asks for; undefined when the tenant does not have it. */
  domain(name: string): Promise<TargetDomain | undefined>;
  /**
   * Opens a mailbox for reading and writing; throws MailboxNotUsable when it cannot be opened. `mayWrite` is asked right
   * before each request that changes the mailbox is sent; what it throws keeps it from being sent.
   */
  open(
    recipient: Pick<TargetRecipient, 'id' | 'address'>,
    mayWrite?: () => Promise<void>,
    watch?: WaitWatch,
  ): Promise<TargetMailbox>;
}

/** Times in ms since 1970, UTC. */
export interface TargetAccess {
  readonly roles: readonly string[];
  readonly expiresAt: number | undefined;
  /** Of the certificate the app signs in with, where it does. */
  readonly certificateUntil?: number;
}

export interface TargetRecipient {
  /** Immutable object id: what every later request names. */
  readonly id: string;
  readonly address: UserAddress;
  readonly displayName: string;
  readonly kind: RecipientKind;
}

export interface TargetFolder {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly wellKnown?: SpecialUse;
  readonly totalItems: number;
}

/** A message as it is to be in the target. */
export interface MessageToImport {
  /** RFC 5322 bytes as the source served them. */
  readonly raw: Buffer;
  /** Value of the marker property, see domain/marker.ts. */
  readonly marker: string;
  /** INTERNALDATE; absent when the source sends none: then the message's own Received or Date header decides, never "now". */
  readonly receivedAt?: number;
  readonly flags: MessageFlags;
  readonly categories: readonly string[];
  /** It was sent before without an answer, and no item carries its marker: one without may be there. */
  readonly sentBefore?: boolean;
}

/** A detail that did not survive the lane a message took; it lowers the score to Good. */
export interface FidelityNote {
  readonly kind:
    | 'signature'
    | 'encryption'
    | 'invitation'
    | 'nested-message'
    | 'alternative-body'
    | 'headers'
    | 'attachment'
    | 'repaired';
  readonly text: string;
}

export type ImportOutcome =
  | { readonly outcome: 'imported'; readonly id: string; readonly notes: readonly FidelityNote[] }
  /** The request may or may not have been carried out: ask for the marker before trying again. */
  | { readonly outcome: 'unknown'; readonly detail: string }
  /** This message cannot be stored, whatever is tried. */
  | { readonly outcome: 'refused'; readonly code: 'ItemRefused' | 'ItemTooLarge'; readonly detail: string };

export type AppendLaneState = 'open' | 'closed' | 'off';

export interface MarkedItem {
  readonly id: string;
  readonly marker: string;
  readonly folderId: string;
  /** internetMessageId, receivedDateTime and subject; only `listMarked` tells them. */
  readonly messageId?: string;
  readonly receivedAt?: number;
  readonly subject?: string;
}

/** An item of the target as it is now. */
export interface TargetItem extends ItemState {
  readonly folderId: string;
  /** Undefined when the item is not one of ours. */
  readonly marker: string | undefined;
  /** Given back with a change: somebody else's change in between is noticed. */
  readonly version: string;
}

/** Hears from the edges what a sync waits for, so that lost time has a name. */
export interface WaitWatch {
  /** Source or target is waited for, or the target's budget. */
  during<Result>(what: 'source' | 'target' | 'budget', work: () => Promise<Result>): Promise<Result>;
  /** Requests go to the target together, with so many bytes to upload. */
  requested(uploadBytes: number, requests: number): void;
}

/** One target mailbox. Every method waits for the mailbox' budget and throws TargetThrottled when that takes too long to wait for. */
export interface TargetMailbox extends AsyncDisposable {
  /** All folders, hidden ones and search folders left out. The root itself is not among them: its children have no parentId. */
  listFolders(): Promise<readonly TargetFolder[]>;
  /** Creates a folder, or returns the one with this name (compared as Exchange does) under the parent. */
  createFolder(parentId: string | undefined, name: string): Promise<TargetFolder>;
  /** Whether mail can be appended as it is: asked of the mailbox itself. `off` when the operator switched it off. */
  probeAppendLane(): Promise<AppendLaneState>;
  importMessage(folderId: string, message: MessageToImport, signal: AbortSignal): Promise<ImportOutcome>;
  /**
   * Imports the first of these messages, as many as go well together, and answers for them in order; at least for one. One
   * that rejects with a MigrationError is surely not stored.
   */
  importSome(
    folderId: string,
    messages: readonly MessageToImport[],
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<ImportOutcome>[]>;
  /** Adds what a message found by its marker still lacks (attachments sent in a second step). */
  completeMessage(id: string, folderId: string, message: MessageToImport, signal: AbortSignal): Promise<ImportOutcome>;
  /** Whether any folder has a message of this Message-ID. */
  hasMessage(messageId: string): Promise<boolean>;
  /** Items of a folder with exactly this marker. */
  findByMarker(folderId: string, marker: string): Promise<readonly MarkedItem[]>;
  /** All items that carry a marker, of one folder or of the whole mailbox. */
  listMarked(folderId?: string): AsyncIterable<MarkedItem>;
  /** An item by its immutable id; undefined when it is gone for good. */
  item(id: string): Promise<TargetItem | undefined>;
  /** Changes flags, categories or the marker of an item; `conflict` when it is not in the given version any more. */
  changeItem(
    id: string,
    change: ItemChange & { readonly marker?: string },
    version: string,
  ): Promise<'changed' | 'conflict' | 'gone'>;
  countItems(folderId: string): Promise<number>;
  /** Moves an item; its id stays (Prefer: IdType="ImmutableId"). Moving it where it is already does nothing. */
  move(id: string, folderId: string): Promise<'moved' | 'gone'>;
  /** Gives a folder another name or place, its items included; `undefined` as parent is the root. */
  moveFolder(id: string, parentId: string | undefined, name: string): Promise<void>;
  /** Moves an empty folder to Deleted Items. */
  removeFolder(id: string): Promise<void>;
  /** Moves an item to Deleted Items, where its owner gets it back. */
  remove(id: string): Promise<void>;
  /** Takes an item out of Deleted Items into the recoverable items, where its owner still gets it back for days. */
  discard(id: string): Promise<void>;
  /** Deletes an item of our own that exists twice, for good. */
  removeDuplicate(id: string): Promise<void>;
}

/**
 * The published ceilings of a mailbox and of the tenant, shared by all workers and kept by the target edge before each
 * request. A request about no mailbox (recipients, domains) names none.
 */
export interface TargetBudget {
  /**
   * Takes a place (4 at once), one request and the bytes it uploads. Waits up to a few seconds; a longer wait throws
   * TargetThrottled with `retryAt`, so that the worker can turn to another mailbox. `watch` hears of waits. A batch takes one
   * place, and as many `requests` as are inside of it.
   */
  enter(
    mailboxId: string | undefined,
    uploadBytes: number,
    signal: AbortSignal,
    watch?: Pick<WaitWatch, 'during'>,
    requests?: number,
  ): Promise<BudgetPlace>;
  /** The target asked for rest (Retry-After, ms): nobody enters this mailbox before. */
  rest(mailboxId: string | undefined, ms: number): Promise<void>;
  /**
   * The target refused a request (429): rest, and for a while less than the ceilings afterwards. Refusals of many
   * mailboxes at once slow down the whole tenant.
   */
  throttled(mailboxId: string | undefined, ms: number): Promise<void>;
}

export interface BudgetPlace {
  leave(): Promise<void>;
}

// -- the DNS ------------------------------------------------------------------------------------------------------

export interface DnsSurveyor {
  /**
   * Asks every server of the zone and every resolver, now, each question; answers come in the order of the questions.
   * A server that says nothing usable is an answer as well: this never throws for what servers do.
   */
  survey(questions: readonly DnsQuestion[]): Promise<readonly DnsSurvey[]>;
}

// -- other people's mail servers ----------------------------------------------------------------------------------

/** One mail to one person, as the world would send it. */
export interface ProbeDelivery {
  readonly host: string;
  readonly address: string;
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

export interface ProbeMailer {
  /** Whom probes come from; undefined where the operator of the machine named nobody: then none is sent. */
  readonly from: string | undefined;
  /** Hands one mail to a server. Never throws for what the server does: the answer says it. */
  deliver(
    delivery: ProbeDelivery,
    signal: AbortSignal,
  ): Promise<{
    readonly outcome: 'taken' | 'refused' | 'unreachable';
    readonly reply: string;
    readonly encrypted: boolean;
  }>;
}

// -- the ledger ---------------------------------------------------------------------------------------------------

/** What happened to one message, as the ledger knows it. */
export type LedgerState =
  /** About to be sent, or sent without an answer: the target is asked before it is sent again. */
  | 'intended'
  | 'copied'
  | 'adopted'
  | 'skipped'
  | 'failed'
  | 'excluded'
  /** Vanished from the source after it was booked. */
  | 'gone';

export interface LedgerEntry {
  readonly uid: number;
  readonly state: LedgerState;
  /** formatFlags of what was last written to the target. */
  readonly flags: string;
  readonly size: number;
  readonly internalDate?: number;
  /** 16 bytes of domain/message-key.ts, once the message was read. */
  readonly key?: Uint8Array;
  readonly targetId?: string;
  /** Run that wrote it: part of the marker. */
  readonly run?: string;
  /** When the intent was recorded. */
  readonly at: number;
  /** Failure code and text of skipped and failed messages; of others, what keeps them from following the source. */
  readonly code?: string;
  readonly detail?: string;
  readonly notes?: readonly FidelityNote[];
}

/** What a folder looked like when all its changes were in the ledger. */
export interface Checkpoint extends FolderStatus {
  readonly targetFolderId: string;
  /** Names the folder had at the source before; markers of items brought then still say them. */
  readonly formerPaths?: readonly string[];
  /** False until a pass went through the whole folder at this UIDVALIDITY. */
  readonly complete: boolean;
}

/** The identity of a ledger: the same mailbox pair finds the same ledger, whichever batch it is in. */
export interface LedgerKey {
  readonly targetMailboxId: string;
  readonly sourceHost: string;
  readonly login: string;
}

export interface LedgerStore extends AsyncDisposable {
  /** Opens or creates the ledger of a mailbox and takes it for this epoch. Throws MailboxTakenOver when a higher epoch holds it. */
  open(key: LedgerKey, epoch: number): Promise<Ledger>;
  /** Says where ledgers are kept, after looking whether they can be. Throws LedgerUnavailable. */
  examine(): Promise<LedgerHome>;
}

export type LedgerHome = { readonly kind: 'files' } | { readonly kind: 'postgres'; readonly version: string };

/** The memory of one mailbox. Every write but `confirm` is durable when the call returns; all are refused once a higher epoch took over. */
export interface Ledger extends AsyncDisposable {
  /** Throws MailboxTakenOver once a higher epoch took the mailbox: asked right before each write to the target. */
  ensureHeld(): Promise<void>;
  checkpoint(path: string): Promise<Checkpoint | undefined>;
  saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void>;
  /** Folders that have a checkpoint or entries. */
  folders(): Promise<readonly string[]>;
  /** Other UIDVALIDITY values under which the ledger has entries of this folder. */
  formerUidValidities(path: string, current: string): Promise<readonly string[]>;
  /** Writes entries of one folder in one transaction, replacing those with the same UID. */
  record(path: string, uidValidity: string, entries: readonly LedgerEntry[]): Promise<void>;
  /**
   * As `record`, for what became of intents: it outlives this process at once, and a power cut with the next durable write.
   * One that comes earlier leaves the intents, and the target is asked about them.
   */
  confirm(path: string, uidValidity: string, entries: readonly LedgerEntry[]): Promise<void>;
  /** UID, state and flags of every entry of a folder, ascending by UID: small rows, for comparing whole folders. */
  states(
    path: string,
    uidValidity: string,
  ): Promise<readonly (readonly [uid: number, state: LedgerState, flags: string])[]>;
  /** Every entry of the mailbox that carries a code: skipped, failed, held back, or changed by the target's owner. */
  coded(): Promise<readonly (LedgerEntry & { readonly path: string; readonly uidValidity: string })[]>;
  /** The folder has another name at the source: its checkpoint and entries go with it. Nothing may be known under the new name. */
  rename(path: string, to: string): Promise<void>;
  /** Whole entries in one state. */
  entries(path: string, uidValidity: string, state: LedgerState): Promise<readonly LedgerEntry[]>;
  findByUid(path: string, uidValidity: string, uid: number): Promise<LedgerEntry | undefined>;
  findByKey(
    key: Uint8Array,
  ): Promise<readonly (LedgerEntry & { readonly path: string; readonly uidValidity: string })[]>;
  /** Takes back intents that were never sent, so that the target need not be asked about them. */
  withdraw(path: string, uidValidity: string, uids: readonly number[]): Promise<void>;
  /** What could not be kept of copied messages, over the whole mailbox, by kind and text. */
  noteCounts(): Promise<readonly (FidelityNote & { readonly count: number })[]>;
  /** Number of entries by state, of one folder. */
  count(path: string, uidValidity: string): Promise<Readonly<Partial<Record<LedgerState, number>>>>;
}

// -- state, events, jobs ------------------------------------------------------------------------------------------

/** What a change decided: the new value and what happened. Undefined leaves everything as it is. */
export interface Decision<Value> {
  readonly to: Value;
  readonly events: readonly EventBody[];
}
export type Decide<Value> = (current: Value) => Decision<Value> | undefined;

export interface UserWithProgress {
  readonly user: MigrationUser;
  readonly progress: UserProgress | undefined;
}

/** State people see. A value and its events are saved in one transaction; `decide` may run again when somebody else was faster. */
export interface MigrationStore {
  endpoints(): Promise<readonly MigrationEndpoint[]>;
  endpoint(name: EndpointName): Promise<MigrationEndpoint | undefined>;
  /** Throws EndpointNameTaken. */
  addEndpoint(endpoint: MigrationEndpoint, events: readonly EventBody[], by: Actor): Promise<void>;

  /** Removes an endpoint nobody uses. */
  removeEndpoint(name: EndpointName, events: readonly EventBody[], by: Actor): Promise<void>;

  batches(): Promise<readonly MigrationBatch[]>;
  batch(name: BatchName): Promise<MigrationBatch | undefined>;
  /** Throws BatchNameTaken. */
  addBatch(batch: MigrationBatch, events: readonly EventBody[], by: Actor): Promise<void>;
  /** Removes a batch without users, with all that was kept for it. */
  removeBatch(name: BatchName, events: readonly EventBody[], by?: Actor): Promise<void>;
  /** Throws UnknownBatch. */
  changeBatch(name: BatchName, decide: Decide<MigrationBatch>, by?: Actor): Promise<MigrationBatch>;

  user(address: UserAddress): Promise<MigrationUser | undefined>;
  /** Whoever is there at the beginning and still is when its turn comes, in the order of the CSV. */
  users(batch: BatchName): AsyncIterable<MigrationUser>;
  userCount(batch: BatchName): Promise<number>;
  /** Adds users that are in no batch; returns those that already are, with the batch that has them, and leaves them alone. */
  addUsers(users: readonly MigrationUser[], events: readonly EventBody[], by: Actor): Promise<readonly MigrationUser[]>;
  /** Removes a user with its progress, folders and skipped items. One that is gone already is no error. */
  removeUser(address: UserAddress, events: readonly EventBody[], by?: Actor): Promise<void>;
  /** Throws UnknownUser. */
  changeUser(address: UserAddress, decide: Decide<MigrationUser>, by?: Actor): Promise<MigrationUser>;
  /** The users of these addresses that are there. */
  usersNamed(addresses: readonly UserAddress[]): Promise<readonly MigrationUser[]>;
  /**
   * Who of a batch waits for a sync since `until` or longer (domain/schedule.ts): of each turn and priority those that wait
   * longest, at most `most`. Reads nobody else, however many users there are.
   */
  waiting(batch: BatchName, until: number, most: number): Promise<readonly WaitingUser[]>;
  /** How many users of a batch can be watched (domain/freshness.ts). */
  watchedCount(batch: BatchName): Promise<number>;
  /** What the batches of an endpoint were given so far; undefined before the first time. */
  shares(endpoint: EndpointName): Promise<EndpointShares | undefined>;
  saveShares(endpoint: EndpointName, shares: EndpointShares): Promise<void>;
  /** Changes every user of a batch, each by itself; returns how many changed. */
  changeUsers(batch: BatchName, decide: Decide<MigrationUser>, by?: Actor): Promise<number>;

  /** Written by the worker that holds the mailbox, read by everybody. */
  saveProgress(user: UserAddress, batch: BatchName, progress: UserProgress): Promise<void>;
  progress(user: UserAddress): Promise<UserProgress | undefined>;
  /** The users of a batch, each with its progress at the same moment; read in pieces, as many others ask meanwhile. */
  usersWithProgress(batch: BatchName): AsyncIterable<UserWithProgress>;
  /** The sums over all users of a batch at one moment; `running` are those that wrote progress after `since`. */
  tally(batch: BatchName, since: number): Promise<BatchTally>;
  saveFolders(user: UserAddress, folders: readonly FolderBooks[]): Promise<void>;
  folders(user: UserAddress): Promise<readonly FolderBooks[]>;
  saveSkipped(
    user: UserAddress,
    items: readonly SkippedItem[],
    events?: readonly EventBody[],
    by?: Actor,
  ): Promise<void>;
  skipped(user: UserAddress): Promise<readonly SkippedItem[]>;

  approvals(): Promise<readonly Approval[]>;
  approval(id: string): Promise<Approval | undefined>;
  /** Throws TryAgain when the id is taken. */
  addApproval(approval: Approval, events: readonly EventBody[], by: Actor): Promise<void>;
  /** Throws UnknownApproval. */
  changeApproval(id: string, decide: Decide<Approval>, by?: Actor): Promise<Approval>;
  /**
   * As changeApproval, and what is decided depends on all approvals: of many that break the glass at once, in whatever
   * process, each decides on what the one before left. Throws UnknownApproval.
   */
  breakGlass(
    id: string,
    decide: (current: Approval, all: readonly Approval[]) => Decision<Approval>,
    by: Actor,
  ): Promise<Approval>;

  cutovers(): Promise<readonly Cutover[]>;
  cutover(batch: BatchName): Promise<Cutover | undefined>;
  /** Throws CutoverRunning when the batch has one. */
  addCutover(cutover: Cutover, events: readonly EventBody[], by: Actor): Promise<void>;
  /** Throws CutoverUnknown. */
  changeCutover(batch: BatchName, decide: Decide<Cutover>, by?: Actor): Promise<Cutover>;
  removeCutover(batch: BatchName, events: readonly EventBody[], by: Actor): Promise<void>;

  /** The latest comparison of a user, with the report it was written to. */
  saveVerification(verification: SavedVerification, events: readonly EventBody[]): Promise<void>;
  verification(user: UserAddress): Promise<SavedVerification | undefined>;

  /** What the next sync of a user would do, as it was found last. */
  saveForecast(forecast: SyncForecast, events: readonly EventBody[]): Promise<void>;
  forecast(user: UserAddress): Promise<SyncForecast | undefined>;

  /** The latest probe of a user. */
  saveProbe(probe: Probe, events: readonly EventBody[]): Promise<void>;
  probe(user: UserAddress): Promise<Probe | undefined>;

  saveCheck(check: BatchCheck, events: readonly EventBody[]): Promise<void>;
  check(batch: BatchName): Promise<BatchCheck | undefined>;
  /** Events that change nothing stored, such as the answer to a test. */
  publish(events: readonly EventBody[], by?: Actor): Promise<void>;
}

export interface SavedVerification extends Verification {
  readonly file: string;
  readonly sha256: string;
}

export interface EventLog {
  /** Events between two times, oldest first. */
  read(from: number, to: number): AsyncIterable<MigrationEvent>;
  /**
   * Hands every event to `onEvents`, in order, at least once; the reader's place is stored under its name and moves on
   * when `onEvents` returns. A new reader starts at the present. Returns when the signal aborts.
   */
  follow(
    reader: string,
    onEvents: (events: readonly MigrationEvent[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Who caused or decided what: append-only, each entry with the hash of the one before, each event in it exactly once. */
export interface AuditLog {
  /** Brings every event up to now into the chain. Any number of processes may do so at once. Throws RecordDamaged. */
  catchUp(): Promise<AuditHead>;
  /** The entries as lines of canonical JSON, oldest first, after a number. They are as Redis has them: check them. */
  lines(after?: number): AsyncIterable<string>;
}

/** The audit chain once more, outside of Redis. */
export interface AuditMirror {
  /** Writes what is new, up to an entry. Throws RecordDamaged when the chain no longer continues what was written before. */
  catchUp(upTo: number): Promise<void>;
}

/** What the queue runs, and with what. Payloads hold names only, never secrets. */
export interface Jobs {
  readonly 'schedule-syncs': Readonly<Record<string, never>>;
  readonly 'sync-mailbox': { readonly user: UserAddress };
  /** One connection that looks after some of an endpoint's live users: a place of many, counted from 0. */
  readonly 'watch-mailboxes': { readonly endpoint: EndpointName; readonly place: number };
  readonly 'check-batch': { readonly batch: BatchName; readonly request: string };
  readonly 'plan-mailbox': { readonly user: UserAddress; readonly request: string };
  readonly 'probe-mail': { readonly user: UserAddress; readonly request: string };
  readonly 'verify-mailbox': { readonly user: UserAddress; readonly request: string };
  readonly 'check-cutover': { readonly batch: BatchName; readonly request: string };
  readonly 'find-late-mail': { readonly batch: BatchName };
  readonly 'test-endpoint': { readonly endpoint: EndpointName; readonly request: string };
}
export type JobName = keyof Jobs;

export interface AddOptions {
  readonly id?: string;
  /** ms */
  readonly delay?: number;
  /** When the job with this id runs already, another one is queued behind it. */
  readonly behind?: boolean;
}

export interface JobQueue {
  /** Adds a job. One with the same id that waits or runs makes this a no-op; one that waits for its time is run now. */
  add<Name extends JobName>(name: Name, payload: Jobs[Name], options?: AddOptions): Promise<void>;
  /** Jobs of a kind that are not done: `running` ones hold or will soon hold a worker, the others wait for their time. */
  pending<Name extends JobName>(
    name: Name,
  ): Promise<readonly { readonly payload: Jobs[Name]; readonly running: boolean }[]>;
  /** Worker processes that take jobs of a kind now; where the queue cannot tell, at least one is assumed. */
  workers(name: JobName): Promise<number>;
}

/** Files for people, on the disk of whoever writes them. */
export interface ReportFiles {
  /** Writes a report; answers its path. Throws LedgerUnavailable when the disk does not take it. */
  write(name: string, text: string): Promise<string>;
}

/** Records of batches: signed, and as files on the disk of whoever writes them. */
export interface RecordFiles {
  /** Version of the program that writes them. */
  readonly version: string;
  /** The key records are signed with; made at first use. Throws LedgerUnavailable when it can be neither read nor made. */
  signer(): Promise<RecordSigner>;
  /** Begins a record. Throws LedgerUnavailable when the disk does not take it. */
  begin(name: string): Promise<RecordDraft>;
}

/** A record that is being written: whole at its end, and nothing of it there before or without. */
export interface RecordDraft extends AsyncDisposable {
  /** Writes a file piece by piece; what the pieces throw is thrown. */
  write(
    name: string,
    pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  ): Promise<RecordedFile>;
  /** Makes the folder, and the same as one archive. */
  finish(): Promise<{ readonly folder: string; readonly archive: WrittenFile }>;
}

export interface RecordSigner {
  /** PEM. */
  readonly publicKey: string;
  /** SHA-256 of the public key, see domain/record-manifest.ts. */
  readonly fingerprint: string;
  /** The Ed25519 signature (RFC 8032), 64 bytes. */
  sign(text: string): Uint8Array;
}

export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Passwords of source logins, sealed with a key that is kept elsewhere. */
export interface CredentialVault {
  put(user: UserAddress, password: string): Promise<void>;
  putAll(passwords: ReadonlyMap<UserAddress, string>): Promise<void>;
  /** Throws CredentialUnreadable when it was sealed with another key. */
  get(user: UserAddress): Promise<string | undefined>;
  /** The passwords of those that have one; what was sealed with another key is left out. */
  getAll(users: readonly UserAddress[]): Promise<ReadonlyMap<UserAddress, string>>;
  forget(user: UserAddress): Promise<void>;
}

/** How many refused commands the audit chain takes, for all processes together. */
export interface RefusalBook {
  /** Takes an entry for a person. Answers how many were left out since the last entry; undefined when this one is left out. */
  take(person: string, most: RefusalBounds): Promise<number | undefined>;
}

export interface RefusalBounds {
  readonly ofPerson: number;
  readonly ofAll: number;
  /** How long they count, ms. */
  readonly within: number;
}

/** One-time links. The token is known to the person alone: the store is given its hash. */
export interface UploadTickets {
  add(hash: string, ticket: UploadTicket): Promise<void>;
  /** Known for a day longer than it is good for, so that a person can be told why it is not. */
  find(hash: string): Promise<UploadTicket | undefined>;
  save(hash: string, ticket: UploadTicket): Promise<void>;
  /** Of several uploads at once one gets the ticket, for at most so many ms. */
  claim(hash: string, claim: string, ms: number): Promise<boolean>;
  /** Gives a ticket back; does nothing when somebody else has it by now. */
  release(hash: string, claim: string): Promise<void>;
}

// -- the rest -----------------------------------------------------------------------------------------------------

export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A logger that takes codes and numbers, never foreign error objects. */
export interface Logger {
  info(fields: Readonly<Record<string, string | number | boolean>>, message: string): void;
  warn(fields: Readonly<Record<string, string | number | boolean>>, message: string): void;
  error(fields: Readonly<Record<string, string | number | boolean>>, message: string): void;
}

/** What the operator of the machine set. */
export interface EngineSettings {
  /** How many times faster waits and schedules run; 1 outside the sandbox. */
  readonly timeScale: number;
  /** Largest message the target takes, in bytes. */
  readonly maxItemSize: number;
  /** Distinct people who have to approve what cannot easily be taken back; 0 for none. */
  readonly approvals: number;
  readonly approvalTimes: ApprovalTimes;
  /** Where people reach Bellhop's pages, without a slash at the end; absent when they do not. */
  readonly publicUrl?: string;
}

/** The folder CSV files are dropped into. */
export interface DropState {
  /** `open`: others on the machine can enter it, so it is not used. */
  readonly state: 'used' | 'open' | 'missing';
  /** Files that lie there and are not taken. */
  readonly waiting: number;
  /** Files of the last day that were not imported. */
  readonly refused: number;
}

/** All ports, wired once in main.ts. */
export interface World {
  readonly source: SourceConnector;
  readonly slots: Pick<SourceSlots, 'learned'>;
  readonly target: TargetDirectory;
  readonly dns: DnsSurveyor;
  readonly probes: ProbeMailer;
  readonly ledgers: LedgerStore;
  readonly store: MigrationStore;
  readonly events: EventLog;
  readonly audit: AuditLog;
  readonly mirror: AuditMirror;
  readonly jobs: JobQueue;
  readonly vault: CredentialVault;
  readonly uploads: UploadTickets;
  readonly refusals: RefusalBook;
  readonly reports: ReportFiles;
  readonly records: RecordFiles;
  /** Undefined where no folder is used. */
  readonly drop: () => Promise<DropState | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
  /** ms in which the event loop of this process had work, since it began. */
  readonly busy: () => number;
  /** A new random id, 128 bits as lower-case hex. */
  readonly newId: () => string;
  readonly settings: EngineSettings;
}
