import { describe, expect, test } from 'vitest';
import { parseBatchName, parseUserAddress } from '../../src/engine/domain/ids.ts';
import { batchState, batchStatus, batchSupportedActions, countUsers } from '../../src/engine/domain/migration-batch.ts';
import { type UserStatus, USER_TRANSITIONS, userSupportedActions } from '../../src/engine/domain/migration-user.ts';
import { nextState, toMermaid } from '../../src/engine/domain/transitions.ts';

describe('the status of a batch', () => {
  test.each([
    ['Created', [], 'Created'],
    ['Created', ['Validating'], 'Created'],
    ['Started', ['Queued', 'Synced'], 'Syncing'],
    ['Started', ['Syncing', 'Failed'], 'Syncing'],
    ['Started', ['Synced', 'Synced'], 'Synced'],
    ['Started', ['Synced', 'Failed'], 'SyncedWithErrors'],
    ['Started', ['Synced', 'IncrementalFailed'], 'SyncedWithErrors'],
    ['Started', ['IncrementalSyncing', 'Synced'], 'IncrementalSyncing'],
    ['Started', ['Failed', 'Failed'], 'Failed'],
    ['Stopped', ['Stopping', 'Stopped'], 'Stopping'],
    ['Stopped', ['Stopped', 'Failed'], 'Stopped'],
    ['Completed', ['Completed', 'Completed'], 'Completed'],
    ['Completed', ['Completed', 'CompletedWithWarnings'], 'CompletedWithErrors'],
  ] as const)('%s with users %j is %s', (intent, users, expected) => {
    expect(batchStatus({ intent }, countUsers(users))).toBe(expected);
  });

  test('a batch that starts by itself waits until then', () => {
    expect(batchStatus({ intent: 'Created', startAt: 1 }, countUsers(['Validating']))).toBe('Waiting');
    expect(batchStatus({ intent: 'Started', startAt: 1 }, countUsers(['Synced']))).toBe('Synced');
  });

  test('every user is counted once', () => {
    const statuses = Object.keys(USER_TRANSITIONS) as UserStatus[];

    const counts = countUsers(statuses);

    const { total, pending, active, synced, failed, stopped, finalized } = counts;
    expect(pending + active + synced + failed + stopped + finalized).toBe(total);
    expect(total).toBe(statuses.length);
  });

  test('a synced batch waits, and may be synced, stopped, completed or removed', () => {
    expect(batchState('Synced')).toBe('Waiting');
    expect(batchSupportedActions('Synced')).toEqual(['Stop', 'SyncNow', 'Complete', 'Remove']);
  });
});

describe('the status of a user', () => {
  test.each([
    ['Queued', 'begin', 'Syncing'],
    ['Syncing', 'stop', 'Stopping'],
    ['Stopping', 'finish', 'Stopped'],
    ['Stopping', 'queue', 'Queued'],
    ['Failed', 'queue', 'Queued'],
    ['Completed', 'queue', undefined],
  ] as const)('%s + %s -> %s', (from, action, expected) => {
    expect(nextState(USER_TRANSITIONS, from, action)).toBe(expected);
  });

  test('actions are those of Get-MigrationUser', () => {
    expect(userSupportedActions('Synced')).toEqual(['SyncNow', 'Stop', 'Complete', 'Remove']);
    expect(userSupportedActions('Failed')).toContain('Start');
    // A removal waits for its last sync: until then it can be called off.
    expect(userSupportedActions('Removing')).toEqual(['Stop']);
  });

  test('the table draws itself', () => {
    expect(toMermaid(USER_TRANSITIONS)).toContain('  Queued --> Syncing: begin');
  });
});

describe('names', () => {
  test.each(['sales-1', 'Vertrieb_Süd', 'a.b'])('%j is a batch name', (text) => {
    expect(parseBatchName(text)).toBe(text.toLowerCase());
  });

  test.each(['', ' a', '-a', 'a b', 'a:b', 'x'.repeat(65), '__proto__', '{x}'])('%j is no batch name', (text) => {
    expect(parseBatchName(text)).toBeUndefined();
  });

  test.each(['A@Example.com', ' anna+x@sub.example.com ', 'jörg@exämple.com'])('%j is an address', (text) => {
    expect(parseUserAddress(text)).toBe(text.trim().toLowerCase());
  });

  test.each([
    'a',
    'a@b',
    'a@@b.de',
    'a b@c.de',
    '@c.de',
    'a@c..de',
    '.a@c.de',
    'a@-c.de',
    '<at>x</at>@c.de',
    'a@c.de\nb',
  ])('%j is no address', (text) => {
    expect(parseUserAddress(text)).toBeUndefined();
  });
});
