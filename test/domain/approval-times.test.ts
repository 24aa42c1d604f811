import { expect, test } from 'vitest';
import type { Approval } from '../../src/engine/domain/approval.ts';
import { DEFAULT_APPROVAL_TIMES, callOf, called, readApprovalTimes } from '../../src/engine/domain/approval-times.ts';

const APPROVAL: Approval = {
  id: '7F3A9C',
  plan: { text: 'remove batch sales-1', title: 'Remove batch', count: 3, of: 'users', sample: [] },
  planHash: 'a',
  requestedBy: { id: 'operator', name: 'Operator A' },
  requestedAt: 0,
  remindAt: 50,
  escalateAt: 90,
  expiresAt: 100,
  needed: 1,
  decisions: [],
  state: 'open',
};

test('each call comes once, in its time', () => {
  let approval = APPROVAL;
  const calls: unknown[] = [];
  for (let now = 0; now <= 120; now += 10) {
    const call = callOf(approval, now);
    if (call === undefined) continue;
    calls.push([now, call]);
    approval = called(approval, call, now);
  }

  expect(calls).toEqual([
    [50, 'remind'],
    [90, 'escalate'],
    [100, 'expire'],
  ]);
  expect(approval.state).toBe('expired');
});

test('what is due all at once, after a pause, is the last of it', () => {
  expect(callOf(APPROVAL, 95)).toBe('escalate');
  expect(callOf(called(APPROVAL, 'escalate', 95), 96)).toBeUndefined();
  expect(callOf(APPROVAL, 500)).toBe('expire');
});

test('who is answered is not reminded; a question of an older Bellhop only ends', () => {
  expect(callOf({ ...APPROVAL, state: 'approved' }, 95)).toBeUndefined();
  expect(callOf({ ...APPROVAL, state: 'rejected' }, 500)).toBeUndefined();
  const { remindAt: _remind, escalateAt: _escalate, ...older } = APPROVAL;
  expect(callOf(older, 95)).toBeUndefined();
  expect(callOf(older, 100)).toBe('expire');
});

test.each([
  ['12h,21h,24h', DEFAULT_APPROVAL_TIMES],
  ['30m, 1h, 2d', { remind: 1_800_000, escalate: 3_600_000, expire: 172_800_000 }],
  ['', undefined],
  ['12h,21h', undefined],
  ['12h,21h,24h,25h', undefined],
  ['21h,12h,24h', undefined],
  ['12h,12h,24h', undefined],
  ['0h,1h,2h', undefined],
  ['1h,2h,31d', undefined],
  ['1h,2h,3w', undefined],
])('"%s"', (text, times) => {
  expect(readApprovalTimes(text)).toEqual(times);
});
