import type { CheckedMailbox, CheckReport } from './check-migration.ts';
import { formatFindings } from './findings.ts';

const COLUMNS = [
  'folders',
  'source',
  'excluded',
  'skipped',
  'byMarker',
  'byContent',
  'lost',
  'doubled',
  'removed',
  'foreign',
] as const;

/** What was compared as a table, what is wrong as lines, and a last line that says which. */
export function formatReport(report: CheckReport): string {
  const heads = ['mailbox', ...COLUMNS, 'findings'];
  const rows = report.mailboxes.map((mailbox) => [
    mailbox.login,
    ...COLUMNS.map((column) => String(mailbox[column])),
    String(mailbox.findings.length),
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const lines = [heads, ...rows].map((row) => row.map((cell, at) => pad(cell, widths[at] ?? 0, at)).join('  '));
  const total = (column: keyof CheckedMailbox & (typeof COLUMNS)[number]): number =>
    report.mailboxes.reduce((sum, mailbox) => sum + mailbox[column], 0);
  const sum = `${total('source')} messages at the source, ${total('lost')} lost, ${total('doubled')} doubled`;
  const verdict = report.passed
    ? `Nothing lost, nothing duplicated: ${sum}.`
    : `${report.findings.length} findings: ${sum}.`;
  return [...lines, ...(report.passed ? [] : ['', formatFindings(report.findings)]), '', verdict].join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
