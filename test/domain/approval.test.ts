import { describe, expect, test } from 'vitest';
import { type Approval, decide, hashOf, stateOf } from '../../src/engine/domain/approval.ts';

const PLAN = { text: 'remove batch sales-1', title: 'Remove batch', count: 3, of: 'users', sample: ['a@x'] } as const;
const person = (id: string) => ({ id, name: `Person ${id}` });

function open(changes: Partial<Approval> = {}): Approval {
  return {
    id: '7F3A9C',
    plan: PLAN,
    planHash: hashOf(PLAN),
    requestedBy: person('operator'),
    requestedAt: 1000,
    expiresAt: 9000,
    needed: 1,
    decisions: [],
    state: 'open',
    ...changes,
  };
}

function answered(approval: Approval, id: string, verdict: 'approved' | 'rejected', at = 2000) {
  return decide(approval, { by: person(id), at, verdict });
}

describe('an approval', () => {
  test('one other person is enough where one is needed, and that click carries it out', () => {
    const outcome = answered(open(), 'approver', 'approved');

    expect(outcome).toMatchObject({ apply: true, to: { state: 'approved', applyingAt: 2000 } });
  });

  test('two distinct people where two are needed', () => {
    const first = answered(open({ needed: 2 }), 'one', 'approved');
    if (!('to' in first)) throw new Error('it counts');

    expect(first).toMatchObject({ apply: false, to: { state: 'open' } });
    expect(answered(first.to, 'one', 'approved')).toEqual({ refused: 'twice' });
    expect(answered(first.to, 'two', 'approved')).toMatchObject({ apply: true });
  });

  test('the requester never counts, whatever the name says', () => {
    expect(decide(open(), { by: { id: 'operator', name: 'Somebody else' }, at: 2000, verdict: 'approved' })).toEqual({
      refused: 'own',
    });
    expect(answered(open(), 'operator', 'rejected')).toEqual({ refused: 'own' });
  });

  test('one rejection ends it', () => {
    const outcome = answered(open({ needed: 2 }), 'one', 'rejected');
    if (!('to' in outcome)) throw new Error('it counts');

    expect(outcome.to.state).toBe('rejected');
    expect(answered(outcome.to, 'two', 'approved')).toEqual({ refused: 'over', state: 'rejected' });
  });

  test('after its time it is over', () => {
    expect(stateOf(open(), 8999)).toBe('open');
    expect(stateOf(open(), 9000)).toBe('expired');
    expect(answered(open(), 'approver', 'approved', 9000)).toEqual({ refused: 'over', state: 'expired' });
  });

  test('a click while it is being carried out does nothing; when its process died, a later click carries it out', () => {
    const approved = open({ state: 'approved', applyingAt: 2000, decisions: [] });

    expect(answered(approved, 'two', 'approved', 3000)).toEqual({ refused: 'over', state: 'approved' });
    expect(answered(approved, 'two', 'approved', 62_000)).toMatchObject({ apply: true, to: { applyingAt: 62_000 } });
  });

  test('the hash binds the words and the number, not who happens to be in the sample', () => {
    expect(hashOf({ ...PLAN, sample: [] })).toBe(hashOf(PLAN));
    expect(hashOf({ ...PLAN, count: 4 })).not.toBe(hashOf(PLAN));
    expect(hashOf({ ...PLAN, text: 'remove batch sales-2' })).not.toBe(hashOf(PLAN));
  });
});
