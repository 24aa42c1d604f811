import type { DatabaseSync } from 'node:sqlite';
import { MigrationError } from '../engine/domain/failure.ts';
import type { LedgerState } from '../engine/ports.ts';

/** Raised with every change of the tables below. */
export const SCHEMA_VERSION = 1;

/** States as the files hold them: the place in this list. Only ever appended to. */
export const LEDGER_STATES: readonly LedgerState[] = [
  'intended',
  'copied',
  'adopted',
  'skipped',
  'failed',
  'excluded',
  'gone',
];

/** The number a state is stored as. */
export function stateNumber(state: LedgerState): number {
  return LEDGER_STATES.indexOf(state);
}

/**
 * Rows are kept small: a mailbox may have half a million. Texts that repeat (flags, runs, notes, the common beginning
 * of target ids) are stored once in `text` and named by number. by_state answers counts and "all intents" without
 * reading whole rows; the index on keys is made when the first key is looked up, which most mailboxes never need.
 */
const TABLES = `
CREATE TABLE holder(one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL);
INSERT INTO holder VALUES (1, 0);
CREATE TABLE checkpoint(path TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE folder(id INTEGER PRIMARY KEY, path TEXT NOT NULL, uidvalidity TEXT NOT NULL, UNIQUE(path, uidvalidity));
CREATE TABLE text(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE message(
  folder INTEGER NOT NULL, uid INTEGER NOT NULL, state INTEGER NOT NULL, flags INTEGER NOT NULL, size INTEGER NOT NULL,
  date INTEGER, key BLOB, target BLOB, run INTEGER, at INTEGER NOT NULL, notes INTEGER, failure TEXT,
  PRIMARY KEY(folder, uid)) WITHOUT ROWID;
CREATE INDEX by_state ON message(folder, state);
CREATE INDEX by_notes ON message(notes, state) WHERE notes IS NOT NULL;
`;

/** Index for findByKey. */
export const KEY_INDEX = 'CREATE INDEX IF NOT EXISTS by_key ON message(key) WHERE key IS NOT NULL';

/**
 * Makes the tables of a new file and checks those of an old one. Throws LedgerUnavailable when a newer version of
 * Bellhop wrote it; nothing is written then.
 */
export function prepareSchema(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) {
    throw new MigrationError('LedgerUnavailable', {
      detail: `it was written by a newer version of Bellhop (schema ${version}, this one knows ${SCHEMA_VERSION})`,
    });
  }
  if (version === SCHEMA_VERSION) return;
  database.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}
