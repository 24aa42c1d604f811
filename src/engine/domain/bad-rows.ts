import type { CsvProblem } from './csv-problems.ts';
import type { CsvRecord } from './csv-records.ts';
import { inPieces } from './in-pieces.ts';

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
 * It comes in pieces, which are made when they are asked for: with 50,000 refused rows it is larger than the file was.
 */
export function badRowsCsv(
  table: CsvTable,
  problems: readonly CsvProblem[],
  say: (problem: CsvProblem) => CsvProblem = (problem) => problem,
): Iterable<string> | undefined {
  const refused = Map.groupBy(problems, ({ row }) => row);
  refused.delete(undefined);
  if (refused.size === 0) return undefined;
  return { [Symbol.iterator]: () => inPieces(linesOf(table, refused, say)) };
}

function* linesOf(
  table: CsvTable,
  refused: ReadonlyMap<number | undefined, readonly CsvProblem[]>,
  say: (problem: CsvProblem) => CsvProblem,
): Generator<string> {
  const line = (fields: readonly string[]): string =>
    `${fields.map((value) => quoted(value, table.separator)).join(table.separator)}\r\n`;
  // The mark tells spreadsheets that this is UTF-8.
  yield `\ufeff${line([PROBLEM, ...table.header])}`;
  for (const { row, fields } of table.records) {
    const problems = refused.get(row);
    if (problems === undefined) continue;
    const reasons = problems.map(say).map(({ message, remedy }) => `${message} ${remedy}`);
    yield line([reasons.join(' '), ...fields.map(harmless)]);
  }
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
