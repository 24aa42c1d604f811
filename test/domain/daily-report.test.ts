import { describe, expect, test } from 'vitest';
import { type ReportInput, type ReportedUser, dailyReport } from '../../src/engine/domain/daily-report.ts';
import { paceOf } from '../../src/engine/domain/pace.ts';
import { NO_ITEMS, imbalance } from '../../src/engine/domain/items.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const HOUR = 3_600_000;
const PACE = { copied: 0, ms: 24 * HOUR };

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
    batches: [{ name: 'sales-1', intent: 'Started', every: 24 * HOUR, pace: PACE }],
    users: [],
    history: [],
    bytes: 0,
    copied: 0,
    usersSynced: 0,
    approvals: [],
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

test('the burn-down keeps seven dates, today last', () => {
  const history = Array.from({ length: 20 }, (_, at) => ({
    date: `2026-11-${String(at + 3).padStart(2, '0')}`,
    pending: 1000 - at,
    inTarget: at,
    bytes: at * 100,
  }));
  const { burnDown } = report({ users: [user()], history, bytes: 2500 });

  expect(burnDown).toHaveLength(7);
  expect(burnDown.at(-1)?.date).toBe('2026-11-23');
});

test('a date that is told twice is one point', () => {
  const today = { date: '2026-11-23', pending: 1, inTarget: 0, bytes: 0 };

  expect(report({ users: [user()], history: [today] }).burnDown).toHaveLength(1);
});

test('the forecast comes from yesterday; without movement there is none', () => {
  const users = [user({ status: 'Syncing', items: { ...NO_ITEMS, source: 1000, copied: 0, pending: 1000 } })];

  const batches = (copied: number) => [
    { name: 'sales-1', intent: 'Started' as const, every: 24 * HOUR, pace: { copied, ms: 24 * HOUR } },
  ];

  expect(report({ users, batches: batches(250) }).finishAt).toBe(NOW + 4 * 24 * HOUR);
  expect(report({ users, batches: batches(0) }).finishAt).toBeNull();
});

test('yesterday is the date before, from its beginning to its end; without them the last 24 hours', () => {
  const history = [
    { date: '2026-11-22', at: NOW - 32 * HOUR, pending: 900, inTarget: 100, bytes: 1000 },
    { date: '2026-11-23', at: NOW - 8 * HOUR, pending: 500, inTarget: 500, bytes: 5000 },
  ];

  expect(report({ history, copied: 7, bytes: 9000 }).yesterday).toEqual({
    ...{ whole: true, copied: 400, users: 0, bytes: 4000 },
    perSecond: 400 / (24 * 3600),
  });
  expect(report({ copied: 7 }).yesterday).toMatchObject({ whole: false, copied: 7, bytes: null });
  // A day nobody looked at is no yesterday.
  expect(report({ history: history.slice(1), copied: 7 }).yesterday).toMatchObject({ whole: false, copied: 7 });
});

describe('a planned cutover', () => {
  const moving = [user({ status: 'Syncing', items: { ...NO_ITEMS, source: 1000, pending: 1000 } })];
  const planned = (copied: number, days: number) => [
    {
      ...{ name: 'sales-1', intent: 'Started' as const, every: 24 * HOUR, pace: { copied, ms: 24 * HOUR } },
      cutover: { at: NOW + days * 24 * HOUR, date: '2026-11-30' },
    },
  ];

  test.each([
    ['in time', moving, 500, 3, 'onTime', 'onTrack'],
    ['too slow', moving, 100, 3, 'late', 'atRisk'],
    ['nothing moves', moving, 0, 3, 'still', 'atRisk'],
    ['the day is past', moving, 500, -1, 'over', 'atRisk'],
    ['everybody is there', [user()], 0, 3, 'ready', 'done'],
    ['all mail is there, one user needs a person', [user({ status: 'Failed' })], 0, 3, 'stuck', 'atRisk'],
    ['all mail is there, one user is not', [user({ status: 'Syncing' })], 0, 3, 'onTime', 'onTrack'],
  ] as const)('%s', (_what, users, copied, days, outlook, verdict) => {
    const { cutovers, verdict: said } = report({ users, batches: planned(copied, days) });

    expect(cutovers).toMatchObject([{ batch: 'sales-1', outlook }]);
    expect(said).toBe(verdict);
  });

  test('says how much a day would be enough; a completed batch has it behind itself', () => {
    expect(report({ users: moving, batches: planned(100, 4) }).cutovers[0]?.neededPerDay).toBe(250);
    expect(
      report({ batches: planned(0, 4).map((each) => ({ ...each, intent: 'Completed' as const })) }).cutovers,
    ).toEqual([]);
  });
});

test('who waits for a decision comes first', () => {
  const asked = { identity: '7F3A9C', title: 'Complete batch', batch: 'sales-1', requestedBy: 'Operator A' };
  const approvals = [{ ...asked, requestedAt: NOW - HOUR, expiresAt: NOW + HOUR }];

  expect(report({ approvals, users: [user({ status: 'Failed', failure: 'MailboxFull' })] }).next).toEqual([
    { do: 'decide', count: 1 },
    { do: 'fix', batch: 'sales-1', code: 'MailboxFull', count: 1 },
  ]);
});

describe('the pace of a batch', () => {
  const before = {
    date: '2026-11-22',
    at: NOW - 32 * HOUR,
    pending: 0,
    inTarget: 0,
    bytes: 0,
    batches: { 'sales-1': 400 },
  };
  const input = { batch: 'sales-1', now: NOW, inTarget: 1000, ended: 3, startedAt: NOW - 90 * HOUR, before };

  test('is measured by what is in the target, since yesterday began', () => {
    expect(paceOf(input)).toEqual({ copied: 600, ms: 32 * HOUR });
  });
  test('since its own beginning when that is later: a first sync that lasts counts from its first hour', () => {
    expect(paceOf({ ...input, startedAt: NOW - 2 * HOUR })).toEqual({ copied: 1000, ms: 2 * HOUR });
  });
  test('by the syncs that ended where nobody looked yesterday', () => {
    expect(paceOf({ ...input, before: undefined })).toEqual({ copied: 3, ms: 24 * HOUR });
  });
  test('a batch that lost users does not run backwards', () => {
    expect(paceOf({ ...input, inTarget: 10 }).copied).toBe(0);
  });
});

test('what to do next: the largest failure first, three at most', () => {
  const users = [
    ...Array.from({ length: 3 }, () => user({ status: 'Failed', failure: 'MailboxFull' })),
    user({ status: 'Failed', failure: 'ImapAuthenticationException' }),
    user({ items: { ...NO_ITEMS, source: 2, copied: 1, skipped: 1 } }),
    user({ batch: 'sales-2', status: 'Validating' }),
  ];
  const batches = [
    { name: 'sales-1', intent: 'Started' as const, every: 24 * HOUR, pace: PACE },
    { name: 'sales-2', intent: 'Created' as const, every: 24 * HOUR, pace: PACE },
  ];

  expect(report({ users, batches }).next).toEqual([
    { do: 'fix', batch: 'sales-1', code: 'MailboxFull', count: 3 },
    { do: 'fix', batch: 'sales-1', code: 'ImapAuthenticationException', count: 1 },
    { do: 'review', batch: 'sales-1', count: 1 },
  ]);
});
