import { type CsvTable, withoutProblemColumn } from './bad-rows.ts';
import { type CsvProblem, csvProblem } from './csv-problems.ts';
import { csvRecords, separatorOf } from './csv-records.ts';
import { decodeCsv } from './decode-csv.ts';
import { type UserAddress, parseUserAddress } from './ids.ts';
import { type Priority, readPriority } from './schedule.ts';
import { rowsOfSharedRoots, sourceOf } from './shared-roots.ts';

export type { CsvProblem } from './csv-problems.ts';

/** A usable row. */
export interface MigrationCsvRow {
  readonly row: number;
  readonly address: UserAddress;
  readonly userName: string;
  readonly password: string;
  readonly userRoot?: string;
  /** Absent where the file says nothing about it. */
  readonly priority?: Priority;
}

/** Good rows, and every problem of the file at once. A problem of the whole file leaves no rows. */
export interface MigrationCsv {
  /** Read anew whenever they are asked for: they are never there all at once. */
  readonly rows: Iterable<MigrationCsvRow>;
  /** How many rows there are. */
  readonly usable: number;
  readonly problems: readonly CsvProblem[];
  readonly warnings: readonly CsvProblem[];
  /** The file as it was cut, for handing refused rows back; absent when the whole file was refused. */
  readonly table?: CsvTable;
}

export interface CsvOptions {
  /** As New-MigrationBatch -AllowUnknownColumnsInCsv; by default a misspelled column stops the import. */
  readonly allowUnknownColumns?: boolean;
}

const COLUMNS = ['emailaddress', 'username', 'password', 'userroot', 'priority'] as const;
type Column = (typeof COLUMNS)[number];
const COLUMN_NAMES: Readonly<Record<Column, string>> = {
  emailaddress: 'EmailAddress',
  username: 'UserName',
  password: 'Password',
  userroot: 'UserRoot',
  priority: 'Priority',
};
const REQUIRED: readonly Column[] = ['emailaddress', 'username', 'password'];

const MOST_ROWS = 50_000;
const MOST_BYTES = 10_000_000;
const LONGEST_FIELD = 1024;

/** Reads the CSV of New-MigrationBatch -IMAP: EmailAddress, UserName, Password and optionally UserRoot and Priority, in any order. */
export function readMigrationCsv(bytes: Uint8Array, options: CsvOptions = {}): MigrationCsv {
  if (bytes.length > MOST_BYTES) return refused(csvProblem('CsvTooLarge'));
  const decoded = decodeCsv(bytes);
  if ('problem' in decoded) return refused(decoded.problem);
  const { text } = decoded;
  if (text.trim() === '') return refused(csvProblem('CsvEmpty'));
  const separator = separatorOf(text);
  const cut = csvRecords(text, separator, MOST_ROWS);
  if (cut === undefined) return refused(csvProblem('CsvEmpty'));
  if ('unclosedQuoteIn' in cut) return refused(csvProblem('CsvUnclosedQuote', { row: cut.unclosedQuoteIn }));
  if ('moreThan' in cut) return refused(csvProblem('CsvTooManyRows'));
  const table = withoutProblemColumn({ separator, header: cut.head.fields, records: cut.records });
  const columns = readHeader(table.header, options);
  if (columns.problems.length > 0) return refused(...columns.problems);
  if (cut.count === 0) return refused(csvProblem('CsvNoUsers'));
  return { ...readRows(table, columns), table };
}

function refused(...problems: readonly CsvProblem[]): MigrationCsv {
  return { rows: [], usable: 0, problems, warnings: [] };
}

interface Header {
  readonly at: ReadonlyMap<Column, number>;
  readonly problems: readonly CsvProblem[];
  readonly warnings: readonly CsvProblem[];
}

function readHeader(names: readonly string[], options: CsvOptions): Header {
  const at = new Map<Column, number>();
  const problems: CsvProblem[] = [];
  const unknown: string[] = [];
  for (const [index, name] of names.entries()) {
    const column = COLUMNS.find((each) => each === name.trim().toLowerCase());
    if (column === undefined) unknown.push(name);
    else if (at.has(column)) problems.push(csvProblem('CsvDuplicateColumn', { column: COLUMN_NAMES[column] }));
    else at.set(column, index);
  }
  for (const column of REQUIRED) {
    if (!at.has(column)) problems.push(csvProblem('CsvMissingColumn', { column: COLUMN_NAMES[column] }));
  }
  // A file without header has a user's password in its first row: unknown names are repeated only below a true header.
  const missing = problems.some((problem) => problem.code === 'CsvMissingColumn');
  if (unknown.length === 0 || missing) return { at, problems, warnings: [] };
  const columns = unknown
    .slice(0, 10)
    .map((name) => `"${name.trim().slice(0, 40)}"`)
    .join(', ');
  const allowed = options.allowUnknownColumns === true;
  if (!allowed) problems.push(csvProblem('CsvUnknownColumn', { columns }));
  return { at, problems, warnings: allowed ? [csvProblem('CsvIgnoredColumn', { columns })] : [] };
}

function readRows(table: CsvTable, header: Header): MigrationCsv {
  const width = table.header.length;
  const problems: CsvProblem[] = [];
  const warnings: CsvProblem[] = [...header.warnings];
  const refusedRows = new Set<number>();
  const refuse = (row: number, found: readonly CsvProblem[]): void => {
    problems.push(...found);
    if (found.length > 0) refusedRows.add(row);
  };
  const addressKey = addressKeys();
  const addresses = new Map<string, number>();
  const logins = new Map<string, number>();
  let read = 0;
  for (const { row, fields } of table.records) {
    read += 1;
    if (fields.length !== width) {
      refuse(row, [csvProblem('CsvWrongColumnCount', { row, expected: width, actual: fields.length })]);
      continue;
    }
    const value = valueOf(fields, header);
    const found = rowProblems(row, value);
    const address = parseUserAddress(value('emailaddress'));
    if (address !== undefined) {
      const key = addressKey(address);
      const first = addresses.get(key);
      if (first !== undefined) found.push(csvProblem('CsvDuplicateAddress', { row, first }));
      else addresses.set(key, row);
    }
    refuse(row, found);
    if (address === undefined || found.length > 0) continue;
    const source = sourceOf(value('username'), value('userroot').trim());
    const sameSource = logins.get(source);
    if (sameSource !== undefined) warnings.push(csvProblem('CsvSameSource', { row, first: sameSource }));
    logins.set(source, row);
    // oxlint-disable-next-line no-control-regex -- the ASCII range is what is asked for
    if (/[^\u0000-\u007f]/.test(address.split('@')[0] ?? '')) warnings.push(csvProblem('CsvNonAsciiAddress', { row }));
  }
  const rows: Iterable<MigrationCsvRow> = { [Symbol.iterator]: () => usableRows(table, header, refusedRows) };
  // Found before any of them is refused: who shares a root depends on the others.
  const shared = header.at.has('userroot') ? rowsOfSharedRoots(rows) : [];
  for (const row of shared) refuse(row, [csvProblem('CsvUserRootShared', { row })]);
  return { rows, usable: read - refusedRows.size, problems, warnings };
}

function* usableRows(table: CsvTable, header: Header, refusedRows: ReadonlySet<number>): Generator<MigrationCsvRow> {
  for (const { row, fields } of table.records) {
    if (refusedRows.has(row)) continue;
    const value = valueOf(fields, header);
    const address = parseUserAddress(value('emailaddress'));
    if (address === undefined) continue;
    const userRoot = value('userroot').trim();
    const login = { userName: value('username'), password: value('password') };
    const priority = readPriority(value('priority'));
    const optional = { ...(userRoot === '' ? {} : { userRoot }), ...(priority === undefined ? {} : { priority }) };
    yield { row, address, ...login, ...optional };
  }
}

function valueOf(fields: readonly string[], { at }: Header): (column: Column) => string {
  return (column) => fields[at.get(column) ?? -1] ?? '';
}

// Domains are compared in their ASCII form, so that a punycode twin is the duplicate it is. A file has few of them.
function addressKeys(): (address: UserAddress) => string {
  const hosts = new Map<string, string>();
  return (address) => {
    const [local = '', domain = ''] = address.split('@');
    const host = hosts.get(domain) ?? hostOf(domain);
    hosts.set(domain, host);
    return `${local}@${host}`;
  };
}

function hostOf(domain: string): string {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return domain;
  }
}

function rowProblems(row: number, value: (column: Column) => string): CsvProblem[] {
  const problems: CsvProblem[] = [];
  for (const column of COLUMNS) {
    if (value(column).length > LONGEST_FIELD) {
      problems.push(csvProblem('CsvFieldTooLong', { row, column: COLUMN_NAMES[column], limit: LONGEST_FIELD }));
    }
    const hidden = hiddenCharacters(value(column), column === 'password');
    if (hidden !== '')
      problems.push(csvProblem('CsvControlCharacters', { row, column: COLUMN_NAMES[column], characters: hidden }));
  }
  if (problems.length > 0) return problems;
  const address = value('emailaddress').trim();
  if (parseUserAddress(address) === undefined) {
    problems.push(csvProblem('CsvBadAddress', { row, why: address === '' ? ' (it is empty)' : '' }));
  }
  const login = value('username');
  if (login.trim() === '') problems.push(csvProblem('CsvUserNameEmpty', { row }));
  else if (login !== login.trim()) problems.push(csvProblem('CsvUserNameSpaces', { row }));
  if (value('password') === '') problems.push(csvProblem('CsvPasswordEmpty', { row }));
  const priority = value('priority');
  if (priority.trim() !== '' && readPriority(priority) === undefined)
    problems.push(csvProblem('CsvBadPriority', { row }));
  return problems;
}

// Names of characters nobody sees. In passwords everything but NUL belongs to the password.
function hiddenCharacters(text: string, isPassword: boolean): string {
  const pattern = isPassword ? /\0/gu : /[\p{Cc}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
  const found = new Set(text.match(pattern) ?? []);
  return [...found]
    .map((each) => `U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(', ');
}
