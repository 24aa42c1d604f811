import { expect, test } from 'vitest';
import { completionStep, completionWords } from '../../src/engine/domain/completion.ts';
import { OPERATOR } from '../contracts/sample-records.ts';

const HOUR = 3_600_000;
const AT = 100 * HOUR;
const planned = (agreed?: number) => ({
  intent: 'Started' as const,
  completion: { at: AT, by: OPERATOR, ...(agreed === undefined ? {} : { agreed }) },
});

test('others are asked a day ahead, and nothing is completed without them', () => {
  const asking = { users: 5, approvals: 1 };

  expect(completionStep(planned(), asking, AT - 25 * HOUR)).toBe('nothing');
  expect(completionStep(planned(), asking, AT - 23 * HOUR)).toBe('ask');
  expect(completionStep(planned(), asking, AT + 50 * HOUR)).toBe('ask');
  expect(completionStep(planned(5), asking, AT - HOUR)).toBe('nothing');
  expect(completionStep(planned(5), asking, AT)).toBe('complete');
});

test('who agreed to five users did not agree to six', () => {
  expect(completionStep(planned(5), { users: 6, approvals: 1 }, AT)).toBe('ask');
});

test('where nobody has to agree it runs at its time', () => {
  expect(completionStep(planned(), { users: 5, approvals: 0 }, AT - 1)).toBe('nothing');
  expect(completionStep(planned(), { users: 5, approvals: 0 }, AT)).toBe('complete');
});

test.each(['Created', 'Stopped', 'Completed', 'Removing'] as const)('a batch that is %s is left alone', (intent) => {
  expect(completionStep({ ...planned(5), intent }, { users: 5, approvals: 0 }, AT)).toBe('nothing');
});

test('the words name the moment in UTC', () => {
  expect(completionWords('sales-1', Date.UTC(2026, 11, 6, 22))).toBe('complete batch sales-1 at=2026-12-06T22:00:00Z');
});
