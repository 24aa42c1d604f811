import { approvalCard, approvalsCard } from '../../src/cards/approval-card.ts';
import { batchCard } from '../../src/cards/batch-card.ts';
import { checkCard } from '../../src/cards/check-card.ts';
import { confirmCard } from '../../src/cards/confirm-card.ts';
import type { Card } from '../../src/cards/elements.ts';
import {
  endpointAddedCard,
  endpointTestCard,
  endpointsCard,
  testingEndpointCard,
} from '../../src/cards/endpoint-card.ts';
import { errorCard } from '../../src/cards/error-card.ts';
import { expiryCard } from '../../src/cards/expiry-card.ts';
import { exportCard } from '../../src/cards/export-card.ts';
import { failuresCard } from '../../src/cards/failures-card.ts';
import { keptValues, readFormValues } from '../../src/bot/form-words.ts';
import { NOBODY } from '../../src/cards/eyes.ts';
import { fileSentCard } from '../../src/cards/file-card.ts';
import { formCard, refusalCard } from '../../src/cards/form-card.ts';
import { commandHelpCard, helpCard, topicHelpCard } from '../../src/cards/help-card.ts';
import { type Locale } from '../../src/cards/locale.ts';
import { planCard } from '../../src/cards/plan-card.ts';
import { skippedCard } from '../../src/cards/skipped-card.ts';
import { glassCard } from '../../src/cards/glass-card.ts';
import { probeCard } from '../../src/cards/probe-card.ts';
import { stagedCard } from '../../src/cards/staged-card.ts';
import { statusCard } from '../../src/cards/status-card.ts';
import { uploadCard, uploadElsewhereCard } from '../../src/cards/upload-card.ts';
import { userCard } from '../../src/cards/user-card.ts';
import { verifyCard } from '../../src/cards/verify-card.ts';
import { clusterCard, digestCard } from '../../src/cards/cluster-card.ts';
import { cutoverCard } from '../../src/cards/cutover-card.ts';
import { lateMailCard } from '../../src/cards/late-mail-card.ts';
import { doctorCard } from '../../src/cards/doctor-card.ts';
import { noticeCard } from '../../src/cards/notice-card.ts';
import { reportCard } from '../../src/cards/report-card.ts';
import { storyCard } from '../../src/cards/story-card.ts';
import { dailyReport } from '../../src/engine/domain/daily-report.ts';
import { CUTOVERS, sampleStepApproval } from './sample-cutover.ts';
import { CLUSTER, DOCTOR, STORY, sampleReport } from './sample-news.ts';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import type { ProbeView } from '../../src/engine/views.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import type { BatchStatus } from '../../src/engine/domain/migration-batch.ts';
import type { UserStatus } from '../../src/engine/domain/migration-user.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import {
  ENDLESS,
  HOSTILE,
  LONG,
  NOW,
  sampleApproval,
  sampleBatch,
  sampleCheck,
  sampleEndpoint,
  sampleLearned,
  sampleExport,
  sampleFailures,
  samplePlan,
  sampleSkipped,
  sampleStatus,
  sampleUser,
  sampleVerify,
} from './sample-views.ts';

const BATCH_STATUSES: readonly BatchStatus[] = [
  'Created', 'Waiting', 'Syncing', 'Synced', 'SyncedWithErrors', 'IncrementalSyncing', 'Stopping', 'Stopped', 'Completing',
  'Completed', 'CompletedWithErrors', 'Failed', 'Removing',
]; // prettier-ignore
const USER_STATUSES: readonly UserStatus[] = [
  'Validating', 'Queued', 'Syncing', 'Synced', 'IncrementalSyncing', 'IncrementalFailed', 'Stopping', 'Stopped', 'Failed',
  'Completing', 'Completed', 'CompletedWithWarnings', 'Removing',
]; // prettier-ignore

const PROBE: ProbeView = {
  ...{ identity: 'ann@example.org', batchId: 'branch-2', users: 1, done: 1, source: 'imap.example.com', asOf: NOW },
  ...{
    host: 'example-org.mail.protection.outlook.com',
    outcome: 'taken',
    reply: '2.6.0 Queued mail for delivery',
    encrypted: true,
  },
  ...{
    arrivals: [
      { where: 'source', after: 42_000 },
      { where: 'target', after: 9000 },
    ],
    blind: [],
  },
};
export const PROBES: readonly (readonly [name: string, view: ProbeView])[] = [
  ['both', PROBE],
  ['target', { ...PROBE, arrivals: [{ where: 'target', after: 9000 }] }],
  ['lost', { ...PROBE, arrivals: [], blind: [{ where: 'source', reason: 'CredentialMissing' }] }],
  ['looking', { ...PROBE, done: 0, arrivals: [] }],
  ['sending', { ...PROBE, done: 0, outcome: null, reply: '', host: null, arrivals: [] }],
  ['no-mx', { ...PROBE, outcome: 'no-mx', reply: '', host: null, arrivals: [] }],
  [
    'hostile',
    {
      ...PROBE,
      identity: HOSTILE,
      outcome: 'refused',
      reply: HOSTILE + ENDLESS,
      host: HOSTILE,
      source: HOSTILE,
      arrivals: [],
    },
  ],
];

const HUGE = {
  totalCount: 50_000,
  syncedCount: 41_233,
  failedCount: 5311,
  pendingCount: 3000,
  activeCount: 100,
  stoppedCount: 356,
  items: { ...NO_ITEMS, source: 1_284_310_442, copied: 1_200_000_000, pending: 84_310_442 },
  bytesTransferred: 88_000_000_000_000,
};

const ONLOOKERS = Array.from({ length: 80 }, (_, at) => ({
  id: `${at}`,
  chatId: `29:1${'x'.repeat(60)}${at}`,
  name: at === 0 ? HOSTILE : `Approver ${at}`,
}));
const APPROVERS = [
  { id: 'a', chatId: '29:1a', name: 'Approver A' },
  { id: 'b', chatId: '29:1b', name: 'Approver B' },
];
const APPROVAL_EYES = {
  waits: { mayDecide: false, waitingFor: APPROVERS },
  decides: { mayDecide: true, waitingFor: APPROVERS },
  many: { mayDecide: false, waitingFor: ONLOOKERS },
};
const FORM = {
  form: 'addEndpoint',
  command: 'add endpoint',
  title: 'Add endpoint',
  endpoints: [],
  zone: 'Europe/Berlin',
} as const;

const { prediction: _prediction, ...UNMEASURED } = sampleCheck({ problems: [] });

/** Cards as a picture book: name -> the card in one language. Every card of Bellhop is here, in many states. */
export function cardCatalogue(locale: Locale): ReadonlyMap<string, Card> {
  const hostileReasons = Array.from({ length: 9 }, (_, at) => ({
    kind: 'missing' as const,
    count: at + 1,
    text: HOSTILE,
  }));
  const hostileError = failure('ImapAuthenticationException', { code: HOSTILE, detail: ENDLESS, address: HOSTILE });
  const entries: (readonly [string, Card])[] = [
    ...BATCH_STATUSES.map((status) => [`batch-${status}`, batchCard(sampleBatch({ status }), locale)] as const),
    ['user-syncing', userCard(sampleUser({ status: 'Syncing', lastSuccessfulSyncTime: null, dataConsistencyScore: null, reasons: [], skipped: [], items: { ...NO_ITEMS, source: 22_418, copied: 14_303, pending: 8115 }, itemsPerSecond: 11.4, bytesPerSecond: 430_000, etaSeconds: 712, etaP90Seconds: 981, ceiling: 'bytes', ceilingShare: 0.97, supportedActions: ['Stop'] }), locale)],
    [
      'batch-live',
      batchCard(
        sampleBatch({ status: 'Synced', activeCount: 0, pendingCount: 0, syncedCount: 480, failedCount: 0, stoppedCount: 0, failures: [], bottleneck: null, live: { userCount: 480, equalDateTime: '2026-11-23T12:57:03.000Z', lagSeconds: 6.4 }, supportedActions: ['Stop', 'SyncNow', 'Complete'] }),
        locale,
      ),
    ],
    ['batch-no-worker', batchCard(sampleBatch({ workerCount: 0 }), locale)],
    ['user-no-worker', userCard(sampleUser({ status: 'Queued', workerCount: 0 }), locale)],
    ['batch-ahead', batchCard(sampleBatch({ completionDateTime: '2026-12-06T21:00:00.000Z', completionAgreed: false, priority: 'high' }), locale)],
    ['batch-late', batchCard(sampleBatch({ completionDateTime: '2026-11-23T10:00:00.000Z' }), locale)],
    ['batch-ending', batchCard(sampleBatch({ status: 'Stopped', activeCount: 0, pendingCount: 0, waitingCount: 0, stoppedCount: 206, supportedActions: ['Resume', 'Remove'], expirationDateTime: '2026-12-01T21:00:00.000Z', priority: 'low' }), locale)],
    ['expiry', expiryCard({ batch: 'sales-1', end: Date.parse('2026-12-01T21:00:00.000Z'), now: Date.parse('2026-11-23T13:00:00.000Z') }, locale)],
    ['user-ready', userCard(sampleUser({ status: 'Queued' }), locale)],
    ['plan-user', planCard(samplePlan(), locale)],
    ['plan-running', planCard({ ...samplePlan(), users: 12, done: 5 }, locale)],
    ['plan-hostile', planCard(samplePlan(HOSTILE), locale)],
    ['batch-synced', batchCard(sampleBatch({ status: 'SyncedWithErrors', activeCount: 0, pendingCount: 0, syncedCount: 465, bottleneck: null, supportedActions: ['Start', 'Stop', 'SyncNow'], items: { ...NO_ITEMS, source: 1_284_695, copied: 1_204_530, adopted: 61_004, excluded: 18_902, skipped: 221, failed: 38 } }), locale)],
    ['batch-empty', batchCard(sampleBatch({ status: 'Created', totalCount: 0, activeCount: 0, syncedCount: 0, failedCount: 0, pendingCount: 0, stoppedCount: 0, failures: [], items: NO_ITEMS, dataConsistencyScore: null, reasons: [], startDateTime: null }), locale)],
    ['batch-huge', batchCard(sampleBatch(HUGE), locale)],
    ['batch-hostile', batchCard(sampleBatch({ identity: LONG, endpoint: LONG, createdBy: HOSTILE, startDateTime: null, reasons: hostileReasons }), locale)],
    ['batch-unbalanced', batchCard(sampleBatch({ status: 'Synced', items: { ...NO_ITEMS, source: 100, copied: 98 }, dataConsistencyScore: 'Poor', reasons: [{ kind: 'books', count: 2, text: 'not accounted for' }] }), locale)],
    ['status-none', statusCard(sampleStatus([]), locale)],
    ['status-some', statusCard(sampleStatus([sampleBatch(), sampleBatch({ identity: 'branch-2', status: 'Synced', failedCount: 0, failures: [] }), sampleBatch({ identity: 'pilot', status: 'Created', failedCount: 0 })]), locale)],
    ['status-many', statusCard(sampleStatus(Array.from({ length: 200 }, (_, at) => sampleBatch({ ...HUGE, identity: `${LONG.slice(4)}-${at}` }))), locale)],
    ...USER_STATUSES.map((status) => [`user-${status}`, userCard(sampleUser({ status, supportedActions: ['Start', 'SyncNow', 'Stop'] }), locale)] as const),
    ['user', userCard(sampleUser(), locale)],
    ...(['open', 'approved', 'done', 'rejected', 'expired', 'void'] as const).map((state) => [`approval-${state}`, approvalCard(sampleApproval(state), locale)] as const),
    ...(['waits', 'decides', 'many'] as const).map((eyes) => [`approval-${eyes}`, approvalCard(sampleApproval('open'), locale, APPROVAL_EYES[eyes])] as const),
    ...(['ask', 'remind', 'escalate', 'expire'] as const).map((why) => [`approval-ring-${why}`, approvalCard(sampleApproval(why === 'expire' ? 'expired' : 'open'), locale, APPROVAL_EYES.waits, { why, mentions: [{ id: '29:1', name: 'Approver A' }, { id: '29:2', name: HOSTILE }] })] as const),
    ['approval-withdrawn', approvalCard({ ...sampleApproval('open'), needed: 2, decisions: [{ by: 'Approver B', at: NOW, verdict: 'approved', reason: null, breakGlass: false, withdrawn: true }] }, locale, APPROVAL_EYES.waits)],
    ['batch-viewer', batchCard(sampleBatch({ status: 'SyncedWithErrors', supportedActions: ['Start', 'Stop', 'SyncNow', 'Complete'] }), locale, { audience: NOBODY, person: { id: 'v', held: 'view' } })],
    ['batch-refreshed', batchCard(sampleBatch(HUGE), locale, { audience: { approvers: [], viewers: ONLOOKERS } })],
    ['approval-hostile', approvalCard({ ...sampleApproval('rejected'), requestedBy: HOSTILE, plan: { text: HOSTILE + ENDLESS, title: 'Remove batch', count: 9, of: 'users', sample: [HOSTILE, ENDLESS] }, decisions: [{ by: HOSTILE, at: NOW, verdict: 'rejected', reason: HOSTILE + ENDLESS, breakGlass: false, withdrawn: false }] }, locale)],
    ...([['glass', 'The old server is failing and nobody else can be reached.', 'Keyholder A'], ['glass-hostile', HOSTILE + ENDLESS, HOSTILE]] as const).flatMap(([name, reason, by]) => { const view = { ...sampleApproval('done'), decisions: [{ by, at: NOW, verdict: 'approved', reason, breakGlass: true, withdrawn: false }] } as const; return [[name, glassCard(view, locale, [{ id: '29:1', name: 'Approver A' }, { id: '29:2', name: 'Approver B' }])], [`approval-${name}`, approvalCard(view, locale)]] as const; }),
    ...Object.entries(CUTOVERS).flatMap(([name, view]) => [[`cutover-${name}`, cutoverCard(view, locale)] as const, ...(view.late.count > 0 || name === 'started' ? [[`late-mail-${name}`, lateMailCard(view, locale)] as const] : [])]),
    ...PROBES.map(([name, view]) => [`probe-${name}`, probeCard(view, locale)] as const),
    ...([['staged', 'sales-1', 37], ['staged-none', 'sales-1', 0], ['staged-hostile', HOSTILE, 2]] as const).map(([name, identity, users]) => [name, stagedCard({ identity, domain: 'example.com, example.org', host: 'imap.example.com', asOf: NOW, users: Array.from({ length: users }, (_, at) => ({ identity: name === 'staged-hostile' ? HOSTILE : `user.${at}@example.org`, batchId: at % 2 === 0 ? 'branch-2' : LONG, status: at % 3 === 0 ? 'Syncing' : 'Synced' })) }, locale)] as const),
    ...(['open', 'done'] as const).map((state) => [`approval-step-${state}`, approvalCard(sampleStepApproval(state), locale)] as const),
    ['approvals', approvalsCard([sampleApproval('open'), { ...sampleApproval('open'), identity: '03BB1E' }], NOW, locale)],
    ['export', exportCard(sampleExport(), locale)],
    ['export: open points, long path', exportCard(sampleExport({ identity: LONG, openItems: 1204, folder: `/${ENDLESS}` }), locale)],
    ['approvals-none', approvalsCard([], NOW, locale)],
    ['verify', verifyCard(sampleVerify(), locale)],
    ['verify-equal', verifyCard({ ...sampleVerify(), different: 0, equal: 1, missing: 0, differentItems: 0, inTarget: 12_046, results: sampleVerify().results.map((each) => ({ ...each, verdict: 'equal' as const, folders: [] })) }, locale)],
    ['verify-running', verifyCard({ ...sampleVerify(), identity: 'sales-1', users: 512, done: 0, results: [] }, locale)],
    ['verify-hostile', verifyCard({ ...sampleVerify(), identity: LONG, users: 60, done: 60, different: 30, unknown: 30, results: Array.from({ length: 60 }, (_, at) => ({ identity: `${at}@${'y'.repeat(60)}.example`, verdict: 'different' as const, error: at % 2 === 0 ? HOSTILE + ENDLESS : null, folders: [{ source: HOSTILE, sourceItems: 9, inTarget: 0, elsewhere: 0, skipped: 0, excluded: 0, removedByOwner: 0, missing: 9, different: 9, surplus: 0, uids: [1, 2, 3, 4, 5, 6] }], finishedAt: NOW, file: HOSTILE, sha256: 'f'.repeat(64) })) }, locale)],
    ['skipped', skippedCard(sampleSkipped(), locale)],
    ['skipped-approved', skippedCard({ ...sampleSkipped(), unapprovedCount: 0, items: sampleSkipped().items.map((item) => ({ ...item, approved: { by: 'Approver A', at: Date.parse(NOW) } })) }, locale)],
    ['skipped-none', skippedCard({ ...sampleSkipped(), count: 0, unapprovedCount: 0, items: [] }, locale)],
    ['skipped-hostile', skippedCard({ ...sampleSkipped(), count: 9000, items: Array.from({ length: 60 }, (_, at) => ({ folder: HOSTILE, uidValidity: '1', uid: at, size: 1, kind: 'corrupt' as const, code: 'ItemUnreadable', reason: HOSTILE + ENDLESS, subject: HOSTILE, from: ENDLESS, date: 0, approved: { by: HOSTILE, at: 0 } })) }, locale)],
    ['user-failed', userCard(sampleUser({ status: 'Failed', error: failure('ImapAuthenticationException', { code: 'AUTHENTICATIONFAILED', detail: 'Invalid credentials', address: 'sales.desk@example.com' }) }), locale)],
    ['user-hostile', userCard(sampleUser({ status: 'Failed', identity: `${'x'.repeat(64)}@${'y'.repeat(60)}.example`, userName: HOSTILE, batchId: LONG, error: hostileError, reasons: hostileReasons, folders: Array.from({ length: 400 }, (_, at) => ({ source: at % 2 === 0 ? HOSTILE : ENDLESS, target: `${HOSTILE} / ${at}`, sourceItems: 500_000, targetItems: at, skipped: 1, excluded: 0, error: at % 7 === 0 ? hostileError : null })), skipped: Array.from({ length: 50 }, (_, at) => ({ folder: HOSTILE, uidValidity: '1', uid: at, size: 1, kind: 'corrupt' as const, code: 'ItemUnreadable', reason: HOSTILE + ENDLESS, subject: HOSTILE })) }), locale)],
    ['failures-none', failuresCard(sampleFailures({ groups: [] }), locale)],
    ['failures', failuresCard(sampleFailures(), locale)],
    ['failures-huge', failuresCard(sampleFailures({ batch: null, groups: Array.from({ length: 40 }, () => ({ error: hostileError, title: HOSTILE, count: 50_000, users: [{ identity: HOSTILE, batchId: LONG, message: ENDLESS }] })) }), locale)],
    ['check', checkCard(sampleCheck(), locale)],
    ['check-unmeasured', checkCard(UNMEASURED, locale)],
    ['check-running', checkCard(sampleCheck({ finishedAt: null, checked: 120 }), locale)],
    ['check-none', checkCard(sampleCheck({ users: 0, checked: 0, ready: 0, problems: [], notes: [], items: 0, bytes: 0, folders: 0 }), locale)],
    ['check-hostile', checkCard(sampleCheck({ batch: LONG as BatchName, notes: [{ kind: 'oversize', count: 1, text: HOSTILE }], problems: [{ user: HOSTILE as UserAddress, error: hostileError }] }), locale)],
    ['endpoints-none', endpointsCard([], locale)],
    ['endpoints', endpointsCard([{ ...sampleEndpoint, identity: 'mail-hq', batches: ['sales-1'], atOnce: { initial: 31, incremental: 13 }, connections: 170, learned: sampleLearned }, { ...sampleEndpoint, identity: LONG, host: `${'h'.repeat(60)}.example`, batches: [], security: 'none', atOnce: { initial: 20, incremental: 10 }, connections: 50, learned: [{ kind: 'login', name: LONG, connections: 1, learnedAt: '2026-11-28T14:02:00.000Z', said: HOSTILE }] }], locale)],
    ['endpoint-added', endpointAddedCard({ ...sampleEndpoint, security: 'none' }, locale)],
    ['endpoint-added-tokens', endpointAddedCard({ ...sampleEndpoint, login: 'xoauth2', oauth: { url: 'https://login.example.com/token', client: '1f2e', scope: 'imap', grant: 'refresh' } }, locale)],
    ['form-endpoint', formCard({ ...FORM, title: locale.t.buttons.addEndpoint, values: {} }, locale)],
    ['form-endpoint-wrong', formCard({ ...FORM, title: locale.t.buttons.addEndpoint, values: { name: 'mail hq', host: 'imap.example.com', port: '99999' }, problem: { failure: failure('UsageError', { detail: '"mail hq" is not the name of an endpoint. Usage: add endpoint <name> host=<host>', command: 'add endpoint' }), field: 'name' } }, locale)],
    ['form-endpoint-hostile', formCard({ ...FORM, title: locale.t.buttons.addEndpoint, values: keptValues('addEndpoint', readFormValues('addEndpoint', { name: HOSTILE, host: ENDLESS, admin: HOSTILE })), problem: { failure: hostileError, field: 'nothing' } }, locale)],
    ['form-batch', formCard({ ...FORM, form: 'createBatch', command: 'create batch', title: locale.t.buttons.createBatch, values: { endpoint: 'mail-hq', start: '2026-12-05', startTime: '20:00' }, endpoints: ['branch', 'mail-hq'] }, locale)],
    ['form-batch-none', formCard({ ...FORM, form: 'createBatch', command: 'create batch', title: locale.t.buttons.createBatch, values: {}, endpoints: [] }, locale)],
    ['form-batch-many', formCard({ ...FORM, form: 'createBatch', command: 'create batch', title: locale.t.buttons.createBatch, values: {}, endpoints: Array.from({ length: 60 }, (_, at) => `${LONG.slice(3)}-${at}`) }, locale)],
    ['form-refused', refusalCard(failure('NotAllowed', { role: 'operator' }), locale)],
    ['file-sent', fileSentCard({ name: 'record-sales-1-2026-11-23.zip', bytes: 1_234_567, sha256: 'f'.repeat(64) }, locale)],
    ['file-sent-hostile', fileSentCard({ name: HOSTILE + ENDLESS, bytes: 0, sha256: 'f'.repeat(64) }, locale)],
    ['endpoint-testing', testingEndpointCard('mail-hq', locale)],
    ['endpoint-good', endpointTestCard('mail-hq', { reachable: true, greeting: HOSTILE, capabilities: ['IMAP4rev1', 'IDLE', 'AUTH=PLAIN'], tls: 'TLSv1.3' }, locale)],
    ['endpoint-no-method', endpointTestCard('mail-hq', { reachable: true, greeting: 'Exchange ready', tls: 'TLSv1.2', capabilities: ['IMAP4rev1', 'LOGINDISABLED', 'AUTH=NTLM', 'AUTH=GSSAPI'], error: failure('ImapMechanismUnsupported', { detail: 'NTLM, GSSAPI, LOGINDISABLED' }) }, locale)],
    ['endpoint-bad', endpointTestCard('mail-hq', { reachable: false, capabilities: [], error: failure('SourceUnreachable', { host: 'imap.example.com', port: 993, detail: 'the connection was refused: ECONNREFUSED', endpoint: 'mail-hq' }) }, locale)],
    ['error-unknown', errorCard(failure('UnknownCommand', { text: HOSTILE, nearest: 'start batch' }), locale, 'start batch')],
    ['error-state', errorCard(failure('ActionNotPossible', { action: 'Start', name: LONG, status: 'Completing', allowed: 'nothing' }), locale)],
    ['cluster', clusterCard(CLUSTER, locale, { id: '29:a', name: 'Operator A' })],
    ['cluster-solved', clusterCard({ ...CLUSTER, count: 0, sample: [] }, locale)],
    ['cluster-hostile', clusterCard({ ...CLUSTER, batch: LONG, error: hostileError, sample: [HOSTILE, ENDLESS], count: 50_000, firstSeen: '2026-11-20T09:10:00.000Z' }, locale, { id: '29:a', name: HOSTILE })],
    ['digest', digestCard(Array.from({ length: 40 }, (_, at) => ({ ...CLUSTER, batch: `${LONG.slice(4)}-${at}`, count: at + 1 })), locale)],
    ['report', reportCard(sampleReport(), locale)],
    ['report-empty', reportCard({ ...dailyReport({ date: '2026-11-23', now: Date.parse(NOW), batches: [], users: [], history: [], bytes: 0, copied: 0, usersSynced: 0, approvals: [] }), asOf: NOW }, locale)],
    ['why', storyCard(STORY, locale)],
    ['why-empty', storyCard({ ...STORY, events: [], earlier: 0 }, locale)],
    ['why-long', storyCard({ ...STORY, identity: `${'x'.repeat(64)}@example.com`, events: Array.from({ length: 200 }, (_, at) => ({ type: 'UserSyncFailed' as const, at: Date.parse(NOW) - at, batch: 'sales-1' as BatchName, user: 'a@example.com' as UserAddress, error: hostileError, by: HOSTILE })), earlier: 900 }, locale)],
    ['doctor', doctorCard(DOCTOR, locale)],
    ['doctor-well', doctorCard({ ...DOCTOR, findings: DOCTOR.findings.filter((each) => each.health === 'good') }, locale)],
    ['notice', noticeCard({ what: 'Notifications', tone: 'done', state: 'Watched', name: LONG, sentence: 'News come here.' })],
    ['upload', uploadCard({ batch: 'sales-1', url: `https://bellhop.example.com/upload/${'0'.repeat(64)}`, minutes: 30, inText: false }, locale)],
    ['upload-terminal', uploadCard({ batch: LONG, url: `https://bellhop.example.com/upload/${'0'.repeat(64)}`, minutes: 30, inText: true }, locale)],
    ['upload-sent', uploadElsewhereCard('sales-1', undefined, locale)],
    ['upload-ask', uploadElsewhereCard(LONG, 'add users sales-1', locale)],
    ['confirm', confirmCard({ text: 'start batch everyone', title: 'Start batch', count: 50_000, sample: ['a@example.com', 'b@example.com', 'c@example.com'] }, locale)],
    ['help', helpCard(COMMANDS, locale)],
    ...(['Look', 'Set up', 'Move', 'Repair', 'Finish'] as const).map((topic) => [`help-topic-${topic}`.replaceAll(' ', '-'), topicHelpCard(topic, COMMANDS, locale)] as const),
    ...COMMANDS.map((each) => [`help-${each.title}`.replaceAll(' ', '-'), commandHelpCard(each, locale)] as const),
  ]; // prettier-ignore
  return new Map(entries);
}
