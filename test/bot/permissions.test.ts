import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { type MemberGroups, type People, Roles } from '../../src/bot/permissions.ts';
import type { Person } from '../../src/bot/read-activity.ts';
import { TestClock } from '../support/memory-documents.ts';

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PEOPLE: People = {
  viewers: ['V1', 'group-viewers'],
  operators: ['o1', 'group-operators'],
  approvers: ['a1', 'group-approvers'],
  tenants: ['Home'],
  sandbox: false,
};

function person(id: string, more: Partial<Person> = {}): Person {
  return { id, name: id, tenantId: 'home', locale: 'en-GB', chatId: `29:${id}`, ...more };
}

const member = async (): Promise<boolean> => false;

function roles(
  groups: MemberGroups | undefined,
  people = PEOPLE,
  clock = new TestClock('2026-11-23T08:00:00Z'),
): Roles {
  return new Roles({ people, groups, clock, log: LOG });
}

describe('who may do what', () => {
  test.each([
    ['a viewer', person('v1'), 'view'],
    ['an operator', person('o1'), 'operate'],
    ['an approver', person('a1'), 'approve'],
    ['a stranger of the same company', person('x'), undefined],
    ['an approver with the id of ours in another tenant', person('a1', { tenantId: 'elsewhere' }), undefined],
  ] as const)('%s', async (_who, who, expected) => {
    expect(await roles(undefined).permissionOf(who, member)).toBe(expected);
  });

  test('outside of a conversation: a role that is still there, and no other', async () => {
    const held = roles(undefined);

    expect(await held.stillMay('o1', 'operate')).toBe(true);
    expect(await held.stillMay('a1', 'operate')).toBe(true);
    expect(await held.stillMay('v1', 'operate')).toBe(false);
    expect(await held.stillMay('x', 'operate')).toBe(false);
  });

  test('a guest of the roster is refused, whatever the lists say; the roster is asked once', async () => {
    let asked = 0;
    const guest = async (): Promise<boolean> => {
      asked += 1;
      return true;
    };
    const held = roles(undefined);

    expect(await held.permissionOf(person('a1'), guest)).toBeUndefined();
    expect(await held.permissionOf(person('a1'), guest)).toBeUndefined();
    expect(asked).toBe(1);
  });

  test('when the roster does not answer nobody is let in', async () => {
    const silent = (): Promise<boolean> => Promise.reject(new Error('down'));

    await expect(roles(undefined).permissionOf(person('a1'), silent)).rejects.toMatchObject({ code: 'TryAgain' });
  });

  test('a member of a group has its role, the highest of all counts', async () => {
    const groups: MemberGroups = async () => ['GROUP-viewers', 'group-operators'];

    expect(await roles(groups).permissionOf(person('x'), member)).toBe('operate');
    expect(await roles(groups).permissionOf(person('v1'), member)).toBe('operate');
  });

  test('nobody asks about the groups of another tenant', async () => {
    let asked = 0;
    const groups: MemberGroups = async () => {
      asked += 1;
      return ['group-approvers'];
    };

    expect(await roles(groups).permissionOf(person('x', { tenantId: 'elsewhere' }), member)).toBeUndefined();
    expect(asked).toBe(0);
  });

  test('who leaves a group has lost the role after five minutes; until then Graph is asked once', async () => {
    const clock = new TestClock('2026-11-23T08:00:00Z');
    let isIn = true;
    let asked = 0;
    const groups: MemberGroups = async () => {
      asked += 1;
      return isIn ? ['group-operators'] : [];
    };
    const held = roles(groups, PEOPLE, clock);

    expect(await held.permissionOf(person('x'), member)).toBe('operate');
    isIn = false;
    clock.pass(299_000);
    expect(await held.permissionOf(person('x'), member)).toBe('operate');
    expect(asked).toBe(1);
    clock.pass(2_000);
    expect(await held.permissionOf(person('x'), member)).toBeUndefined();
  });

  test('when Graph does not answer nobody gains a role, and people named themselves keep theirs', async () => {
    const groups: MemberGroups = () => Promise.reject(new Error('down'));

    expect(await roles(groups).permissionOf(person('x'), member)).toBeUndefined();
    expect(await roles(groups).permissionOf(person('o1'), member)).toBe('operate');
  });

  test('without lists nobody may do anything, except in a sandbox', async () => {
    const nobody: People = { ...PEOPLE, viewers: [], operators: [], approvers: [] };

    expect(await roles(undefined, nobody).permissionOf(person('x'), member)).toBeUndefined();
    expect(await roles(undefined, { ...nobody, sandbox: true }).permissionOf(person('x'), member)).toBe('operate');
  });
});

test('what changes a migration needs more than the role of a viewer', () => {
  const looking = COMMANDS.filter((each) => each.permission === 'view').map((each) => each.usage.split(' ')[0]);

  for (const word of ['start', 'stop', 'create', 'add', 'sync', 'retry', 'resume', 'remove', 'complete', 'approve'])
    expect(looking).not.toContain(word);
});
