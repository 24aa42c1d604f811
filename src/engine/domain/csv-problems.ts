import type { FailureDetails } from './failure.ts';

interface CsvProblemRow {
  /** `file`: nothing can be used. `row`: this row is left out. `warning`: used as it is. */
  readonly scope: 'file' | 'row' | 'warning';
  readonly message: string;
  readonly remedy: string;
}

/** Everything that can be wrong with a migration CSV. Texts never repeat a password or a whole line; `{name}` is filled in. Where Exchange Online has a text, it is Exchange's. */
export const CSV_PROBLEMS = {
  CsvEmpty: { scope: 'file', message: "Upload file can't be empty.", remedy: 'Export the users again.' },
  CsvTooLarge: {
    scope: 'file',
    message: 'The CSV file is larger than 10 MB.',
    remedy: 'Divide the file into two or more files and import them one after the other.',
  },
  CsvTooManyRows: {
    scope: 'file',
    message:
      'The CSV file contains more than 50,000 rows. Please divide the file into two or more files and submit them separately.',
    remedy: 'Divide the file.',
  },
  CsvNotText: {
    scope: 'file',
    message: 'This is not a CSV file but {kind}.',
    remedy: 'Save the table as "CSV UTF-8" and import that file.',
  },
  CsvNotUtf8: {
    scope: 'file',
    message: 'The file is not UTF-8; the first wrong byte is in row {row}.',
    remedy: 'Save it as "CSV UTF-8"; a password with an umlaut would be wrong otherwise.',
  },
  CsvMissingColumn: {
    scope: 'file',
    message:
      'Column "{column}" is missing from the CSV file. The import process can\'t continue because this column is required. Please edit the CSV file and re-submit it.',
    remedy: 'The first row names the columns: EmailAddress,UserName,Password.',
  },
  CsvDuplicateColumn: { scope: 'file', message: 'The column "{column}" appears twice.', remedy: 'Keep one of them.' },
  CsvUnknownColumn: {
    scope: 'file',
    message: 'The CSV file has columns that are not known: {columns}.',
    remedy: 'Remove them or correct their spelling, or import with allow-unknown-columns=yes.',
  },
  CsvIgnoredColumn: { scope: 'warning', message: 'The columns {columns} are ignored.', remedy: 'Nothing to do.' },
  CsvUnclosedQuote: {
    scope: 'file',
    message: 'The quote opened in row {row} is never closed.',
    remedy: 'Close it, or write a quote inside a value twice.',
  },
  CsvNoUsers: { scope: 'file', message: 'The CSV file has no users.', remedy: 'Add one row a user below the header.' },
  CsvWrongColumnCount: {
    scope: 'row',
    message:
      'Row {row} has the wrong number of columns. Expected number: {expected}. Actual number: {actual}. Please edit this row and re-submit the file.',
    remedy: 'A value with a separator in it, such as a password, stands in double quotes.',
  },
  CsvBadAddress: {
    scope: 'row',
    message: 'Row {row}: EmailAddress is not a valid SMTP address{why}.',
    remedy: 'Correct the address.',
  },
  CsvDuplicateAddress: {
    scope: 'row',
    message: 'Row {row}: the address is the same as in row {first}.',
    remedy: 'Keep one row a user; addresses are compared without case.',
  },
  CsvUserNameEmpty: {
    scope: 'row',
    message: 'Row {row}: UserName is empty.',
    remedy: 'Enter the login at the source.',
  },
  CsvUserNameSpaces: {
    scope: 'row',
    message: 'Row {row}: UserName has spaces before or after it.',
    remedy: 'Remove them; servers take them as part of the name.',
  },
  CsvUserRootShared: {
    scope: 'row',
    message: 'Row {row}: several users share this login, and UserRoot does not tell this one apart.',
    remedy:
      'Give each user of the login a UserRoot of its own, or a login of its own; otherwise all would get the mail of one.',
  },
  CsvBadPriority: {
    scope: 'row',
    message: 'Row {row}: Priority is not one of high, normal and low.',
    remedy: 'Write one of them, or leave it empty: then the user is neither before nor behind others of the batch.',
  },
  CsvPasswordEmpty: {
    scope: 'row',
    message: 'Row {row}: Password is empty.',
    remedy: 'Enter the password of the source mailbox.',
  },
  CsvControlCharacters: {
    scope: 'row',
    message: 'Row {row}: {column} contains control characters ({characters}).',
    remedy: 'Remove them.',
  },
  CsvFieldTooLong: {
    scope: 'row',
    message: 'Row {row}: {column} is longer than {limit} characters.',
    remedy: 'Correct the value.',
  },
  CsvSameSource: {
    scope: 'warning',
    message: 'Rows {first} and {row} read the same source mailbox into two targets.',
    remedy: 'Check that this is meant.',
  },
  CsvNonAsciiAddress: {
    scope: 'warning',
    message: 'Row {row}: the address has letters outside ASCII before the "@".',
    remedy: 'Exchange Online delivers to such addresses only from servers with SMTPUTF8.',
  },
} as const satisfies Record<string, CsvProblemRow>;

export type CsvProblemCode = keyof typeof CSV_PROBLEMS;

/** One problem of a file. `row` counts the header as row 1. */
export interface CsvProblem {
  readonly code: CsvProblemCode | 'UserDuplicateInOtherBatchException';
  readonly row?: number;
  readonly message: string;
  readonly remedy: string;
}

/** The problem of a code, with its texts filled in. */
export function csvProblem(code: CsvProblemCode, details: FailureDetails = {}): CsvProblem {
  const { message, remedy } = CSV_PROBLEMS[code];
  const row = details['row'];
  const filled = message.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
  return { code, message: filled, remedy, ...(typeof row === 'number' ? { row } : {}) };
}
