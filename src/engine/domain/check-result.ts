import { createHash } from 'node:crypto';
import { csvField } from './batch-export.ts';
import type { MigrationEndpoint } from './endpoint.ts';
import type { Failure } from './failure.ts';
import type { UserAddress } from './ids.ts';
import type { MailboxQuota } from './mailbox-quota.ts';
import type { MigrationBatch } from './migration-batch.ts';
import type { MigrationUser } from './migration-user.ts';

/** What a check found in one mailbox. Sizes in bytes. */
export interface MailboxFinding {
  readonly items: number;
  readonly bytes: number;
  readonly folders: number;
  /** Folders whose name changes to fit Exchange. */
  readonly renamed: number;
  /** Folders whose name has characters nobody sees, or blanks around it. */
  readonly odd: number;
  readonly oversize: number;
  /** Messages the batch leaves out by date or size. */
  readonly leftOut: number;
  readonly largest: number;
  readonly appendLane: 'open' | 'closed' | 'off';
  /** What the licence in the target allows; absent when it is not known. */
  readonly quota?: MailboxQuota;
}

/** One user of a check: ready, or what keeps it. */
export type UserFinding = { readonly user: UserAddress } & (
  | { readonly ready: true; readonly mailbox: MailboxFinding }
  | { readonly ready: false; readonly error: Failure; readonly login?: string }
);

/** What is checked: a name for exactly these users with these logins, under these settings. */
export function subjectHash(
  batch: MigrationBatch,
  endpoint: MigrationEndpoint,
  users: readonly MigrationUser[],
): string {
  // What happens to a batch is none of its settings; whatever else it is given some day is.
  const { intent: _intent, createdBy: _by, createdAt: _at, startedAt: _started, startAt: _start, ...settings } = batch;
  const who = users.map(({ address, userName, userRoot, credentialsAt }) => [
    ...[address, userName, credentialsAt ?? null],
    ...(userRoot === undefined ? [] : [userRoot]),
  ]);
  return digest([sorted(settings), sorted(endpoint), who.sort(byFirst)]);
}

/**
 * A name for a login as it was tried: another server, name or password has another one. Of the password it knows when it was
 * imported, and nothing else.
 */
export function loginHash(
  endpoint: MigrationEndpoint,
  { guid, userName, userRoot, credentialsAt }: MigrationUser,
): string {
  return digest([sorted(endpoint), guid, userName, userRoot ?? null, credentialsAt ?? null]).slice(0, 16);
}

/** Sixteen digits that stand for users, settings and findings: the same check twice has the same. */
export function checkHash(subject: string, findings: readonly UserFinding[]): string {
  const found = findings.map((each) => [each.user, each.ready ? sorted(each.mailbox) : each.error.code] as const);
  return digest([subject, found.toSorted(byFirst)]).slice(0, 16);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function sorted(value: object): readonly (readonly [string, unknown])[] {
  return (Object.entries(value) as [string, unknown][])
    .map(
      ([name, each]) =>
        [name, typeof each === 'object' && each !== null && !Array.isArray(each) ? sorted(each) : each] as const,
    )
    .sort(byFirst);
}

function byFirst(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

const COLUMNS: readonly (readonly [title: string, value: (mailbox: MailboxFinding) => number | string])[] = [
  ['Items', (mailbox) => mailbox.items],
  ['Bytes', (mailbox) => mailbox.bytes],
  ['Folders', (mailbox) => mailbox.folders],
  ['RenamedFolders', (mailbox) => mailbox.renamed],
  ['OddFolderNames', (mailbox) => mailbox.odd],
  ['TooLarge', (mailbox) => mailbox.oversize],
  ['LeftOut', (mailbox) => mailbox.leftOut],
  ['LargestItem', (mailbox) => mailbox.largest],
  ['AppendLane', (mailbox) => mailbox.appendLane],
  ['Licence', (mailbox) => mailbox.quota?.plan ?? 'not known'],
  ['Quota', (mailbox) => mailbox.quota?.bytes ?? ''],
];

/** Every user of a check as CSV (RFC 4180, UTF-8 with a mark), those with a problem first. */
export function checkCsv(findings: readonly UserFinding[]): string {
  const lines = [
    ['EmailAddress', 'Ready', ...COLUMNS.map(([title]) => title), 'ErrorCode', 'Error', 'Remedy'].join(','),
  ];
  const ordered = findings.toSorted((a, b) => Number(a.ready) - Number(b.ready) || byFirst([a.user], [b.user]));
  for (const finding of ordered) {
    const cells = finding.ready
      ? [finding.user, 'yes', ...COLUMNS.map(([, value]) => value(finding.mailbox)), '', '', '']
      : [finding.user, 'no', ...COLUMNS.map(() => ''), finding.error.code, finding.error.message, finding.error.remedy];
    lines.push(cells.map(csvField).join(','));
  }
  return `\ufeff${lines.join('\r\n')}\r\n`;
}
