import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../src/engine/domain/events.ts';
import { type FailureCode, failure } from '../../src/engine/domain/failure.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import {
  type FailureCluster,
  clusterFailures,
  needsPerson,
  tellClusters,
} from '../../src/engine/domain/notification.ts';
import { isReportDue, readDays } from '../../src/engine/domain/report-schedule.ts';
import { isQuiet, readQuietHours, readTimeOfDay, wallTime } from '../../src/engine/domain/wall-clock.ts';

const NIGHT = { date: '2026-11-23', minutes: 23 * 60, weekday: 1 };
const NOON = { date: '2026-11-23', minutes: 12 * 60, weekday: 1 };
const quiet = readQuietHours('20:00-07:00');

function failed(user: number, code: FailureCode, at: number, batch = 'branch-2'): MigrationEvent {
  return {
    type: 'UserSyncFailed',
    at,
    batch: batch as BatchName,
    user: `user.${user}@example.com` as UserAddress,
    error: failure(code, { address: `user.${user}@example.com` }),
  };
}

function clusters(total: number, code: FailureCode = 'MailboxFull'): readonly FailureCluster[] {
  return Array.from({ length: total }, (_, at) => ({
    batch: `batch-${at}` as BatchName,
    code,
    error: failure(code),
    firstSeen: at,
    lastSeen: at,
  }));
}

describe('failures become causes', () => {
  test('50,000 users with one cause are one cluster, with its first and last time', () => {
    const events = Array.from({ length: 50_000 }, (_, at) => failed(at, 'ImapAuthenticationException', 1000 + at));

    expect(clusterFailures(events)).toEqual([
      expect.objectContaining({
        code: 'ImapAuthenticationException',
        batch: 'branch-2',
        firstSeen: 1000,
        lastSeen: 50_999,
      }),
    ]);
  });

  test('another cause and another batch are clusters of their own', () => {
    const events = [
      failed(1, 'MailboxFull', 1),
      failed(2, 'ImapAuthenticationException', 2),
      failed(3, 'MailboxFull', 3, 'sales-1'),
    ];

    expect(clusterFailures(events)).toHaveLength(3);
  });

  test('only what no retry heals calls a person', () => {
    expect(needsPerson({ code: 'ImapAuthenticationException' })).toBe(true);
    expect(needsPerson({ code: 'TargetUnavailable' })).toBe(false);
  });
});

describe('what a conversation is told', () => {
  test.each([
    ['nothing new', 0, NOON, 10, 'nothing', 0],
    ['one cause: its card', 1, NOON, 10, 'clusters', 1],
    ['three causes: three cards', 3, NOON, 10, 'clusters', 3],
    ['four causes: one digest', 4, NOON, 10, 'digest', 4],
    ['three causes, room for two: one digest', 3, NOON, 2, 'digest', 3],
    ['one cause, the last room: its card', 1, NOON, 1, 'clusters', 1],
    ['no room in this hour: later', 5, NOON, 0, 'nothing', 0],
    ['at night: in the morning', 5, NIGHT, 10, 'nothing', 0],
  ] as const)('%s', (_what, total, now, room, tell, told) => {
    const telling = tellClusters(clusters(total), { now, quiet, room });

    expect(telling.tell).toBe(tell);
    expect(telling.tell === 'nothing' ? 0 : telling.clusters.length).toBe(told);
  });

  test('what stops everybody is told at night', () => {
    expect(tellClusters(clusters(1, 'TargetSignInFailed'), { now: NIGHT, quiet, room: 5 }).tell).toBe('clusters');
  });
});

describe('clocks on the wall', () => {
  test.each([
    ['2026-11-23T07:30:00Z', 'Europe/Berlin', '2026-11-23', 8 * 60 + 30, 1],
    ['2026-07-01T07:30:00Z', 'Europe/Berlin', '2026-07-01', 9 * 60 + 30, 3],
    ['2026-11-22T23:30:00Z', 'Europe/Berlin', '2026-11-23', 30, 1],
    ['2026-11-23T02:00:00Z', 'America/New_York', '2026-11-22', 21 * 60, 7],
  ])('%s in %s', (iso, zone, date, minutes, weekday) => {
    expect(wallTime(Date.parse(iso), zone)).toEqual({ date, minutes, weekday });
  });

  test.each([
    ['20:00-07:00', 23 * 60, true],
    ['20:00-07:00', 6 * 60, true],
    ['20:00-07:00', 7 * 60, false],
    ['12:00-13:00', 12 * 60 + 30, true],
    ['12:00-12:00', 12 * 60, false],
  ])('quiet %s at minute %d: %s', (text, minutes, expected) => {
    expect(isQuiet({ date: '', weekday: 1, minutes }, readQuietHours(text))).toBe(expected);
  });

  test.each([
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['fri-mon', [1, 5, 6, 7]],
    ['mo,mi,fr', [1, 3, 5]],
    ['Tuesday', [2]],
    ['someday', undefined],
  ])('days %s', (text, days) => expect(readDays(text)).toEqual(days));

  test.each([
    ['08:00', 480],
    ['8', 480],
    ['23:59', 1439],
    ['24:00', undefined],
    ['8:61', undefined],
  ])('time %s', (text, minutes) => expect(readTimeOfDay(text)).toBe(minutes));

  test('a report is due from its time on, on its days, and not late in the evening', () => {
    const schedule = { at: 480, days: [1, 2, 3, 4, 5], zone: 'UTC' };

    expect(isReportDue(schedule, { date: '', minutes: 479, weekday: 1 })).toBe(false);
    expect(isReportDue(schedule, { date: '', minutes: 480, weekday: 1 })).toBe(true);
    expect(isReportDue(schedule, { date: '', minutes: 480, weekday: 6 })).toBe(false);
    expect(isReportDue(schedule, { date: '', minutes: 1300, weekday: 1 })).toBe(false);
  });
});
