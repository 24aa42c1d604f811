import type { CsvProblem } from './csv-problems.ts';
import type { CsvRecord } from './csv-records.ts';

/** A CSV as it was cut: every value as the file had it. */
export interface CsvTable {
  readonly separator: string;
  readonly header: readonly string[];
  readonly records: readonly CsvRecord[];
}

const PROBLEM = 'Problem';

// What a spreadsheet takes for a formula, also behind spaces and in full-width form (OWASP, CSV injection); and the
// apostrophe itself, so that taking it away again is exact.
const RISKY = /^[\s\0]*[=+\-@'＝＋－＠]|^[\t\r\0]/;

/**
 * The refused rows of a file as a file of their own, to be mended and submitted by itself; undefined when none was
 * refused. "Problem" is the first column: a row with a value too many still shows what is wrong at its place. Passwords
 * are kept, or everybody mentioned would have to be asked for theirs again: whoever stores this keeps it from others.
 */
export function badRowsCsv(table: CsvTable, problems: readonly CsvProblem[]): string | undefined {
  const reasons = new Map<number, string[]>();
  for (const { row, message, remedy } of problems) {
    if (row === undefined) continue;
    const known = reasons.get(row) ?? [];
    reasons.set(row, [...known, message, remedy]);
  }
  const lines = table.records.flatMap(({ row, fields }) => {
    const reason = reasons.get(row);
    return reason === undefined ? [] : [[reason.join(' '), ...fields.map(harmless)]];
  });
  if (lines.length === 0) return undefined;
  const rows = [[PROBLEM, ...table.header], ...lines];
  const text = rows.map((row) => row.map((value) => quoted(value, table.separator)).join(table.separator));
  // The mark tells spreadsheets that this is UTF-8.
  return `\ufeff${text.join('\r\n')}\r\n`;
}

/** A file that came back: without its "Problem" column, and with the values it had before they were made harmless. */
export function withoutProblemColumn(table: CsvTable): CsvTable {
  const at = table.header.findIndex((name) => name.trim().toLowerCase() === PROBLEM.toLowerCase());
  if (at < 0) return table;
  const without = (fields: readonly string[]): readonly string[] => fields.toSpliced(at, 1);
  return {
    separator: table.separator,
    header: without(table.header),
    records: table.records.map(({ row, fields }) => ({ row, fields: without(fields).map(original) })),
  };
}

function harmless(value: string): string {
  return RISKY.test(value) ? `'${value}` : value;
}

function original(value: string): string {
  return value.startsWith("'") && RISKY.test(value.slice(1)) ? value.slice(1) : value;
}

function quoted(value: string, separator: string): string {
  const isPlain = !value.includes(separator) && !/["\r\n]/.test(value) && value === value.trim();
  return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
}
