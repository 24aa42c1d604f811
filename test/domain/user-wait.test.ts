import { describe, expect, test } from 'vitest';
import { failure } from '../../src/engine/domain/failure.ts';
import { NO_TIME } from '../../src/engine/domain/spent-time.ts';
import { timeOf, waitOf, waitedBefore } from '../../src/engine/domain/user-wait.ts';
import { sampleUser } from '../contracts/sample-records.ts';

const T = 1_790_000_000_000;

function user(more: Parameters<typeof sampleUser>[2]) {
  return sampleUser('a@contoso.example', 'one', more);
}

describe('what a user waited before a worker took it', () => {
  test.each([
    ['queued: for a slot, since somebody started it', user({ status: 'Queued', queuedAt: T }), undefined, { slot: 9000 }],
    ['due for the next sync: for a slot, since then', user({ status: 'Synced', lastSuccessfulSyncAt: T - 80_000, nextSyncAt: T + 2000 }), undefined, { slot: 7000 }],
    ['not due yet: for nothing', user({ status: 'Synced', lastSuccessfulSyncAt: T, nextSyncAt: T + 60_000 }), undefined, {}],
    ['asked to slow down: for the ceilings until then, after it for a slot', user({ status: 'Syncing', queuedAt: T - 9000, delayedUntil: T + 7000, error: failure('TargetThrottled') }), { updatedAt: T + 1000 }, { budget: 6000, slot: 2000 }],
    ['the source took no sign-in: for the source', user({ status: 'Syncing', queuedAt: T, delayedUntil: T + 9000, error: failure('ImapSignInDelayed') }), undefined, { source: 9000 }],
    ['the target did not answer: for the target', user({ status: 'IncrementalSyncing', lastSuccessfulSyncAt: T - 90_000, nextSyncAt: T, delayedUntil: T + 9000, error: failure('TargetUnavailable') }), { updatedAt: T - 90_000 }, { target: 9000 }],
    ['its worker died: for a slot, since its last progress', user({ status: 'Syncing', queuedAt: T - 90_000 }), { updatedAt: T + 4000 }, { slot: 5000 }],
    ['nobody knows since when', user({ status: 'Queued' }), undefined, {}],
  ] as const)('%s', (_what, who, progress, expected) => {
    expect(waitedBefore(who, progress, T + 9000)).toEqual({ ...NO_TIME, ...expected });
  }); // prettier-ignore
});

test('who waits now is told by what for; a worker that has it in hand counts the time itself', () => {
  expect(waitOf(user({ status: 'Queued', queuedAt: T }), undefined)).toEqual({ cause: 'slot', since: T });
  expect(waitOf(user({ status: 'Syncing', queuedAt: T }), { updatedAt: T + 5 })).toBeUndefined();
  expect(waitOf(user({ status: 'Stopped', queuedAt: T, delayedUntil: T + 9, error: failure('TargetThrottled') }), undefined)).toBeUndefined(); // prettier-ignore
});

test('what was waited is never lost from sight: not when a worker takes it, nor when it tells, nor when it fails', () => {
  const queued = user({ status: 'Queued', queuedAt: T });
  const waited = waitedBefore(queued, undefined, T + 9000);
  const taken = user({ status: 'Syncing', queuedAt: T, begun: { at: T + 9000, waited } });
  const told = { updatedAt: T + 9500, time: { ...NO_TIME, slot: 9000, source: 500 } };

  expect(timeOf(taken, undefined)).toEqual({ ...NO_TIME, slot: 9000 });
  expect(timeOf(taken, told)).toEqual(told.time);
  expect(timeOf({ ...taken, status: 'Failed' }, undefined)).toEqual({ ...NO_TIME, slot: 9000 });
  // It waits again: all since it was due is counted there.
  const again = { ...taken, delayedUntil: T + 20_000, error: failure('ImapSignInDelayed') };
  expect(timeOf(again, undefined)).toEqual(NO_TIME);
  expect(waitOf(again, undefined)).toEqual({ cause: 'source', since: T });
});
