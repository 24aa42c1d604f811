import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COLUMNS } from './ledger-rows.ts';

const MARKS = COLUMNS.split(',').map(() => '?').join(', '); // prettier-ignore

/** The prepared statements of one ledger; the ones ending in `Rows` answer arrays, which are quicker than objects. */
export function ledgerStatements(database: DatabaseSync) {
  return {
    findFolder: database.prepare('SELECT id FROM folder WHERE path = ? AND uidvalidity = ?'),
    addFolder: database.prepare('INSERT INTO folder(path, uidvalidity) VALUES (?, ?)'),
    readCheckpoint: database.prepare('SELECT value FROM checkpoint WHERE path = ?'),
    saveCheckpoint: database.prepare('INSERT OR REPLACE INTO checkpoint(path, value) VALUES (?, ?)'),
    put: database.prepare(`INSERT OR REPLACE INTO message(folder, ${COLUMNS}) VALUES (?, ${MARKS})`),
    withdraw: database.prepare('DELETE FROM message WHERE folder = ? AND uid = ? AND state = ?'),
    paths: rows(
      database,
      `SELECT path FROM checkpoint
       UNION SELECT path FROM folder WHERE EXISTS (SELECT 1 FROM message WHERE folder = folder.id) ORDER BY path`,
    ),
    formerRows: rows(
      database,
      `SELECT uidvalidity FROM folder
       WHERE path = ? AND uidvalidity <> ? AND EXISTS (SELECT 1 FROM message WHERE folder = folder.id) ORDER BY id`,
    ),
    stateRows: rows(database, 'SELECT uid, state FROM message WHERE folder = ? AND uid > ? ORDER BY uid LIMIT ?'),
    entryRows: rows(
      database,
      `SELECT ${COLUMNS} FROM message WHERE folder = ? AND state = ? AND uid > ? ORDER BY uid LIMIT ?`,
    ),
    uidRows: rows(database, `SELECT ${COLUMNS} FROM message WHERE folder = ? AND uid = ?`),
    countRows: rows(database, 'SELECT state, COUNT(*) FROM message WHERE folder = ? GROUP BY state'),
    noteRows: rows(
      database,
      'SELECT notes, COUNT(*) FROM message WHERE notes IS NOT NULL AND state IN (?, ?) GROUP BY notes ORDER BY notes',
    ),
  };
}

/** Made when first needed: without its index it would read every row. */
export function keyStatement(database: DatabaseSync): StatementSync {
  return rows(
    database,
    `SELECT path, uidvalidity, ${COLUMNS} FROM message JOIN folder ON folder.id = message.folder
     WHERE key = ? ORDER BY folder.id, uid`,
  );
}

function rows(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}
