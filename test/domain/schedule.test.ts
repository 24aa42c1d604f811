import { expect, test } from 'vitest';
import { rankOf, readPriority, waitingOf } from '../../src/engine/domain/schedule.ts';
import { sampleUser } from '../contracts/sample-records.ts';

const user = (changes: Parameters<typeof sampleUser>[2]) => sampleUser('anna@contoso.example', 'one', changes);

test('who was never synced waits for the newest mail first, then for the rest', () => {
  expect(waitingOf(user({ status: 'Queued', queuedAt: 5 }))).toEqual({ turn: 'ready', priority: 'normal', since: 5 });
  expect(waitingOf(user({ status: 'Queued', queuedAt: 5, readyAt: 4 }))).toMatchObject({ turn: 'rest' });
});

test('who is synced waits from the time of the next sync on', () => {
  const synced = { lastSuccessfulSyncAt: 1, nextSyncAt: 99 };

  expect(waitingOf(user({ status: 'Synced', ...synced }))).toEqual({
    turn: 'incremental',
    priority: 'normal',
    since: 99,
  });
  expect(waitingOf(user({ status: 'IncrementalFailed', ...synced }))).toMatchObject({ since: 99 });
  expect(waitingOf(user({ status: 'IncrementalFailed', lastSuccessfulSyncAt: 1 }))).toBeUndefined();
});

test.each(['Syncing', 'IncrementalSyncing', 'Stopping', 'Completing', 'Removing'] as const)(
  'who is %s waits as well: its job may be lost',
  (status) => expect(waitingOf(user({ status }))).toMatchObject({ since: 0 }),
);

test.each(['Validating', 'Stopped', 'Failed', 'Completed', 'CompletedWithWarnings'] as const)(
  'who is %s waits for nothing but a person',
  (status) => expect(waitingOf(user({ status, nextSyncAt: 1, queuedAt: 1 }))).toBeUndefined(),
);

test('waiting counts like priority: every eight hours are one step', () => {
  const waiting = { turn: 'ready', since: 0 } as const;

  expect(rankOf({ ...waiting, priority: 'low' }, 16 * 3_600_000)).toBe(rankOf({ ...waiting, priority: 'high' }, 0));
});

test('a priority is read in any case, and nothing else is', () => {
  expect([readPriority('High'), readPriority('urgent')]).toEqual(['high', undefined]);
});
