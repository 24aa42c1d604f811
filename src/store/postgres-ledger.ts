import { createHash } from 'node:crypto';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Checkpoint, Ledger, LedgerEntry, LedgerKey, LedgerState, LedgerStore } from '../engine/ports.ts';
import { type Row, countNotes, stateOf } from './ledger-rows.ts';
import { STATE_CODES } from './ledger-schema.ts';
import { type Postgres, type PostgresOptions, openPostgres } from './postgres-pool.ts';
import {
  ITEM_COLUMNS,
  ITEM_UPDATES,
  checkpointOf,
  columnsOf,
  itemOf,
  placedItemOf,
  textOf,
  unnestFrom,
} from './postgres-rows.ts';

/**
 * Ledgers in Postgres, for workers on several hosts. Each write is one statement, and so one transaction, that holds the
 * mailbox' row while it writes: who has another epoch than that row writes nothing, and nobody can take the mailbox in between.
 */
export function postgresLedgers(options: PostgresOptions): LedgerStore {
  const postgres = openPostgres(options);
  return {
    async open(key, epoch) {
      await postgres.prepare();
      return new PostgresLedger(postgres, await takeMailbox(postgres, nameOf(key), epoch), epoch);
    },
    async examine() {
      const version = await postgres.prepare();
      // Asked anew: that it was there once says nothing about now.
      await postgres.rows('SELECT version FROM bellhop.version', []);
      return { kind: 'postgres', version };
    },
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  };
}

function nameOf({ targetMailboxId, sourceHost, login }: LedgerKey): Buffer {
  return createHash('sha256').update([targetMailboxId, sourceHost, login].join('\n')).digest();
}

async function takeMailbox(postgres: Postgres, name: Buffer, epoch: number): Promise<number> {
  const taken =
    (await postgres.rows('UPDATE bellhop.mailbox SET epoch = $2 WHERE name = $1 AND epoch <= $2 RETURNING id', [name, epoch]))[0] ??
    // Not there yet, or held by a higher epoch: then this inserts nothing. Made by somebody else just now: the same as taken.
    (await postgres.rows('INSERT INTO bellhop.mailbox (name, epoch) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET epoch = $2 WHERE mailbox.epoch <= $2 RETURNING id', [name, epoch]))[0]; // prettier-ignore
  if (taken === undefined) throw new MigrationError('MailboxTakenOver');
  return Number(taken['id']);
}

class PostgresLedger implements Ledger {
  readonly #postgres: Postgres;
  readonly #mailbox: number;
  readonly #epoch: number;
  readonly #folderIds = new Map<string, number>();

  constructor(postgres: Postgres, mailbox: number, epoch: number) {
    this.#postgres = postgres;
    this.#mailbox = mailbox;
    this.#epoch = epoch;
  }

  async ensureHeld() {
    const [row] = await this.#postgres.rows('SELECT epoch FROM bellhop.mailbox WHERE id = $1', [this.#mailbox]);
    if (Number(row?.['epoch']) !== this.#epoch) throw new MigrationError('MailboxTakenOver');
  }

  async checkpoint(path: string) {
    const [row] = await this.#rows('SELECT * FROM bellhop.checkpoint WHERE mailbox = $1 AND sha256(path) = sha256($2)', Buffer.from(path)); // prettier-ignore
    return row === undefined ? undefined : checkpointOf(row);
  }

  async saveCheckpoint(path: string, checkpoint: Checkpoint) {
    const { uidValidity, uidNext, exists, highestModseq, targetFolderId, complete, formerPaths } = checkpoint;
    await this.#write(
      `INSERT INTO bellhop.checkpoint (mailbox, path, uidvalidity, uidnext, present, modseq, target, complete, former)
       SELECT held.id, $3::bytea, $4::text, $5::bigint, $6::bigint, $7::text, $8::text, $9::boolean, $10::text FROM held
       ON CONFLICT (mailbox, sha256(path)) DO UPDATE SET uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext,
         present = excluded.present, modseq = excluded.modseq, target = excluded.target, complete = excluded.complete,
         former = excluded.former`,
      ...[Buffer.from(path), uidValidity, uidNext, exists, highestModseq ?? null, targetFolderId, complete],
      formerPaths === undefined ? null : JSON.stringify(formerPaths),
    );
  }

  async folders() {
    const rows = await this.#rows('SELECT path FROM bellhop.checkpoint WHERE mailbox = $1 UNION SELECT path FROM bellhop.folder WHERE mailbox = $1'); // prettier-ignore
    return rows.map((row) => textOf(row['path']));
  }

  async formerUidValidities(path: string, current: string) {
    const rows = await this.#rows(
      `SELECT uidvalidity FROM bellhop.folder f WHERE mailbox = $1 AND sha256(path) = sha256($2) AND uidvalidity <> $3
         AND EXISTS (SELECT 1 FROM bellhop.item WHERE mailbox = $1 AND folder = f.id) ORDER BY id`,
      Buffer.from(path),
      current,
    );
    return rows.map((row) => String(row['uidvalidity']));
  }

  async record(path: string, uidValidity: string, entries: readonly LedgerEntry[]) {
    if (entries.length === 0) return;
    await this.#write(
      `INSERT INTO bellhop.item (mailbox, folder, ${ITEM_COLUMNS})
       SELECT held.id, $3::int, entry.* FROM held, ${unnestFrom(4)}
       ON CONFLICT (mailbox, folder, uid) DO UPDATE SET ${ITEM_UPDATES}`,
      await this.#folderId(path, uidValidity),
      ...columnsOf(entries),
    );
  }

  confirm(path: string, uidValidity: string, entries: readonly LedgerEntry[]) {
    return this.record(path, uidValidity, entries);
  }

  async withdraw(path: string, uidValidity: string, uids: readonly number[]) {
    if (uids.length === 0) return;
    await this.#write(
      `DELETE FROM bellhop.item USING held
       WHERE item.mailbox = $1 AND held.id = $1 AND folder = $3 AND state = ${STATE_CODES.intended} AND uid = ANY($4::bigint[])`,
      await this.#folderId(path, uidValidity),
      uids,
    );
  }

  async rename(path: string, to: string) {
    await this.#write(`${renamed('folder')}), checkpoints AS (${renamed('checkpoint')}`, Buffer.from(path), Buffer.from(to)); // prettier-ignore
    this.#folderIds.clear();
  }

  async states(path: string, uidValidity: string) {
    const rows = await this.#postgres.arrays(
      'SELECT uid, state, flags FROM bellhop.item WHERE mailbox = $1 AND folder = $2 ORDER BY uid',
      [this.#mailbox, await this.#knownFolder(path, uidValidity)],
    );
    return rows.map(([uid, state, flags]) => [Number(uid), stateOf(Number(state)), String(flags)] as const);
  }

  async entries(path: string, uidValidity: string, state: LedgerState) {
    const rows = await this.#rows(
      `SELECT * FROM bellhop.item WHERE mailbox = $1 AND folder = $2 AND state = ${STATE_CODES[state]} ORDER BY uid`,
      await this.#knownFolder(path, uidValidity),
    );
    return rows.map(itemOf);
  }

  async findByUid(path: string, uidValidity: string, uid: number) {
    const folder = await this.#knownFolder(path, uidValidity);
    const [row] = await this.#rows('SELECT * FROM bellhop.item WHERE mailbox = $1 AND folder = $2 AND uid = $3', folder, uid); // prettier-ignore
    return row === undefined ? undefined : itemOf(row);
  }

  async findByKey(key: Uint8Array) {
    return this.#placed('key = $2 ORDER BY folder.id, uid', Buffer.from(key));
  }

  async coded() {
    return this.#placed('code IS NOT NULL ORDER BY folder.path, uid');
  }

  async noteCounts() {
    const rows = await this.#rows(`SELECT notes FROM bellhop.item WHERE mailbox = $1 AND notes IS NOT NULL AND state = ${STATE_CODES.copied}`); // prettier-ignore
    return countNotes(rows);
  }

  async count(path: string, uidValidity: string) {
    const rows = await this.#rows(
      'SELECT state, COUNT(*) AS n FROM bellhop.item WHERE mailbox = $1 AND folder = $2 GROUP BY state',
      await this.#knownFolder(path, uidValidity),
    );
    return Object.fromEntries(rows.map((row) => [stateOf(Number(row['state'])), Number(row['n'])]));
  }

  // The connections belong to all ledgers.
  async [Symbol.asyncDispose]() {}

  #rows(text: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#postgres.rows(text, [this.#mailbox, ...values]);
  }

  #placed(condition: string, ...values: readonly unknown[]) {
    const join = 'bellhop.item JOIN bellhop.folder ON folder.id = item.folder';
    const text = `SELECT item.*, folder.path, folder.uidvalidity FROM ${join} WHERE item.mailbox = $1 AND ${condition}`;
    return this.#rows(text, ...values).then((rows) => rows.map(placedItemOf));
  }

  /**
   * Carries out a statement for the row of `held`: it is there only for who holds the mailbox, and locked until the
   * statement is over, so that nobody takes the mailbox in between. $1 and $2 are mailbox and epoch.
   */
  async #write(statement: string, ...values: readonly unknown[]): Promise<void> {
    const held = 'SELECT id FROM bellhop.mailbox WHERE id = $1 AND epoch = $2 FOR SHARE';
    const text = `WITH held AS MATERIALIZED (${held}), written AS (${statement}) SELECT count(*) AS held FROM held`;
    const [row] = await this.#rows(text, this.#epoch, ...values);
    if (Number(row?.['held']) !== 1) throw new MigrationError('MailboxTakenOver');
  }

  async #folderId(path: string, uidValidity: string): Promise<number> {
    const known = await this.#knownFolder(path, uidValidity);
    if (known !== 0) return known;
    await this.#write(
      `INSERT INTO bellhop.folder (mailbox, path, uidvalidity) SELECT held.id, $3::bytea, $4::text FROM held
       ON CONFLICT (mailbox, sha256(path), uidvalidity) DO NOTHING`,
      Buffer.from(path),
      uidValidity,
    );
    return this.#knownFolder(path, uidValidity);
  }

  // 0 is no folder's id: a query for it finds nothing.
  async #knownFolder(path: string, uidValidity: string): Promise<number> {
    const name = `${uidValidity} ${path}`;
    const cached = this.#folderIds.get(name);
    if (cached !== undefined) return cached;
    const [row] = await this.#rows(
      'SELECT id FROM bellhop.folder WHERE mailbox = $1 AND sha256(path) = sha256($2) AND uidvalidity = $3',
      Buffer.from(path),
      uidValidity,
    );
    if (row === undefined) return 0;
    this.#folderIds.set(name, Number(row['id']));
    return Number(row['id']);
  }
}

function renamed(table: 'folder' | 'checkpoint'): string {
  return `UPDATE bellhop.${table} SET path = $4 FROM held WHERE ${table}.mailbox = held.id AND sha256(path) = sha256($3)`;
}
