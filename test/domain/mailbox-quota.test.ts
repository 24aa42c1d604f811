import { describe, expect, test } from 'vitest';
import { mailboxQuota } from '../../src/engine/domain/mailbox-quota.ts';

const PLAN_1 = { id: '9aaf7827-d63c-4b61-89c3-182f06f82e5c', ofExchange: true };
const PLAN_2 = { id: 'efb87545-963c-4e0d-99df-69c6916d9eb0', ofExchange: true };
const KIOSK = { id: '4a82b400-a79f-41a4-b4e2-e94f5787b113', ofExchange: true };
const TEAMS = { id: '57ff2da0-773e-42df-b2af-ffb7a2317929', ofExchange: false };
const UNKNOWN = { id: '00000000-0000-4000-8000-000000000000', ofExchange: true };
const GB = 1024 ** 3;

describe('what a licence lets a mailbox hold', () => {
  test.each([
    ['plan 1', 'user', [TEAMS, PLAN_1], { plan: 'plan-1', bytes: 50 * GB }],
    ['the largest of several', 'user', [KIOSK, PLAN_2, PLAN_1], { plan: 'plan-2', bytes: 100 * GB }],
    ['kiosk', 'user', [KIOSK], { plan: 'kiosk', bytes: 2 * GB }],
    ['a person without a plan', 'user', [TEAMS], { plan: 'none', bytes: 0 }],
    ['a shared mailbox without a licence', 'shared', [], { plan: 'none', bytes: 50 * GB }],
    ['a shared mailbox with one', 'shared', [PLAN_2], { plan: 'plan-2', bytes: 100 * GB }],
    ['a room with the smallest one', 'room', [KIOSK], { plan: 'kiosk', bytes: 50 * GB }],
    ['a plan nobody knows', 'user', [UNKNOWN], undefined],
    ['a known one beside it', 'user', [UNKNOWN, PLAN_1], { plan: 'plan-1', bytes: 50 * GB }],
  ] as const)('%s', (_, kind, plans, expected) => {
    expect(mailboxQuota(kind, plans)).toEqual(expected);
  });
});
