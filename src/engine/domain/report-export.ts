import { csvField } from './batch-export.ts';
import type { ReportedUser } from './daily-report.ts';

const COLUMNS: readonly (readonly [title: string, value: (user: ReportedUser) => string | number])[] = [
  ['Batch', (user) => user.batch],
  ['EmailAddress', (user) => user.identity],
  ['Status', (user) => user.status],
  ['DataConsistencyScore', (user) => user.score ?? ''],
  ['SourceItems', (user) => user.items.source],
  ['Copied', (user) => user.items.copied],
  ['Adopted', (user) => user.items.adopted],
  ['Excluded', (user) => user.items.excluded],
  ['Skipped', (user) => user.items.skipped],
  ['Failed', (user) => user.items.failed],
  ['Pending', (user) => user.items.pending],
  ['LastSuccessfulSyncTime', (user) => timeOf(user.lastSuccessfulSyncAt)],
  ['ErrorCode', (user) => user.failure ?? ''],
  ['Reasons', (user) => user.reasons.map(({ count, text }) => `${count} ${text}`).join('; ')],
];

/** Every user of every batch as CSV, as the export of one batch is written: no field is a formula. */
export function reportCsv(users: Iterable<ReportedUser>): string {
  const lines = [COLUMNS.map(([title]) => title).join(',')];
  for (const user of users) lines.push(COLUMNS.map(([, value]) => csvField(value(user))).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function timeOf(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}
