import type { AuditedType } from '../../engine/domain/audit-entry.ts';
import { count, plural } from '../format.ts';

const users = (value: number): string => plural(value, 'user');
const messages = (value: number): string => plural(value, 'message');

/** What an entry of the audit chain says beside who and when. */
export interface EntryFacts {
  /** A number of its details, 0 where there is none. */
  readonly number: (name: string) => number;
  /** A text of its details, empty where there is none. */
  readonly text: (name: string) => string;
  /** A moment of its details in UTC, empty where there is none. */
  readonly time: (name: string) => string;
  /** Title of the cutover step it is about, empty where there is none. */
  readonly step: string;
}

/** English texts of the record of a batch: its page, its card. */
export const EN_RECORD = {
  what: 'Migration record',
  prepared: (time: string, by: string) => `Prepared ${time} UTC by ${by}`,
  endpoint: (name: string) => `source server ${name}`,
  begun: (time: string, by: string) => `created ${time} UTC by ${by}`,
  closed: (value: number) => `All ${users(value)} are completed, every message is accounted for, nothing is open.`,
  accounted: (value: number) => `Every message of ${users(value)} is accounted for, nothing is open.`,
  open: (value: number) => `${plural(value, 'point')} ${value === 1 ? 'is' : 'are'} open.`,
  empty: 'The batch has no users.',
  users: 'Users',
  completed: (value: number) => `${count(value)} completed`,
  source: 'At the source',
  inTarget: 'In the target',
  notInTarget: 'Not in the target',
  score: 'Consistency',
  noScore: 'none yet',
  books: 'Where every message is',
  balanced: (value: number) =>
    `${messages(value)} at the source, each of them in exactly one place: the books balance.`,
  unbalanced: (value: number) => `${messages(value)} cannot be accounted for.`,
  gone: (value: number) => `${messages(value)} left the source after they had been seen; they are not counted here.`,
  places: {
    copied: 'copied',
    adopted: 'found in the target',
    excluded: 'excluded by rule',
    skipped: 'skipped',
    failed: 'failed',
    pending: 'pending',
  },
  reasons: (score: string) => `Why the score is ${score}`,
  perfect: 'Nothing keeps the score from Perfect.',
  openTitle: 'Open points',
  nothingOpen: 'Nothing is open.',
  openKinds: {
    notCompleted: (value: number) => `${users(value)} not completed`,
    syncFailed: (value: number) => `${users(value)} whose last sync failed`,
    failedMessages: (value: number) => `${messages(value)} failed, tried again at the next sync`,
    pendingMessages: (value: number) => `${messages(value)} not brought over yet`,
    skippedNotApproved: (value: number) => `${messages(value)} skipped, and nobody has approved it`,
    removalsHeld: (value: number) => `${plural(value, 'removal')} waiting for a person`,
    neverVerified: (value: number) => `${users(value)} never verified`,
    verificationOutdated: (value: number) => `${users(value)} synced after the last verification`,
    verificationDiffers: (value: number) => `${messages(value)} found missing or different by a verification`,
    cutoverOpen: () => 'The cutover is not finished',
    approvalOpen: (value: number) => `${plural(value, 'approval')} still open`,
  },
  user: 'User',
  status: 'Status',
  skipped: 'Skipped',
  excluded: 'Excluded',
  lastSync: 'Last sync (UTC)',
  remarks: 'Remarks',
  waivers: 'Messages that are not in the target',
  allThere: 'Every message that was to be moved is in the target.',
  folder: 'Folder',
  size: 'Size',
  reason: 'Reason',
  approvedBy: 'Approved by',
  notApproved: 'not approved',
  tried: 'is tried again',
  verifications: 'Verifications',
  verificationsNote:
    'Source and target compared afresh, message by message. The SHA-256 is that of the report, which can be made again from pack.json.',
  neverVerified: 'No user was verified.',
  verdict: 'Verdict',
  verdicts: { equal: 'Equal', different: 'Different', unknown: 'Not compared' },
  compared: 'Compared',
  found: 'Found',
  missing: 'Missing',
  at: 'At (UTC)',
  approvals: 'Approvals',
  noApprovals: 'No approval was asked for.',
  asked: (by: string, time: string) => `${by} asked for it, ${time} UTC`,
  agreed: (by: string, time: string) => `${by} agreed, ${time} UTC`,
  withdrawn: 'the role was taken away since: it did not count',
  broke: (by: string, time: string) => `${by} broke the glass and decided alone, ${time} UTC`,
  refused: (by: string, time: string) => `${by} refused, ${time} UTC`,
  plan: 'Plan',
  timeline: 'Timeline',
  timelineNote: 'From the audit chain. The number is that of the entry.',
  speeds: 'Speed',
  firstSyncs: 'First syncs',
  span: (from: string, to: string) => `${from} to ${to} UTC`,
  firstMessages: 'Messages copied by them',
  overall: 'Over all mailboxes',
  perSecond: (value: string) => `${value} messages/s`,
  transferred: 'Mail transferred',
  oneMailbox: 'One mailbox while it syncs',
  syncs: 'Syncs',
  syncTime: (syncs: number, time: string) => `${count(syncs)}, ${time} of work in all`,
  noSpeeds: 'The event log knows of no finished sync.',
  proof: 'How to check this record',
  proofText:
    'This page is one of the files of a signed record. Anybody who has the record can check that nothing in it was changed, without Bellhop’s server and without its keys:',
  proofKey: 'Compare the fingerprint of the key with the one Bellhop showed in the chat when the record was written.',
  key: 'Key (SHA-256)',
  chainEnd: 'End of the audit chain',
  entry: (seq: number) => `entry ${count(seq)}`,
  moreIn: (value: number, file: string) => `${count(value)} more in ${file}`,
  bellhop: 'Bellhop',
  events: {
    EndpointAdded: ({ text }: EntryFacts) => `Added the source server ${text('endpoint')}`,
    EndpointRemoved: ({ text }: EntryFacts) => `Removed the source server ${text('endpoint')}`,
    BatchCreated: () => 'Created the batch',
    UsersAdded: ({ number }: EntryFacts) => `Added ${users(number('count'))}`,
    UsersUpdated: ({ number }: EntryFacts) => `Changed logins, passwords or priorities of ${users(number('count'))}`,
    BatchCheckStarted: () => 'Asked for a check of the batch',
    BatchChecked: () => 'Checked the batch',
    BatchStarted: () => 'Started the batch',
    BatchStopped: () => 'Stopped the batch',
    BatchResumed: () => 'Resumed the batch',
    BatchCompleting: () => 'Asked to complete the batch',
    CompletionPlanned: ({ time }: EntryFacts) => `Planned the completion of the batch for ${time('completeAt')}`,
    CompletionDropped: () => 'Gave up the planned completion: others did not agree',
    BatchExpiring: ({ time }: EntryFacts) =>
      `Announced that the passwords of the batch are forgotten at ${time('end')}`,
    BatchExpired: () => 'Forgot the passwords of a batch nobody worked with',
    BatchRemoving: () => 'Asked to remove the batch',
    BatchRemoved: () => 'Removed the batch',
    BatchExported: ({ number }: EntryFacts) => `Wrote a record of ${users(number('users'))}`,
    SyncRequested: ({ text }: EntryFacts) => `Asked for a sync${text('user') === '' ? '' : ` of ${text('user')}`}`,
    PrioritySet: ({ text }: EntryFacts) =>
      `Set the priority of ${text('user') === '' ? 'the batch' : text('user')} to ${text('priority')}`,
    RemovalsHeld: ({ number, text }: EntryFacts) =>
      `Held ${plural(number('count'), 'removal')} of ${text('user')} for a person to decide`,
    RemovalsApproved: ({ number, text }: EntryFacts) =>
      `Let ${plural(number('count'), 'removal')} of ${text('user')} go`,
    SkippedApproved: ({ number, text }: EntryFacts) =>
      `Approved ${messages(number('count'))} of ${text('user')} that are not in the target`,
    RestoreAsked: ({ text }: EntryFacts) => `Asked for what is missing of ${text('user')}`,
    ApprovalRequested: ({ text }: EntryFacts) => `Asked for approval ${text('approval')}: ${text('text')}`,
    ApprovalDecided: ({ text }: EntryFacts) =>
      text('verdict') === 'approved'
        ? `Agreed to ${text('approval')}`
        : `Refused ${text('approval')}: ${text('reason')}`,
    ApprovalWithdrawn: ({ text }: EntryFacts) =>
      `${text('person')} lost the role: their word on ${text('approval')} does not count`,
    GlassBroken: ({ text }: EntryFacts) => `Broke the glass and decided ${text('approval')} alone: ${text('reason')}`,
    CommandRefused: ({ text, number }: EntryFacts) =>
      `Was refused "${text('command')}"${text('about') === '' ? '' : ` ${text('about')}`} (${text('code')})${number('leftOut') > 0 ? `; ${number('leftOut')} more before it` : ''}`,
    UploadLinkMade: ({ text }: EntryFacts) => `Asked for an upload link (${text('link')})`,
    UploadLinkOpened: ({ text }: EntryFacts) => `Somebody opened the upload link (${text('link')})`,
    UploadLinkUsed: ({ text }: EntryFacts) => `The upload link took its file (${text('link')})`,
    ApprovalReminded: ({ text }: EntryFacts) => `Nobody had answered ${text('approval')}: reminded`,
    ApprovalEscalated: ({ text }: EntryFacts) => `Nobody had answered ${text('approval')}: told everybody who may`,
    ApprovalExpired: ({ text }: EntryFacts) => `Nobody answered ${text('approval')} in time: expired`,
    ApprovalDone: ({ text }: EntryFacts) => `Carried out ${text('approval')}`,
    ApprovalVoided: ({ text }: EntryFacts) => `${text('approval')} is void: its plan had changed`,
    ProbeRequested: ({ text }: EntryFacts) => `Had a probe mail sent to ${text('user')}`,
    VerifyRequested: ({ text }: EntryFacts) => `Asked to verify ${text('user')}`,
    Verified: ({ text }: EntryFacts) =>
      text('verdict') === 'equal'
        ? `Verified ${text('user')}: equal`
        : `Verified ${text('user')}: ${text('verdict') === 'different' ? 'different' : 'could not be compared'}`,
    UserStopped: ({ text }: EntryFacts) => `Stopped ${text('user')}`,
    UserCompleted: ({ text, number }: EntryFacts) =>
      number('warnings') === 0
        ? `Completed ${text('user')}`
        : `Completed ${text('user')}; ${messages(number('warnings'))} not in the target`,
    UserRemoving: ({ text }: EntryFacts) => `Asked to remove ${text('user')}`,
    UserRemoved: ({ text }: EntryFacts) => `Removed ${text('user')}`,
    CutoverPlanned: ({ number }: EntryFacts) =>
      number('cutoverAt') > 0
        ? `Planned the cutover for ${new Date(number('cutoverAt')).toISOString().slice(0, 10)}`
        : 'Took back the day of the cutover',
    CutoverStarted: ({ text }: EntryFacts) => `Began the cutover of ${text('domain')}`,
    CutoverStepDone: ({ text, step }: EntryFacts) =>
      text('how') === 'passed'
        ? `Cutover: "${step}" passed by evidence`
        : text('how') === 'confirmed'
          ? `Cutover: confirmed "${step}"`
          : `Cutover: went without "${step}": ${text('reason')}`,
    CutoverWentAhead: ({ step }: EntryFacts) => `Cutover: went ahead with "${step}"`,
    CutoverWentBack: ({ text, step }: EntryFacts) => `Cutover: went back to "${step}" ${text('reason')}`.trim(),
    CutoverPaused: ({ text }: EntryFacts) => `Paused the cutover ${text('reason')}`.trim(),
    CutoverContinued: () => 'Continued the cutover',
    CutoverCancelled: ({ text }: EntryFacts) => `Cancelled the cutover: ${text('reason')}`,
    LateMailFound: ({ number }: EntryFacts) => `Found ${messages(number('count'))} that came late to the old server`,
    EventsLost: () => 'Events left the event log before they were recorded',
    EventDamaged: () => 'An event in the log was damaged',
  } satisfies Record<AuditedType, (facts: EntryFacts) => string>,
};
