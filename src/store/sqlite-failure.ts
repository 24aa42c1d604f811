import { MigrationError } from '../engine/domain/failure.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const NAMES: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [26, 'SQLITE_NOTADB'],
]);

/** The name of an SQLite (or system) error, never its text: that may quote what was written. */
export function sqliteFailureCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('errcode' in error && typeof error.errcode === 'number')
    return NAMES.get(error.errcode & 0xff) ?? `SQLITE_${error.errcode & 0xff}`;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Whether a file is not, or no longer, a database. */
export function isDamaged(error: unknown): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(sqliteFailureCode(error));
}

/** The failure for an error of the ledger's file. */
export function ledgerUnavailable(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  return new MigrationError('LedgerUnavailable', { detail: sqliteFailureCode(error) }, { cause: error });
}
