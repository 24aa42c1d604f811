import type { ClusterView } from '../../src/cards/cluster-card.ts';
import type { DoctorFindings } from '../../src/cards/doctor-card.ts';
import type { Story } from '../../src/cards/story-card.ts';
import { type ReportedUser, dailyReport } from '../../src/engine/domain/daily-report.ts';
import type { Report } from '../../src/cards/report-sections.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import { NOW, sampleStatus } from './sample-views.ts';

const refused = failure('ImapAuthenticationException', {
  code: 'AUTHENTICATIONFAILED',
  detail: 'Invalid credentials',
  address: 'counter.01@example.com',
});

export const CLUSTER: ClusterView = {
  batch: 'branch-2',
  error: refused,
  count: 312,
  sample: ['counter.01@example.com', 'counter.02@example.com', 'stock@example.com'],
  firstSeen: '2026-11-23T09:10:00.000Z',
  lastSeen: '2026-11-23T12:56:00.000Z',
  asOf: NOW,
};

export const STORY: Story = {
  identity: 'info@example.com',
  batch: 'sales-1',
  status: 'Failed',
  events: [
    { type: 'BatchStarted', at: Date.parse('2026-11-22T08:02:00Z'), batch: 'sales-1' as BatchName, by: 'Operator A' },
    { type: 'UserSyncStarted', at: Date.parse('2026-11-22T08:03:00Z'), batch: 'sales-1' as BatchName, user: 'info@example.com' as UserAddress, initial: true },
    { type: 'UserSynced', at: Date.parse('2026-11-22T09:41:00Z'), batch: 'sales-1' as BatchName, user: 'info@example.com' as UserAddress, initial: true, copied: 22_303, items: NO_ITEMS },
    { type: 'UserSyncDelayed', at: Date.parse('2026-11-23T09:05:00Z'), batch: 'sales-1' as BatchName, user: 'info@example.com' as UserAddress, until: Date.parse('2026-11-23T09:10:00Z'), reason: failure('SourceConnectionLost', { host: 'imap.example.com', detail: 'reading messages (ECONNRESET)' }) },
    { type: 'UserSyncFailed', at: Date.parse('2026-11-23T09:10:00Z'), batch: 'sales-1' as BatchName, user: 'info@example.com' as UserAddress, error: refused },
  ],
  earlier: 0,
  asOf: NOW,
}; // prettier-ignore

export const DOCTOR: DoctorFindings = {
  findings: [
    { what: 'state', health: 'good', value: '9' },
    { what: 'ledger', health: 'good', value: 'Postgres 15.14' },
    { what: 'queue', health: 'good', value: '20/480' },
    { what: 'target', health: 'bad', error: failure('TargetSignInFailed', { detail: 'invalid_client' }) },
    { what: 'record', health: 'good', value: '1284' },
    { what: 'access', health: 'good', about: 'User.Read.All, Domain.Read.All', value: '2026-11-23T13:57:00.000Z' },
    { what: 'certificate', health: 'look', value: '2026-12-05T00:00:00.000Z' },
    { what: 'drop', health: 'look', value: '0/2' },
    { what: 'places', health: 'good', value: '4' },
    { what: 'endpoint', health: 'good', about: 'mail-hq' },
    { what: 'endpoint', health: 'unknown', about: 'branch' },
    { what: 'lastPost', health: 'good', value: '2026-11-23T12:56:00.000Z' },
    { what: 'unconfirmed', health: 'look', value: '1' },
    { what: 'closed', health: 'good', value: '0' },
  ],
  asOf: NOW,
};

/** 6,200 users in nine batches on an ordinary Monday. */
export function sampleReport(): Report {
  const users = Array.from({ length: 6200 }, (_, at): ReportedUser => {
    const status =
      at < 3740 ? 'Synced' : at < 4100 ? 'Failed' : at < 4200 ? 'Syncing' : at < 5400 ? 'Queued' : 'Validating';
    const copied = at < 4200 ? 1700 : 0;
    const skipped = at % 700 === 3 ? 2 : 0;
    const pending = at < 4200 ? 0 : 900;
    return {
      identity: `user.${at}@example.com`,
      batch: at < 3740 ? 'sales-1' : at < 4100 ? 'branch-2' : 'sales-3',
      status,
      items: { ...NO_ITEMS, source: copied + skipped + pending, copied, skipped, pending },
      score: status !== 'Synced' ? undefined : skipped > 0 ? 'Investigate' : at % 9 === 0 ? 'Good' : 'Perfect',
      reasons:
        skipped > 0
          ? [{ kind: 'missing', count: skipped, text: 'skipped' }]
          : at % 9 === 0
            ? [{ kind: 'metadata', count: 3, text: 'the signature can no longer be verified' }]
            : [],
      failure:
        status === 'Failed'
          ? at < 4060
            ? 'ImapAuthenticationException'
            : 'MigrationRecipientNotFoundException'
          : undefined,
      lastSuccessfulSyncAt: status === 'Synced' ? Date.parse(NOW) - (at < 4 ? 300 : 4) * 3_600_000 : undefined,
    };
  });
  const history = [16.9, 15.7, 13.4, 11.6, 9.9, 8.1].map((millions, at) => ({
    date: `2026-11-${17 + at}`,
    pending: millions * 1_000_000,
    inTarget: 0,
    bytes: 900_000_000_000 + at * 150_000_000_000,
    at: Date.parse(`2026-11-${17 + at}T00:00:00Z`),
  }));
  history.push({
    date: '2026-11-23',
    at: Date.parse('2026-11-23T00:00:00Z'),
    pending: 6_610_000,
    inTarget: 1_490_000,
    bytes: 1_831_000_000_000,
  });
  const report = dailyReport({
    date: '2026-11-23',
    now: Date.parse(NOW),
    batches: [
      { name: 'sales-1', intent: 'Started', every: 86_400_000, pace: { copied: 60_000, ms: 86_400_000 }, cutover: { at: Date.parse('2026-11-27T23:00:00Z'), date: '2026-11-28' } },
      { name: 'branch-2', intent: 'Started', every: 86_400_000, pace: { copied: 30_000, ms: 86_400_000 }, cutover: { at: Date.parse('2026-12-01T23:00:00Z'), date: '2026-12-02' } },
      { name: 'sales-3', intent: 'Created', every: 86_400_000, pace: { copied: 1_400_000, ms: 86_400_000 }, cutover: { at: Date.parse('2026-12-11T23:00:00Z'), date: '2026-12-12' } },
    ],
    users,
    history,
    bytes: 1_831_000_000_000,
    copied: 1_490_000,
    usersSynced: 524,
    approvals: [
      { identity: '7F3A9C', title: 'Complete batch', batch: 'pilot', requestedBy: 'Operator A', requestedAt: Date.parse('2026-11-22T16:12:00Z'), expiresAt: Date.parse('2026-11-23T16:12:00Z') },
    ],
  }); // prettier-ignore
  const speed = { ...sampleStatus(), waitingCount: 183 };
  return { ...report, speed, asOf: NOW };
}
