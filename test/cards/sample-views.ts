import { failure } from '../../src/engine/domain/failure.ts';
import type { ApprovalView, EndpointView, ExportView, SkippedView, VerifyView } from '../../src/engine/views.ts';
import type { BatchName, EndpointName, UserAddress } from '../../src/engine/domain/ids.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import type { BatchView, CheckView, FailuresView, PlanView, StatusView, UserView } from '../../src/engine/views.ts';

export const NOW = '2026-11-23T12:57:10.000Z';

/** Everything a text from outside may try: markup, mentions, links, expansions, bidirectional and invisible characters. */
export const HOSTILE =
  '<at>everyone</at> [pay](https://evil.example) **now** {{DATE(2026-01-01,SHORT)}} ${$root} \u202eesrever\u202c <script>alert(1)</script> | # - `x` \u0000\u200b&lt;at&gt;';
export const LONG = 'n'.repeat(64);
export const ENDLESS = 'W'.repeat(10_000);

const refused = failure('ImapAuthenticationException', {
  code: 'AUTHENTICATIONFAILED',
  detail: 'Invalid credentials',
  address: 'counter.01@example.com',
});
const noMailbox = failure('MigrationRecipientNotFoundException', { address: 'stock@example.com' });

export function sampleBatch(more: Partial<BatchView> = {}): BatchView {
  return {
    identity: 'sales-1',
    status: 'Syncing',
    state: 'Active',
    endpoint: 'mail-hq',
    createdBy: 'Operator A',
    creationDateTime: '2026-11-23T07:30:00.000Z',
    startDateTime: '2026-11-23T08:02:00.000Z',
    lastSyncedDateTime: null,
    expirationDateTime: null,
    completionDateTime: null,
    completionAgreed: true,
    priority: 'normal',
    totalCount: 480,
    activeCount: 20,
    stoppedCount: 3,
    syncedCount: 262,
    finalizedCount: 0,
    failedCount: 12,
    completedWithWarningCount: 0,
    pendingCount: 183,
    provisionedCount: 477,
    validationWarningCount: 0,
    readyCount: 388,
    dataConsistencyScore: 'Investigate',
    reasons: [
      { kind: 'missing', count: 24, text: 'skipped' },
      { kind: 'metadata', count: 188, text: 'the signature can no longer be verified' },
    ],
    items: {
      ...NO_ITEMS,
      source: 1_284_310,
      copied: 744_218,
      adopted: 61_004,
      excluded: 18_902,
      skipped: 24,
      pending: 460_162,
    },
    bytesTransferred: 88_000_000_000,
    itemsPerSecond: 42,
    bytesPerSecond: 5_000_000,
    uncountedCount: 0,
    etaSeconds: 10_956,
    etaP90Seconds: 14_400,
    ceiling: 'bytes',
    ceilingShare: 0.86,
    bottleneck: 'source',
    waitingCount: 183,
    workerCount: 2,
    lostSeconds: { source: 21_400, target: 3100, budget: 62_800, cpu: 900, slot: 1_480_000 },
    movingSeconds: 9800,
    live: null,
    supportedActions: ['Stop', 'SyncNow'],
    failures: [
      { error: refused, title: 'The source refused the sign-in', count: 9, sample: ['counter.01@example.com'] },
      { error: noMailbox, title: 'No mailbox in the target', count: 3, sample: ['stock@example.com'] },
    ],
    asOf: NOW,
    ...more,
  };
}

export function sampleApproval(state: ApprovalView['state']): ApprovalView {
  const decided = state === 'done' || state === 'approved';
  return {
    identity: '7F3A9C',
    state,
    plan: {
      text: 'complete batch sales-1',
      title: 'Complete batch',
      count: 512,
      of: 'users',
      sample: ['info@example.com', 'sales.desk@example.com', 'hr@example.com'],
    },
    planHash: '9f2b6c1e0d4a58f7b3c2a1908e7d6f5544332211ffeeddccbbaa998877665544',
    needed: 1,
    requestedBy: 'Operator A',
    requestedAt: new Date(Date.parse(NOW) - 1_800_000).toISOString(),
    expiresAt: new Date(Date.parse(NOW) + 80_000_000).toISOString(),
    decisions:
      state === 'rejected'
        ? [
            {
              by: 'Approver B',
              at: NOW,
              verdict: 'rejected',
              reason: 'Not before Monday: the phones still use the old server.',
              breakGlass: false,
              withdrawn: false,
            },
          ]
        : decided
          ? [{ by: 'Approver A', at: NOW, verdict: 'approved', reason: null, breakGlass: false, withdrawn: false }]
          : [],
    replacedBy: state === 'void' ? '03BB1E' : null,
    asOf: NOW,
  };
}

export function sampleVerify(): VerifyView {
  return {
    identity: 'sales.desk@example.com',
    users: 1,
    done: 1,
    equal: 0,
    different: 1,
    unknown: 0,
    sourceItems: 12_408,
    inTarget: 12_041,
    elsewhere: 212,
    skipped: 3,
    excluded: 120,
    removedByOwner: 27,
    missing: 4,
    differentItems: 1,
    surplus: 18,
    doubled: 2,
    results: [
      {
        identity: 'sales.desk@example.com',
        verdict: 'different',
        error: null,
        folders: [
          {
            source: 'Projects/2019',
            sourceItems: 900,
            inTarget: 895,
            elsewhere: 0,
            skipped: 0,
            excluded: 0,
            removedByOwner: 0,
            missing: 4,
            different: 1,
            surplus: 0,
            uids: [311, 312, 340, 341, 388],
          },
        ],
        finishedAt: NOW,
        file: '/var/lib/bellhop/reports/verify-sales.desk@example.com.json',
        sha256: '9f2b6c1e0d4a58f7b3c2a1908e7d6f5544332211ffeeddccbbaa998877665544',
      },
    ],
    asOf: NOW,
  };
}

export function sampleExport(more: Partial<ExportView> = {}): ExportView {
  const sha256 = '9f2b6c1e0d4a58f7b3c2a1908e7d6f5544332211ffeeddccbbaa998877665544';
  const folder = '/var/lib/bellhop/records/record-sales-1-2026-11-23T12-57-10-000Z';
  return {
    ...{ identity: 'sales-1', users: 512, openItems: 0, folder },
    archive: { file: `${folder}.zip`, bytes: 181_234, sha256 },
    files: [
      'report.html',
      'users.csv',
      'pack.json',
      'audit.jsonl',
      'public-key.pem',
      'manifest.json',
      'manifest.sig',
    ].map((name) => ({ name, bytes: 81_234, sha256 })),
    chain: { seq: 1284, hash: sha256.split('').toReversed().join('') },
    fingerprint: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
    publicKey:
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    asOf: NOW,
    ...more,
  };
}

export function sampleSkipped(): SkippedView {
  return {
    identity: 'sales.desk@example.com',
    batchId: 'sales-1',
    count: 3,
    unapprovedCount: 2,
    items: [
      {
        folder: 'Projects/2019',
        uidValidity: '7',
        uid: 48_211,
        size: 157_000_000,
        kind: 'large',
        code: 'ItemTooLarge',
        reason: failure('ItemTooLarge', {
          uid: 48_211,
          folder: 'Projects/2019',
          size: '157,000,000',
          limit: '150.0 MB',
        }).message,
        subject: 'Plans for the new hall, all drawings',
        from: 'architect@fabrikam.example',
        date: Date.UTC(2019, 4, 7),
      },
      {
        folder: 'INBOX',
        uidValidity: '3',
        uid: 300,
        size: 2100,
        kind: 'corrupt',
        code: 'ItemUnreadable',
        reason: failure('ItemUnreadable', {
          uid: 300,
          folder: 'INBOX',
          detail: 'the server delivers 812 of 2100 bytes',
        }).message,
        date: Date.UTC(2014, 1, 2),
      },
      {
        folder: 'INBOX',
        uidValidity: '3',
        uid: 512,
        size: 81_000,
        kind: 'refused',
        code: 'ItemRefused',
        reason: failure('ItemRefused', { uid: 512, folder: 'INBOX', detail: '400 ErrorInvalidRecipients' }).message,
        subject: 'Newsletter',
        from: 'news@fabrikam.example',
        date: Date.UTC(2016, 9, 30),
        approved: { by: 'Approver A', at: Date.parse(NOW) - 3_600_000 },
      },
    ],
    asOf: NOW,
  };
}

export function sampleUser(more: Partial<UserView> = {}): UserView {
  return {
    identity: 'sales.desk@example.com',
    guid: '5f0c9f1e-0000-4000-8000-000000000001',
    batchId: 'sales-1',
    mailboxEmailAddress: 'sales.desk@example.com',
    mailboxGuid: '5f0c9f1e-0000-4000-8000-000000000002',
    recipientType: 'shared',
    userName: 'sales.desk',
    status: 'Synced',
    statusSummary: 'Synced',
    state: 'Waiting',
    migrationType: 'IMAP',
    syncedItemCount: 22_303,
    skippedItemCount: 3,
    transferredItemCount: 22_303,
    estimatedTotalCount: 22_418,
    estimatedTotalSize: 3_100_000_000,
    bytesTransferred: 3_100_000_000,
    itemsPerSecond: 0,
    bytesPerSecond: 0,
    etaSeconds: null,
    etaP90Seconds: null,
    ceiling: null,
    ceilingShare: null,
    bottleneck: null,
    lostSeconds: { source: 2200, target: 400, budget: 6400, cpu: 0, slot: 1400 },
    movingSeconds: 1100,
    lastSuccessfulSyncTime: '2026-11-23T12:41:00.000Z',
    live: null,
    nextSyncTime: '2026-11-24T12:41:00.000Z',
    readyTime: '2026-11-23T09:12:00.000Z',
    priority: 'normal',
    workerCount: 2,
    dataConsistencyScore: 'Investigate',
    reasons: [{ kind: 'missing', count: 3, text: 'skipped' }],
    hasUnapprovedSkippedItems: true,
    supportedActions: ['SyncNow', 'Stop'],
    items: { ...NO_ITEMS, source: 22_418, copied: 22_303, excluded: 112, skipped: 3 },
    folders: [
      { source: 'INBOX', target: 'Inbox', sourceItems: 12_840, targetItems: 12_840, skipped: 0, excluded: 0, error: null },
      { source: 'Projects/*2024* [old]', target: 'Projects / *2024* [old]', sourceItems: 2374, targetItems: 2371, skipped: 3, excluded: 0, error: null },
      { source: 'Sent', target: 'Sent Items', sourceItems: 6102, targetItems: 6102, skipped: 0, excluded: 0, error: null },
      { source: 'Trash', target: 'Deleted Items', sourceItems: 990, targetItems: 990, skipped: 0, excluded: 0, error: null },
      { source: 'Junk', target: '', sourceItems: 112, targetItems: 0, skipped: 0, excluded: 112, error: null },
    ],
    skipped: [
      { folder: 'Projects/*2024* [old]', uidValidity: '7', uid: 48_211, size: 157_000_000, kind: 'large', code: 'ItemTooLarge', reason: failure('ItemTooLarge', { uid: 48_211, folder: 'Projects/*2024* [old]', size: '157,000,000', limit: '150.0 MB' }).message, subject: 'Plans' },
      { folder: 'Projects/*2024* [old]', uidValidity: '7', uid: 48_300, size: 2100, kind: 'corrupt', code: 'ItemUnreadable', reason: failure('ItemUnreadable', { uid: 48_300, folder: 'Projects/*2024* [old]', detail: 'the server hangs up at this message' }).message },
    ],
    findings: {},
    warnings: [],
    error: null,
    asOf: NOW,
    ...more,
  }; // prettier-ignore
}

export function sampleFailures(more: Partial<FailuresView> = {}): FailuresView {
  const who = (total: number, batchId: string) =>
    Array.from({ length: total }, (_, at) => ({
      identity: `counter.${String(at + 1).padStart(2, '0')}@example.com`,
      batchId,
      message: refused.message,
    }));
  return {
    batch: 'branch-2',
    groups: [
      { error: refused, title: 'The source refused the sign-in', count: 312, users: who(312, 'branch-2') },
      { error: noMailbox, title: 'No mailbox in the target', count: 2, users: [{ identity: 'stock@example.com', batchId: 'branch-2', message: noMailbox.message }] },
    ],
    asOf: NOW,
    ...more,
  }; // prettier-ignore
}

export function sampleStatus(batches: readonly BatchView[] = [sampleBatch()]): StatusView {
  const total = (key: 'totalCount' | 'activeCount' | 'stoppedCount' | 'syncedCount' | 'finalizedCount' | 'failedCount' | 'pendingCount' | 'provisionedCount') =>
    batches.reduce((sum, each) => sum + each[key], 0); // prettier-ignore
  return {
    batches,
    totalCount: total('totalCount'),
    activeCount: total('activeCount'),
    stoppedCount: total('stoppedCount'),
    syncedCount: total('syncedCount'),
    finalizedCount: total('finalizedCount'),
    failedCount: total('failedCount'),
    pendingCount: total('pendingCount'),
    provisionedCount: total('provisionedCount'),
    migrationType: 'IMAP',
    workerCount: 2,
    itemsPerSecond: batches.reduce((sum, each) => sum + each.itemsPerSecond, 0),
    bytesPerSecond: batches.reduce((sum, each) => sum + each.bytesPerSecond, 0),
    etaSeconds: batches.length === 0 ? null : 10_956,
    etaP90Seconds: batches.length === 0 ? null : 14_400,
    ceiling: batches.length === 0 ? null : 'tenantRequests',
    ceilingShare: batches.length === 0 ? null : 0.04,
    bottleneck: null,
    lostSeconds: { source: 21_400, target: 3100, budget: 62_800, cpu: 900, slot: 1_480_000 },
    movingSeconds: 9800,
    asOf: NOW,
  };
}

export function sampleCheck(more: Partial<CheckView> = {}): CheckView {
  return {
    batch: 'sales-2' as BatchName,
    request: 'r1',
    startedAt: '2026-11-23T07:41:00.000Z',
    finishedAt: '2026-11-23T07:49:00.000Z',
    users: 512,
    checked: 512,
    ready: 507,
    items: 1_310_000,
    bytes: 154_000_000_000,
    folders: 9120,
    largestItem: 148_000_000,
    subject: '0'.repeat(64),
    hash: '7f3a9c01d2e4b586',
    prediction: { seconds: 31_000, pace: { mailboxes: 20, itemsPerSecondOfOne: 14.2, itemsPerSecond: 42.3 } },
    report: {
      file: '/var/lib/bellhop/reports/check-sales-2-2026-11-23T07-49-00-000Z.csv',
      bytes: 61_000,
      sha256: '9'.repeat(64),
    },
    problems: Array.from({ length: 5 }, (_, at) => ({
      user: `counter.0${at}@example.com` as UserAddress,
      error: at < 3 ? refused : noMailbox,
    })),
    notes: [
      { kind: 'oversize', count: 31, text: 'messages are larger than the target takes and will be skipped' },
      { kind: 'renamed-folder', count: 2, text: 'folder names change to fit Exchange' },
    ],
    asOf: NOW,
    ...more,
  };
}

export const sampleEndpoint = {
  name: 'mail-hq' as EndpointName,
  host: 'imap.example.com',
  port: 993,
  security: 'tls',
  login: 'plain',
  initial: 20,
  incremental: 10,
} as const;

export const sampleLearned: EndpointView['learned'] = [
  {
    ...{ kind: 'login', name: 'user*master', connections: 10, learnedAt: '2026-11-28T14:02:00.000Z' },
    said: 'Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
  },
];

export function samplePlan(name = 'INBOX'): PlanView {
  const none = { copied: 0, bytes: 0, excluded: 0, tooLarge: 0, moved: 0, flagged: 0, removed: 0, held: 0 };
  const folders = [
    { ...none, source: name, target: 'Inbox', copied: 34, bytes: 4_200_000, flagged: 12, removed: 3 },
    { ...none, source: 'Plans 2024', target: 'Plans 2024', renamedFrom: 'Plans', moved: 20, tooLarge: 1 },
    { ...none, source: 'Offers', target: 'Offers', change: 'new' as const, copied: 8, bytes: 900_000 },
    { ...none, source: 'Old/Branch', target: '', change: 'vanished' as const, held: 140 },
  ];
  const sums = {
    copied: 42,
    bytes: 5_100_000,
    excluded: 0,
    tooLarge: 1,
    moved: 20,
    flagged: 12,
    removed: 3,
    held: 140,
  };
  return {
    identity: 'sales.desk@example.com',
    users: 1,
    done: 1,
    ...sums,
    results: [{ identity: 'sales.desk@example.com', error: null, ...sums, folders }],
    asOf: NOW,
  };
}
