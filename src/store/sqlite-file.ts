import { createHash, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MigrationError } from '../engine/domain/failure.ts';
import type { LedgerKey, Logger } from '../engine/ports.ts';
import { SCHEMA, SCHEMA_VERSION } from './ledger-schema.ts';

/** ms a lock is waited for, the whole process with it: a write takes a few. */
const LOCKED_FOR = 2_000;

export function fileOf(directory: string, { targetMailboxId, sourceHost, login }: LedgerKey): string {
  const name = createHash('sha256').update([targetMailboxId, sourceHost, login].join('\n')).digest('hex');
  return join(directory, name.slice(0, 2), name.slice(2, 4), `${name}.db`);
}

// The target's markers rebuild what a damaged file has lost; the file is kept for whoever wants to look.
export async function putAside(file: string, log: Logger): Promise<void> {
  await rename(file, `${file}.corrupt-${randomUUID().slice(0, 8)}`);
  // Left in place, they would be read into the new file.
  for (const companion of ['-wal', '-shm']) await rm(file + companion, { force: true });
  log.error({ code: 'LedgerDamaged' }, 'a ledger was damaged; it is rebuilt from the target');
}

export function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: LOCKED_FOR });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY');
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) {
    db.close();
    throw new MigrationError('LedgerUnavailable', { detail: `written by a newer Bellhop (schema ${version})` });
  }
  if (version < SCHEMA_VERSION) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  return db;
}

export function isDamage(error: unknown): boolean {
  return /malformed|not a database/.test(messageOf(error));
}

export function isLocked(error: unknown): boolean {
  return messageOf(error).includes('database is locked');
}

function messageOf(error: unknown): string {
  const found = error instanceof MigrationError ? error.cause : error;
  return found instanceof Error ? found.message : '';
}

/** The epoch a file has, read beside whoever writes it. */
export function epochOf(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(db.prepare('SELECT epoch FROM holder').get()?.['epoch'] ?? 0);
  } finally {
    db.close();
  }
}

export function inodeOf(file: string): bigint {
  try {
    return statSync(file, { bigint: true }).ino;
  } catch (error) {
    throw translated(error);
  }
}

/**
 * Puts a copy in the place of a file whose lock does not come free: a process that was stopped in the middle of a write
 * keeps it. It goes on, if ever, with the file that is nobody's any more, and finds that out before it writes again.
 */
export async function takeFile(file: string, log: Logger): Promise<void> {
  const copy = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    const before = await walOf(file);
    if (before !== '') await copyFile(`${file}-wal`, `${copy}-wal`);
    await copyFile(file, copy);
    // It woke up meanwhile: the two copies may not belong together.
    if ((await walOf(file)) !== before) throw new MigrationError('LedgerUnavailable', { detail: 'database is locked' });
    const db = new DatabaseSync(copy);
    // What was committed goes from the log into the file; what was not is dropped.
    db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
    db.close();
    await rename(copy, file);
    // The former log holds nothing the new file lacks; if we end here, reading it again changes nothing.
    for (const companion of ['-wal', '-shm']) await rm(file + companion, { force: true });
    log.warn({ code: 'MailboxTakenOver' }, 'a ledger was locked by a process that does not go on; its file was copied');
  } finally {
    for (const companion of ['', '-wal', '-shm', '-journal']) await rm(copy + companion, { force: true });
  }
}

async function walOf(file: string): Promise<string> {
  const found = await stat(`${file}-wal`, { bigint: true }).catch(() => undefined);
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}

export function translated(error: unknown): unknown {
  if (error instanceof MigrationError || !(error instanceof Error)) return error;
  return new MigrationError('LedgerUnavailable', { detail: error.message.slice(0, 80) }, { cause: error });
}
