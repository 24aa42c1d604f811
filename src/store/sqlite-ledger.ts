import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Ledger, LedgerEntry, LedgerState, LedgerStore, Logger } from '../engine/ports.ts';
import { type Row, countNotes, entryOf, stateOf } from './ledger-rows.ts';
import { STATE_CODES } from './ledger-schema.ts';
import { type LogSync, logSync } from './log-sync.ts';
import {
  epochOf,
  fileOf,
  inodeOf,
  isDamage,
  isLocked,
  openDatabase,
  putAside,
  takeFile,
  translated,
} from './sqlite-file.ts';

/**
 * Ledgers as SQLite files, one a mailbox, in WAL mode: what was recorded survives a power cut, because `record` waits until
 * the log is on the disk. SQLite itself would keep the whole process waiting for that (synchronous = FULL).
 * Written only by the worker that holds the mailbox; the epoch in the file keeps a worker that lost it from writing.
 */
export function sqliteLedgers(directory: string, log: Logger): LedgerStore {
  return {
    async open(key, epoch) {
      const file = fileOf(directory, key);
      const open = (): SqliteLedger => new SqliteLedger(file, epoch, () => putAside(file, log));
      try {
        await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
        return open();
      } catch (error) {
        if (isDamage(error)) await putAside(file, log);
        // Whoever holds it was given up by the queue, and may be stopped for good in the middle of a write.
        else if (isLocked(error) && epochOf(file) < epoch) await takeFile(file, log);
        else throw translated(error);
        return open();
      }
    },
    async examine() {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await access(directory, constants.R_OK | constants.W_OK);
      } catch (error) {
        throw translated(error);
      }
      return { kind: 'files' };
    },
    async [Symbol.asyncDispose]() {},
  };
}

class SqliteLedger implements Ledger {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #inode: bigint;
  readonly #epoch: number;
  readonly #putAside: () => Promise<void>;
  readonly #log: LogSync;
  #damaged = false;
  readonly #folderIds = new Map<string, number>();
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor(file: string, epoch: number, putAside: () => Promise<void>) {
    const db = openDatabase(file);
    this.#db = db;
    this.#file = file;
    this.#inode = inodeOf(file);
    this.#epoch = epoch;
    this.#putAside = putAside;
    this.#log = logSync(`${file}-wal`);
    try {
      this.#write(() => this.#prepare('UPDATE holder SET epoch = ?').run(epoch), true);
      // From here on a commit does not wait for the disk by itself.
      db.exec('PRAGMA synchronous = NORMAL');
    } catch (error) {
      db.close();
      throw error;
    }
  }

  async ensureHeld() {
    this.#compareEpoch(false);
  }

  async checkpoint(path: string) {
    const row = this.#get('SELECT * FROM checkpoint WHERE path = ?', path);
    if (row === undefined) return undefined;
    const modseq = row['modseq'];
    return {
      uidValidity: String(row['uidvalidity']),
      uidNext: Number(row['uidnext']),
      exists: Number(row['present']),
      ...(typeof modseq === 'string' ? { highestModseq: modseq } : {}),
      targetFolderId: String(row['target']),
      ...(typeof row['former'] === 'string' ? { formerPaths: JSON.parse(row['former']) as readonly string[] } : {}),
      complete: row['complete'] === 1,
    };
  }

  async saveCheckpoint(path: string, checkpoint: Parameters<Ledger['saveCheckpoint']>[1]) {
    const { uidValidity, uidNext, exists, highestModseq, targetFolderId, complete, formerPaths } = checkpoint;
    const former = formerPaths === undefined ? null : JSON.stringify(formerPaths);
    this.#write(() =>
      this.#prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
        ...[path, uidValidity, uidNext, exists, highestModseq ?? null, targetFolderId, complete ? 1 : 0, former],
      ),
    );
    await this.#onDisk();
  }

  async folders() {
    const rows = this.#all('SELECT path FROM checkpoint UNION SELECT path FROM folder');
    return rows.map((row) => String(row['path']));
  }

  async formerUidValidities(path: string, current: string) {
    const rows = this.#all(
      'SELECT uidvalidity FROM folder f WHERE path = ? AND uidvalidity <> ? AND EXISTS (SELECT 1 FROM item WHERE folder = f.id)',
      path,
      current,
    );
    return rows.map((row) => String(row['uidvalidity']));
  }

  async record(path: string, uidValidity: string, entries: readonly LedgerEntry[]) {
    if (entries.length === 0) return;
    this.#put(path, uidValidity, entries);
    await this.#onDisk();
  }

  // The log is written in order: with the next intent that is on the disk, this is.
  async confirm(path: string, uidValidity: string, entries: readonly LedgerEntry[]) {
    if (entries.length > 0) this.#put(path, uidValidity, entries);
  }

  #put(path: string, uidValidity: string, entries: readonly LedgerEntry[]): void {
    this.#write(() => {
      const folder = this.#folderId(path, uidValidity);
      const insert = this.#prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
      for (const entry of entries) {
        insert.run(
          ...[folder, entry.uid, STATE_CODES[entry.state], entry.flags, entry.size, entry.internalDate ?? null],
          ...[entry.key ?? null, entry.targetId ?? null, entry.run ?? null, entry.at, entry.code ?? null],
          ...[entry.detail ?? null, entry.notes === undefined ? null : JSON.stringify(entry.notes)],
        );
      }
    });
  }

  async withdraw(path: string, uidValidity: string, uids: readonly number[]) {
    if (uids.length === 0) return;
    this.#write(() => {
      const remove = this.#prepare('DELETE FROM item WHERE folder = ? AND uid = ? AND state = ?');
      for (const uid of uids) remove.run(this.#folderId(path, uidValidity), uid, STATE_CODES.intended);
    });
  }

  async states(path: string, uidValidity: string) {
    const folder = this.#knownFolder(path, uidValidity);
    const statement = this.#prepare('SELECT uid, state, flags FROM item WHERE folder = ? ORDER BY uid', true);
    try {
      const rows = statement.all(folder) as unknown as [number, number, string][];
      return rows.map(([uid, state, flags]) => [uid, stateOf(state), flags] as const);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async entries(path: string, uidValidity: string, state: LedgerState) {
    const rows = this.#all(
      'SELECT * FROM item WHERE folder = ? AND state = ? ORDER BY uid',
      this.#knownFolder(path, uidValidity),
      STATE_CODES[state],
    );
    return rows.map(entryOf);
  }

  async findByUid(path: string, uidValidity: string, uid: number) {
    const row = this.#get('SELECT * FROM item WHERE folder = ? AND uid = ?', this.#knownFolder(path, uidValidity), uid);
    return row === undefined ? undefined : entryOf(row);
  }

  async findByKey(key: Uint8Array) {
    const rows = this.#all(
      'SELECT item.*, folder.path, folder.uidvalidity FROM item JOIN folder ON folder.id = item.folder WHERE key = ?',
      key,
    );
    return rows.map((row) => ({ ...entryOf(row), path: String(row['path']), uidValidity: String(row['uidvalidity']) }));
  }

  async coded() {
    const rows = this.#all(
      'SELECT item.*, folder.path, folder.uidvalidity FROM item JOIN folder ON folder.id = item.folder WHERE code IS NOT NULL ORDER BY folder.path, uid',
    );
    return rows.map((row) => ({ ...entryOf(row), path: String(row['path']), uidValidity: String(row['uidvalidity']) }));
  }

  async rename(path: string, to: string) {
    this.#write(() => {
      for (const table of ['folder', 'checkpoint'])
        this.#prepare(`UPDATE ${table} SET path = ? WHERE path = ?`).run(to, path);
    });
    this.#folderIds.clear();
    await this.#onDisk();
  }

  async noteCounts() {
    const rows = this.#all('SELECT notes FROM item WHERE notes IS NOT NULL AND state = ?', STATE_CODES.copied);
    return countNotes(rows);
  }

  async count(path: string, uidValidity: string) {
    const rows = this.#all(
      'SELECT state, COUNT(*) AS n FROM item WHERE folder = ? GROUP BY state',
      this.#knownFolder(path, uidValidity),
    );
    return Object.fromEntries(rows.map((row) => [stateOf(Number(row['state'])), Number(row['n'])]));
  }

  async [Symbol.asyncDispose]() {
    await this.#log[Symbol.asyncDispose]();
    this.#db.close();
    // Damage that shows while reading ends the pass; the next one begins with a new file.
    if (this.#damaged) await this.#putAside();
  }

  // The epoch is compared inside the transaction: between the check and the write nobody can take the mailbox.
  #write(work: () => unknown, take = false): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        this.#compareEpoch(take);
        work();
        this.#db.exec('COMMIT');
      } catch (error) {
        this.#db.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      throw this.#failed(error);
    }
  }

  // Somebody who could not wait for our lock put a copy in the place of our file: what is written here is seen by nobody.
  #compareEpoch(take: boolean): void {
    if (inodeOf(this.#file) !== this.#inode) throw new MigrationError('MailboxTakenOver');
    const holder = Number(this.#get('SELECT epoch FROM holder')?.['epoch'] ?? 0);
    if (holder > this.#epoch || (!take && holder !== this.#epoch)) throw new MigrationError('MailboxTakenOver');
  }

  async #onDisk(): Promise<void> {
    try {
      await this.#log.settled();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    this.#damaged ||= isDamage(error);
    return translated(error);
  }

  #folderId(path: string, uidValidity: string): number {
    const known = this.#knownFolder(path, uidValidity);
    if (known !== 0) return known;
    const { lastInsertRowid } = this.#prepare('INSERT INTO folder (path, uidvalidity) VALUES (?, ?)').run(
      path,
      uidValidity,
    );
    return Number(lastInsertRowid);
  }

  // 0 is no folder's id: a query for it finds nothing.
  #knownFolder(path: string, uidValidity: string): number {
    const name = `${uidValidity} ${path}`;
    const cached = this.#folderIds.get(name);
    if (cached !== undefined) return cached;
    const row = this.#get('SELECT id FROM folder WHERE path = ? AND uidvalidity = ?', path, uidValidity);
    if (row === undefined) return 0;
    this.#folderIds.set(name, Number(row['id']));
    return Number(row['id']);
  }

  #prepare(sql: string, arrays = false): ReturnType<DatabaseSync['prepare']> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    if (arrays) statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    try {
      return this.#prepare(sql).all(...values);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    try {
      return this.#prepare(sql).get(...values);
    } catch (error) {
      throw this.#failed(error);
    }
  }
}
