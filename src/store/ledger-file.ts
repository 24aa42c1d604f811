import { createHash } from 'node:crypto';
import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerKey, Logger } from '../engine/ports.ts';
import { prepareSchema } from './ledger-schema.ts';
import { isDamaged, ledgerUnavailable, sqliteFailureCode } from './sqlite-failure.ts';

/** How long one write waits for another process' write, in ms; this thread stands still meanwhile. */
const BUSY_TIMEOUT = 1000;

/** The file of a ledger: spread over 65,536 folders, named so that nothing of the mailbox shows. */
export function ledgerFile(directory: string, key: LedgerKey): string {
  const name = createHash('sha256')
    .update(JSON.stringify([key.targetMailboxId, key.sourceHost, key.login]))
    .digest('hex');
  return path.join(directory, name.slice(0, 2), name.slice(2, 4), `${name}.db`);
}

/**
 * Opens a ledger's file or makes it. A file that is no database any more is moved aside and replaced by an empty one:
 * the markers in the target bring back what it knew. Throws LedgerUnavailable.
 */
export async function openLedgerFile(file: string, log: Logger): Promise<DatabaseSync> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return openDatabase(file);
  } catch (error) {
    if (!isDamaged(error)) throw ledgerUnavailable(error);
    await moveAside(file, sqliteFailureCode(error), log);
  }
  try {
    return openDatabase(file);
  } catch (error) {
    throw ledgerUnavailable(error);
  }
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
  try {
    // FULL: a commit is on the disk when it returns, also after a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    prepareSchema(database);
    // Reads the tables' roots, so that a torn file shows now.
    database.prepare('SELECT epoch FROM holder').get();
    database.prepare('SELECT 1 FROM message LIMIT 1').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Puts a damaged ledger out of the way, with its log, under a name nothing has yet: `<file>.corrupt-<n>`. */
export async function moveAside(file: string, code: string, log: Logger): Promise<void> {
  let number = 1;
  while (await exists(`${file}.corrupt-${number}`)) number += 1;
  for (const suffix of ['', '-wal', '-shm']) {
    await rename(`${file}${suffix}`, `${file}.corrupt-${number}${suffix}`).catch((error: unknown) => {
      if (sqliteFailureCode(error) !== 'ENOENT') throw ledgerUnavailable(error);
    });
  }
  log.error(
    { code, file: path.basename(file) },
    `a damaged ledger was moved aside as .corrupt-${number}; the target is asked what it knew`,
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
