import { describe, expect, test } from 'vitest';
import { problemGroups } from '../../src/engine/domain/batch-check.ts';
import { checkNotes } from '../../src/engine/domain/check-notes.ts';
import {
  type MailboxFinding,
  type UserFinding,
  checkCsv,
  checkHash,
  subjectHash,
} from '../../src/engine/domain/check-result.ts';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import type { BatchName, EndpointName, UserAddress } from '../../src/engine/domain/ids.ts';
import type { MigrationBatch } from '../../src/engine/domain/migration-batch.ts';
import { sampleUsers } from '../support/sample-users.ts';

const ENDPOINT: MigrationEndpoint = { name: 'mail-hq' as EndpointName, host: 'imap.example.com', port: 993, security: 'tls', login: 'plain', initial: 20, incremental: 10 }; // prettier-ignore
const BATCH: MigrationBatch = { name: 'sales-1' as BatchName, endpoint: ENDPOINT.name, intent: 'Created', createdBy: 'a', createdAt: 1, every: 86_400_000, trash: 'copy', exclude: [] }; // prettier-ignore
const USERS = sampleUsers('sales-1', 3);
const MAILBOX: MailboxFinding = { items: 10, bytes: 1000, folders: 3, renamed: 0, odd: 0, oversize: 0, leftOut: 0, largest: 500, appendLane: 'open' }; // prettier-ignore

function ready(user: string, more: Partial<MailboxFinding> = {}): UserFinding {
  return { user: user as UserAddress, ready: true, mailbox: { ...MAILBOX, ...more } };
}

function failed(user: string, code: 'ImapAuthenticationException' | 'CredentialMissing'): UserFinding {
  return { user: user as UserAddress, ready: false, error: failure(code, { address: user, detail: 'no', code: 'NO' }) };
}

describe('what a check stands for', () => {
  const base = subjectHash(BATCH, ENDPOINT, USERS);
  const [first, ...rest] = USERS;
  if (first === undefined) throw new RangeError('There are three.');

  test.each<readonly [string, string]>([
    ['another cadence', subjectHash({ ...BATCH, every: 1 }, ENDPOINT, USERS)],
    ['another window of dates', subjectHash({ ...BATCH, filter: { since: 1 } }, ENDPOINT, USERS)],
    ['an excluded folder', subjectHash({ ...BATCH, exclude: ['Junk'] }, ENDPOINT, USERS)],
    ['another host', subjectHash(BATCH, { ...ENDPOINT, host: 'other.example.com' }, USERS)],
    ['a user more', subjectHash(BATCH, ENDPOINT, sampleUsers('sales-1', 4))],
    ['a user less', subjectHash(BATCH, ENDPOINT, rest)],
    ['another login', subjectHash(BATCH, ENDPOINT, [{ ...first, userName: 'x' }, ...rest])],
    ['another password', subjectHash(BATCH, ENDPOINT, [{ ...first, credentialsAt: 9 }, ...rest])],
  ])('%s is something else', (_title, hash) => {
    expect(hash).not.toBe(base);
  });

  test('neither the order of users nor how far they are counts, nor that the batch was started', () => {
    const moved = USERS.toReversed().map((user) => ({ ...user, status: 'Synced' as const, epoch: 3 }));

    expect(subjectHash({ ...BATCH, intent: 'Started', startedAt: 5 }, ENDPOINT, moved)).toBe(base);
  });

  test('the same findings in any order are the same check; other findings are not', () => {
    const findings = [ready('a@example.com'), failed('b@example.com', 'CredentialMissing')];
    const hash = checkHash(base, findings);

    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(checkHash(base, findings.toReversed())).toBe(hash);
    expect(checkHash(base, [ready('a@example.com', { items: 11 }), findings[1] ?? ready('')])).not.toBe(hash);
    expect(checkHash(base, [ready('a@example.com'), failed('b@example.com', 'ImapAuthenticationException')])).not.toBe(
      hash,
    );
  });
});

describe('what a check tells', () => {
  test('problems by cause, the one of most users first', () => {
    const findings = ['a', 'b', 'c'].map((user, at) => failed(user, at === 1 ? 'CredentialMissing' : 'ImapAuthenticationException')); // prettier-ignore
    const problems = findings.flatMap((each) => (each.ready ? [] : [each]));

    expect(problemGroups(problems).map(({ code, users }) => [code, users])).toEqual([
      ['ImapAuthenticationException', ['a', 'c']],
      ['CredentialMissing', ['b']],
    ]);
  });

  test('the report has every user, those with a problem first, and no formula', () => {
    const lines = checkCsv([ready('a@example.com'), failed('=b@example.com', 'CredentialMissing')]).split('\r\n');

    expect(lines[0]).toMatch(/^\ufeffEmailAddress,Ready,Items,Bytes,/);
    expect(lines[1]).toMatch(/^'=b@example\.com,no,/);
    expect(lines[2]).toMatch(/^a@example\.com,yes,10,1000,3,0,0,0,0,500,open,/);
  });

  test('oversize mails, odd names and large mailboxes are counted over all', () => {
    const notes = checkNotes(
      [
        { ...MAILBOX, oversize: 2, odd: 1 },
        { ...MAILBOX, oversize: 3, bytes: 60_000_000_000, leftOut: 7 },
        { ...MAILBOX, bytes: 60_000_000_000, quota: { plan: 'plan-2', bytes: 107_374_182_400 } },
        { ...MAILBOX, bytes: 3_000_000_000, quota: { plan: 'kiosk', bytes: 2_147_483_648 } },
        { ...MAILBOX, quota: { plan: 'none', bytes: 0 } },
      ],
      { ...ENDPOINT, security: 'none' },
    ); // prettier-ignore

    expect(notes.map(({ kind, count }) => [kind, count])).toEqual([
      ['oversize', 5],
      ['left-out', 7],
      ['odd-name', 1],
      ['large-mailbox', 1],
      ['over-quota', 1],
      ['no-licence', 1],
      ['append-lane', 5],
      ['clear-text', 1],
    ]);
  });
});
