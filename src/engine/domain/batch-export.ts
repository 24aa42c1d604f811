import type { Items } from './items.ts';
import type { UserStatus } from './migration-user.ts';
import type { DataConsistencyScore, ScoreReason } from './score.ts';

/** One user of a batch as a row of the export. */
export interface ExportRow {
  readonly address: string;
  readonly userName: string;
  readonly status: UserStatus;
  readonly score: DataConsistencyScore | null;
  readonly items: Items;
  readonly unapprovedSkipped: number;
  readonly bytes: number;
  /** ISO 8601 UTC. */
  readonly lastSync: string | null;
  readonly verified: string | null;
  readonly errorCode: string | null;
  readonly error: string | null;
  readonly reasons: readonly ScoreReason[];
}

const COLUMNS: readonly (readonly [title: string, value: (row: ExportRow) => string | number])[] = [
  ['EmailAddress', (row) => row.address],
  ['UserName', (row) => row.userName],
  ['Status', (row) => row.status],
  ['DataConsistencyScore', (row) => row.score ?? ''],
  ['SourceItems', (row) => row.items.source],
  ['Copied', (row) => row.items.copied],
  ['Adopted', (row) => row.items.adopted],
  ['Excluded', (row) => row.items.excluded],
  ['Skipped', (row) => row.items.skipped],
  ['SkippedNotApproved', (row) => row.unapprovedSkipped],
  ['Failed', (row) => row.items.failed],
  ['Pending', (row) => row.items.pending],
  ['BytesTransferred', (row) => row.bytes],
  ['LastSuccessfulSyncTime', (row) => row.lastSync ?? ''],
  ['Verified', (row) => row.verified ?? ''],
  ['ErrorCode', (row) => row.errorCode ?? ''],
  ['Error', (row) => row.error ?? ''],
  ['Reasons', (row) => row.reasons.map(({ count, text }) => `${count} ${text}`).join('; ')],
];

/** The users of a batch as CSV (RFC 4180, UTF-8 with a mark, so that Excel reads umlauts). */
export function* exportCsv(rows: Iterable<ExportRow>): Iterable<string> {
  yield `\ufeff${COLUMNS.map(([title]) => title).join(',')}\r\n`;
  for (const row of rows) yield `${COLUMNS.map(([, value]) => csvField(value(row))).join(',')}\r\n`;
}

/**
 * A field nobody can run: what a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).
 * Numbers of our own are never changed.
 */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
