import { describe, expect, test } from 'vitest';
import {
  CUTOVER_STEPS,
  CUTOVER_TRANSITIONS,
  type Cutover,
  type CutoverState,
  type CutoverStep,
  STEP_NAMES,
  checksNeeded,
  goAhead,
  goBack,
  lastEntry,
  moveOn,
  settle,
  waitsForPeople,
  waivedChecks,
} from '../../src/engine/domain/cutover.ts';
import { rememberMx } from '../../src/engine/domain/mx-memory.ts';
import type { Check, CheckName } from '../../src/engine/domain/evidence.ts';
import { supportedActions } from '../../src/engine/domain/transitions.ts';
import { batchName } from '../contracts/sample-records.ts';

const OPERATOR = { id: 'operator', name: 'Operator A' };

const START: Cutover = {
  batch: batchName('sales-1'),
  domain: 'example.com',
  settle: 72 * 3_600_000,
  startedBy: OPERATOR.name,
  startedAt: 1,
  state: 'verify-domain',
  since: 1,
  history: [],
  late: [],
  lateCount: 0,
  users: 3,
  checks: [],
  answered: [],
};

const check = (name: CheckName, passed = true): Check => ({ name, passed, required: true, found: { seen: 1 } });
const found = (cutover: Cutover, passed = true): Cutover => ({
  ...cutover,
  checks: checksNeeded(cutover).map((name) => check(name, passed)),
});

function must(outcome: Cutover | string | undefined): Cutover {
  if (outcome === undefined || typeof outcome === 'string') throw new Error(`refused: ${outcome ?? 'nothing'}`);
  return outcome;
}

/** The step passed in the way it passes. */
function pass(cutover: Cutover, at = 2): Cutover {
  const { by } = CUTOVER_STEPS[cutover.state === 'finished' ? 'complete' : cutover.state];
  if (by === 'word') return must(moveOn(found(cutover), 'confirmed', at, { by: 'Operator A' }));
  const going = by === 'go-ahead' ? must(goAhead(found(cutover), OPERATOR, at)) : cutover;
  return must(moveOn(found(going), 'passed', at));
}

function at(state: CutoverState): Cutover {
  let cutover = START;
  while (cutover.state !== state) cutover = pass(cutover);
  return cutover;
}

describe('the order', () => {
  test('every step is passed once, in the order of the table, and nothing comes behind the last', () => {
    const over = at('finished');

    expect(over.history.map(({ step }) => step)).toEqual(STEP_NAMES);
    expect(moveOn(over, 'passed', 9)).toBe('not-at-this-step');
    expect(supportedActions(CUTOVER_TRANSITIONS, 'finished')).toEqual([]);
  });

  test.each(STEP_NAMES)('%s: without its evidence it does not pass', (step) => {
    const cutover = at(step);
    const needed = checksNeeded(cutover).length > 0;

    expect(moveOn(cutover, 'passed', 9)).toBe(waitsForPeople(cutover) ? 'waits-for-people' : 'not-proven');
    expect(moveOn(found(cutover, false), 'confirmed', 9)).toBe(
      CUTOVER_STEPS[step].by !== 'word' ? 'not-possible' : needed ? 'not-proven' : expect.anything(),
    );
    expect(moveOn({ ...found(cutover), paused: { by: 'x', at: 1 } }, 'passed', 9)).toBe('paused');
  });

  test.each(STEP_NAMES.filter((step) => CUTOVER_STEPS[step].by === 'go-ahead'))(
    '%s: the evidence alone does not pass it, nor the go-ahead without evidence',
    (step) => {
      const cutover = at(step);

      expect(moveOn(found(cutover), 'passed', 9)).toBe('waits-for-people');
      expect(goAhead(found(cutover, false), OPERATOR, 9)).toBe('not-proven');
      expect(goAhead({ ...found(cutover), paused: { by: 'x', at: 1 } }, OPERATOR, 9)).toBe('paused');
    },
  );

  test('a go-ahead is given once: the second one changes nothing', () => {
    const once = must(goAhead(found(at('mx-switched')), OPERATOR, 5));

    expect(goAhead(found(once), { id: 'other', name: 'Other' }, 6)).toMatchObject({ goAhead: once.goAhead });
  });
});

describe('doing without a step', () => {
  test.each<[CutoverStep, boolean]>([
    ['verify-domain', false],
    ['initial-sync-complete', true],
    ['mx-ttl-lowered', true],
    ['mx-switched', false],
    ['old-mx-gone', true],
    ['complete', false],
    ['source-may-go', false],
    ['source-dismantled', true],
  ])('%s can be waived: %s', (step, possible) => {
    const outcome = moveOn(found(at(step), false), 'waived', 9, { by: 'Operator A', reason: 'known' });

    if (possible) expect(must(outcome).history.at(-1)).toMatchObject({ step, how: 'waived', reason: 'known' });
    else expect(outcome).toBe('not-possible');
  });

  test('what was waived stops no later step; what another step proves still does', () => {
    const users = must(moveOn(found(at('initial-sync-complete'), false), 'waived', 9));
    expect([...waivedChecks(users)]).toEqual(['users-synced']);

    const old = must(moveOn(found(at('old-mx-gone'), false), 'waived', 9));
    expect(waivedChecks(old)).toContain('mx-old-gone');
    expect(waivedChecks(old)).not.toContain('mx-switched');
  });

  test('settle: a waived check is shown, and does not stop', () => {
    const waived = must(moveOn(found(at('initial-sync-complete'), false), 'waived', 9));
    let cutover = waived;
    while (cutover.state !== 'mx-switched') cutover = pass(cutover, 10);
    const checks = checksNeeded(cutover).map((name) => check(name, name !== 'users-synced'));

    const looked = must(settle(cutover, cutover, { users: 3, checks, answers: [] }, 11));

    expect(looked.checks.find(({ name }) => name === 'users-synced')).toMatchObject({ passed: false, required: false });
    expect(typeof goAhead(looked, OPERATOR, 12)).toBe('object');
  });
});

describe('the way back', () => {
  test.each(STEP_NAMES)('%s: one step back and rest there, until the MX is switched', (step) => {
    const cutover = at(step);
    const outcome = goBack(cutover, 9, { by: 'Operator A', reason: 'not yet' });
    const before = STEP_NAMES[STEP_NAMES.indexOf(step) - 1];

    if (STEP_NAMES.indexOf(step) === 0 || STEP_NAMES.indexOf(step) > STEP_NAMES.indexOf('mx-switched'))
      return expect(outcome).toBe('not-possible');
    const back = must(outcome);
    expect(back).toMatchObject({ state: before, paused: { by: 'Operator A', reason: 'not yet' } });
    expect(before === undefined ? 'none' : lastEntry(back.history, before)).toBeUndefined();
    expect(moveOn(found(back), 'passed', 10)).toBe('paused');
  });

  test('mail that goes to the target already leaves no way back; a go-ahead does not outlive it', () => {
    const gone = must(goAhead(found(at('mx-switched')), OPERATOR, 5));

    expect(goBack({ ...gone, mx: { oldTtl: 1, lastTtl: 1, switchedAt: 5 } }, 9, { by: 'x' })).toBe('not-possible');
    expect(must(goBack(gone, 9, { by: 'x' })).goAhead).toBeUndefined();
  });
});

describe('a look', () => {
  test('based on a state that is past changes nothing', () => {
    const seen = at('converge');
    const now = pass(seen, 20);

    expect(settle(now, seen, { users: 3, checks: [check('users-converged')], answers: [] }, 21)).toBeUndefined();
    expect(settle({ ...seen, since: 99 }, seen, { users: 3, checks: [], answers: [] }, 21)).toBeUndefined();
  });

  test('passes a step by evidence, and forgets what belonged to it', () => {
    const seen = at('converge');

    const next = must(settle(seen, seen, { users: 3, checks: [check('users-converged')], answers: ['r'] }, 30));

    expect(next).toMatchObject({ state: 'people-informed', since: 30, checks: [], answered: ['r'] });
  });
});

describe('what is remembered of the MX', () => {
  const long = rememberMx(undefined, { ttl: 86_400, lowered: false, switched: false }, 1000);

  test('the old TTL counts from the first look at the short one', () => {
    const lowered = rememberMx(long, { ttl: 300, lowered: true, switched: false }, 2000);

    expect(lowered).toEqual({ oldTtl: 86_400, lastTtl: 300, loweredAt: 2000 });
    expect(rememberMx(lowered, { ttl: 300, lowered: true, switched: false }, 3000).loweredAt).toBe(2000);
  });

  test('raised again, the wait begins anew', () => {
    const lowered = rememberMx(long, { ttl: 300, lowered: true, switched: false }, 2000);
    const raised = rememberMx(lowered, { ttl: 7200, lowered: false, switched: false }, 3000);

    expect(raised).toEqual({ oldTtl: 86_400, lastTtl: 7200 });
  });

  test('switched, led back, switched again: the wait counts from the last time, with the TTL of the old record', () => {
    const once = rememberMx(long, { ttl: 3600, lowered: true, switched: true }, 2000);
    expect(once).toMatchObject({ lastTtl: 86_400, switchedAt: 2000 });

    const back = rememberMx(once, { ttl: 300, lowered: true, switched: false }, 3000);
    expect(back.switchedAt).toBeUndefined();
    expect(rememberMx(back, { ttl: 3600, lowered: true, switched: true }, 4000).switchedAt).toBe(4000);
  });

  test('silent servers change nothing', () => {
    const once = rememberMx(long, { ttl: 3600, lowered: true, switched: true }, 2000);

    expect(rememberMx(once, { ttl: undefined, lowered: undefined, switched: undefined }, 3000)).toEqual(once);
  });
});
