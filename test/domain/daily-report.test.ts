import { expect, test } from 'vitest';
import { type ReportInput, type ReportedUser, dailyReport } from '../../src/engine/domain/daily-report.ts';
import { NO_ITEMS, imbalance } from '../../src/engine/domain/items.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const HOUR = 3_600_000;

function user(more: Partial<ReportedUser> = {}): ReportedUser {
  return {
    identity: 'a@example.com',
    batch: 'sales-1',
    status: 'Synced',
    items: { ...NO_ITEMS, source: 100, copied: 100 },
    score: 'Perfect',
    reasons: [],
    failure: undefined,
    lastSuccessfulSyncAt: NOW - 2 * HOUR,
    ...more,
  };
}

function report(more: Partial<ReportInput>) {
  return dailyReport({
    date: '2026-11-23',
    now: NOW,
    batches: [{ name: 'sales-1', intent: 'Started', every: 24 * HOUR }],
    users: [],
    history: [],
    bytes: 0,
    copied: 0,
    usersSynced: 0,
    ...more,
  });
}

test.each([
  ['no users', [], 0, 'nothing'],
  ['users, none started', [user({ status: 'Validating' })], 0, 'notStarted'],
  ['all synced', [user(), user()], 0, 'done'],
  ['running', [user(), user({ status: 'Syncing' })], 10, 'onTrack'],
  ['one failed', [user(), user({ status: 'Failed', failure: 'MailboxFull' })], 10, 'atRisk'],
  ['queued and nothing moved', [user(), user({ status: 'Queued' })], 0, 'standsStill'],
  ['a sync that is too old', [user({ lastSuccessfulSyncAt: NOW - 60 * HOUR })], 0, 'atRisk'],
] as const)('verdict: %s', (_what, users, copied, verdict) => {
  expect(report({ users, copied }).verdict).toBe(verdict);
});

test('the books of the report sum to zero, and say so when they do not', () => {
  const good = report({ users: [user(), user({ items: { ...NO_ITEMS, source: 10, copied: 4, pending: 6 } })] });
  const bad = report({ users: [user({ items: { ...NO_ITEMS, source: 10, copied: 9 } })] });

  expect(good.difference).toBe(0);
  expect(imbalance(good.items)).toBe(0);
  expect(bad.difference).toBe(1);
  expect(bad.atRisk).toEqual([{ identity: 'a@example.com', why: 'unbalanced' }]);
});

test('every user is in one stage of the funnel', () => {
  const users = (['Validating', 'Queued', 'Syncing', 'Synced', 'Failed', 'Stopped', 'Completed'] as const).map(
    (status) => user({ status }),
  );
  const { funnel } = report({ users });

  expect(Object.values(funnel).reduce((sum, value) => sum + value, 0)).toBe(users.length);
  expect(funnel).toEqual({ notStarted: 1, queued: 1, syncing: 1, synced: 1, failed: 1, stopped: 1, completed: 1 });
});

test('the burn-down keeps seven dates, today last; yesterday is the difference', () => {
  const history = Array.from({ length: 20 }, (_, at) => ({
    date: `2026-11-${String(at + 3).padStart(2, '0')}`,
    pending: 1000 - at,
    inTarget: at,
    bytes: at * 100,
  }));
  const { burnDown, yesterday } = report({ users: [user()], history, bytes: 2500 });

  expect(burnDown).toHaveLength(7);
  expect(burnDown.at(-1)?.date).toBe('2026-11-23');
  expect(yesterday.bytes).toBe(600);
});

test('a date that is told twice is one point', () => {
  const today = { date: '2026-11-23', pending: 1, inTarget: 0, bytes: 0 };

  expect(report({ users: [user()], history: [today] }).burnDown).toHaveLength(1);
});

test('the forecast comes from yesterday; without movement there is none', () => {
  const users = [user({ status: 'Syncing', items: { ...NO_ITEMS, source: 1000, copied: 0, pending: 1000 } })];

  expect(report({ users, copied: 250 }).finishAt).toBe(NOW + 4 * 24 * HOUR);
  expect(report({ users, copied: 0 }).finishAt).toBeNull();
});

test('what to do next: the largest failure first, three at most', () => {
  const users = [
    ...Array.from({ length: 3 }, () => user({ status: 'Failed', failure: 'MailboxFull' })),
    user({ status: 'Failed', failure: 'ImapAuthenticationException' }),
    user({ items: { ...NO_ITEMS, source: 2, copied: 1, skipped: 1 } }),
    user({ batch: 'sales-2', status: 'Validating' }),
  ];
  const batches = [
    { name: 'sales-1', intent: 'Started' as const, every: 24 * HOUR },
    { name: 'sales-2', intent: 'Created' as const, every: 24 * HOUR },
  ];

  expect(report({ users, batches }).next).toEqual([
    { do: 'fix', batch: 'sales-1', code: 'MailboxFull', count: 3 },
    { do: 'fix', batch: 'sales-1', code: 'ImapAuthenticationException', count: 1 },
    { do: 'review', batch: 'sales-1', count: 1 },
  ]);
});
