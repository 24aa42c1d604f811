import { createHash } from 'node:crypto';
import type { Items } from './items.ts';
import type { DataConsistencyScore, ScoreReason } from './score.ts';

/** One user of a batch as a row of the export. */
export interface ExportRow {
  readonly address: string;
  readonly userName: string;
  readonly status: string;
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
export function exportCsv(rows: Iterable<ExportRow>): string {
  const lines = [COLUMNS.map(([title]) => title).join(',')];
  for (const row of rows) lines.push(COLUMNS.map(([, value]) => csvField(value(row))).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
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

export interface ExportHead {
  readonly batch: string;
  readonly status: string;
  readonly score: DataConsistencyScore | null;
  readonly items: Items;
  /** ISO 8601 UTC. */
  readonly asOf: string;
}

/** The same as one page without scripts or anything from elsewhere; every foreign text is escaped. */
export function exportHtml(head: ExportHead, rows: readonly ExportRow[]): string {
  const { batch, status, score, items, asOf } = head;
  const facts = [
    ['Status', spaced(status)],
    ['DataConsistencyScore', score ?? 'none yet'],
    ['Users', String(rows.length)],
    ['Messages at the source', items.source.toLocaleString('en')],
    ['In the target', (items.copied + items.adopted).toLocaleString('en')],
    ['Excluded', items.excluded.toLocaleString('en')],
    ['Skipped', items.skipped.toLocaleString('en')],
    ['Failed', items.failed.toLocaleString('en')],
    ['Pending', items.pending.toLocaleString('en')],
  ] as const;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(batch)} · Bellhop</title>
<style>
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 15px/1.45 "Segoe UI", system-ui, sans-serif; margin: 2.5rem auto; max-width: 76rem; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } p { color: var(--quiet); margin: 0 0 1.5rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr)); gap: 1rem; margin: 0 0 2rem; }
dt { color: var(--quiet); font-size: .85rem; } dd { font-size: 1.3rem; font-weight: 600; margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .6rem; text-align: left; vertical-align: top; white-space: nowrap; }
th { position: sticky; top: 0; background: Canvas; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td:first-child { min-width: 15rem; } td:first-child, td:last-child { white-space: normal; overflow-wrap: anywhere; }
.Poor, .Failed { color: #c4314b; font-weight: 600; } .Investigate { color: #9a6700; font-weight: 600; }
</style>
<h1>${escapeHtml(batch)}</h1>
<p>Migration batch, as of ${escapeHtml(minuteOf(asOf))} UTC</p>
<dl>
${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`).join('\n')}
</dl>
<table>
<tr><th>User</th><th>Status</th><th>Score</th><th class="number">Source</th><th class="number">In the target</th><th class="number">Skipped</th><th class="number">Failed</th><th>Last sync</th><th>Remarks</th></tr>
${rows.map(htmlRow).join('\n')}
</table>
</html>
`;
}

/** "SyncedWithErrors" as people read it. */
function spaced(status: string): string {
  return status.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
}

function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function numberCell(value: number): string {
  return `<td class="number">${value.toLocaleString('en')}</td>`;
}

function htmlRow(row: ExportRow): string {
  const { address, status, score, items, lastSync, error, reasons } = row;
  const remarks = [...(error === null ? [] : [error]), ...reasons.map(({ count, text }) => `${count} ${text}`)];
  return `<tr><td>${escapeHtml(address)}</td><td class="${escapeHtml(status)}">${escapeHtml(spaced(status))}</td><td class="${score ?? ''}">${score ?? ''}</td>${numberCell(items.source)}${numberCell(items.copied + items.adopted)}${numberCell(items.skipped)}${numberCell(items.failed)}<td>${lastSync === null ? '' : escapeHtml(minuteOf(lastSync))}</td><td>${escapeHtml(remarks.join('; '))}</td></tr>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** SHA-256 of a file's text, as `sha256sum` prints it. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
