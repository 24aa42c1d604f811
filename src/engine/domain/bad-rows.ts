import type { CsvProblem } from './csv-problems.ts';
import type { CsvRecord } from './csv-records.ts';

/** A CSV as it was cut: every value as the file had it. */
export interface CsvTable {
  readonly separator: string;
  readonly header: readonly string[];
  /** Those below the header, cut anew whenever they are asked for. */
  readonly records: Iterable<CsvRecord>;
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
  const reasons = new Map<number, string>();
  for (const { row, message, remedy } of problems) {
    if (row === undefined) continue;
    const known = reasons.get(row);
    reasons.set(row, `${known === undefined ? '' : `${known} `}${message} ${remedy}`);
  }
  if (reasons.size === 0) return undefined;
  const line = (fields: readonly string[]): string =>
    `${fields.map((value) => quoted(value, table.separator)).join(table.separator)}\r\n`;
  // The mark tells spreadsheets that this is UTF-8.
  const head = `\ufeff${line([PROBLEM, ...table.header])}`;
  const lines: string[] = [];
  for (const { row, fields } of table.records) {
    const reason = reasons.get(row);
    if (reason !== undefined) lines.push(line([reason, ...fields.map(harmless)]));
  }
  return lines.length === 0 ? undefined : head + lines.join('');
}

/** A file that came back: without its "Problem" column, and with the values it had before they were made harmless. */
export function withoutProblemColumn(table: CsvTable): CsvTable {
  const at = table.header.findIndex((name) => name.trim().toLowerCase() === PROBLEM.toLowerCase());
  if (at < 0) return table;
  const without = (fields: readonly string[]): readonly string[] => fields.toSpliced(at, 1);
  const { separator, header, records } = table;
  return {
    separator,
    header: without(header),
    records: {
      *[Symbol.iterator]() {
        for (const { row, fields } of records) yield { row, fields: without(fields).map(original) };
      },
    },
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
