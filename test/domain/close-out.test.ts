import { describe, expect, test } from 'vitest';
import { type CloseOutUser, openItemsOf } from '../../src/engine/domain/close-out.ts';
import type { EventBody, MigrationEvent } from '../../src/engine/domain/events.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import { syncSpeeds } from '../../src/engine/domain/sync-speeds.ts';
import { address, batchName } from '../contracts/sample-records.ts';

const batch = batchName('sales-1');
const user = address('ada@contoso.example');
const verification = { user, batch, request: 'cafe', startedAt: 2000, finishedAt: 2500, folders: [] };

const CLOSED: CloseOutUser = {
  ...{ address: user, userName: 'ada', status: 'Completed', score: 'Perfect', unapprovedSkipped: 0, bytes: 0 },
  items: { ...NO_ITEMS, source: 10, copied: 10 },
  lastSync: new Date(1000).toISOString(),
  ...{ verified: null, errorCode: null, error: null, reasons: [], skippedItems: [], firstSync: null },
  verification: { verification, verdict: 'equal', sha256: '' },
};
const FOLDER = {
  source: 'INBOX',
  sourceItems: 10,
  inTarget: 7,
  elsewhere: 0,
  skipped: 0,
  excluded: 0,
  removedByOwner: 0,
  missing: 2,
  different: 1,
  surplus: 0,
  uids: [],
};

describe('what is open about a user', () => {
  test('nothing: completed, verified after the last sync', () => {
    expect(openItemsOf(CLOSED, 0)).toEqual([]);
  });

  const OPEN: readonly (readonly [kind: string, change: Partial<CloseOutUser>, count: number])[] = [
    ['notCompleted', { status: 'Synced' }, 1],
    ['syncFailed', { error: 'The source does not answer.' }, 1],
    ['failedMessages', { items: { ...NO_ITEMS, failed: 3 } }, 3],
    ['pendingMessages', { items: { ...NO_ITEMS, pending: 4 } }, 4],
    ['skippedNotApproved', { unapprovedSkipped: 5 }, 5],
    ['neverVerified', { verification: null }, 1],
    ['neverVerified', { verification: { verification, verdict: 'unknown', sha256: '' } }, 1],
    [
      'verificationDiffers',
      { verification: { verification: { ...verification, folders: [FOLDER] }, verdict: 'different', sha256: '' } },
      3,
    ],
  ];

  test('a sync after the last verification, until the user is completed', () => {
    const later = { ...CLOSED, lastSync: new Date(2001).toISOString() };

    expect(openItemsOf(later, 0)).toEqual([]);
    expect(openItemsOf({ ...later, status: 'Synced' }, 0).map(({ kind }) => kind)).toEqual([
      'notCompleted',
      'verificationOutdated',
    ]);
  });

  test.each(OPEN)('%s', (kind, change, count) => {
    expect(openItemsOf({ ...CLOSED, ...change }, 0)).toEqual([{ kind, about: user, count }]);
  });

  test('removals that wait for a person; nothing to verify where nothing was synced', () => {
    expect(openItemsOf(CLOSED, 40)).toEqual([{ kind: 'removalsHeld', about: user, count: 40 }]);
    expect(openItemsOf({ ...CLOSED, lastSync: null, verification: null }, 0)).toEqual([]);
  });
});

describe('speeds by the event log', () => {
  const at = (ms: number, body: EventBody): MigrationEvent => ({ ...body, at: ms });
  const started = (ms: number, initial = true) => at(ms, { type: 'UserSyncStarted', batch, user, initial });
  const synced = (ms: number, copied: number, initial = true) =>
    at(ms, { type: 'UserSynced', batch, user, initial, copied, items: NO_ITEMS });

  test('a first sync and later ones', () => {
    const speeds = syncSpeeds();
    for (const event of [started(0), synced(10_000, 500), started(20_000, false), synced(25_000, 5, false)])
      speeds.take(event);

    expect(speeds.firstSyncOf(user)).toMatchObject({ messages: 500 });
    expect(speeds.total(30_000_000)).toMatchObject({
      firstSyncMessages: 500,
      firstSyncMessagesPerSecond: 50,
      syncs: 2,
      syncSeconds: 15,
      bytesPerSecondOfOneMailbox: 2_000_000,
    });
  });

  test('a sync another worker took over began when it began', () => {
    const speeds = syncSpeeds();
    for (const event of [started(0), started(6000), synced(10_000, 100)]) speeds.take(event);

    expect(speeds.total(0)).toMatchObject({ firstSyncMessagesPerSecond: 10, syncs: 1 });
  });

  test('what failed, and what began before the log begins, counts for nothing', () => {
    const speeds = syncSpeeds();
    const failed = at(5000, { type: 'UserStopped', batch, user });
    for (const event of [synced(1000, 9), started(2000), failed, synced(6000, 9)]) speeds.take(event);

    expect(speeds.total(1000)).toMatchObject({
      firstSyncStarted: null,
      firstSyncMessagesPerSecond: null,
      syncs: 0,
      bytesPerSecondOfOneMailbox: null,
    });
  });
});
