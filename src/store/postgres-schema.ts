import type { ClientBase } from 'pg';
import { MigrationError } from '../engine/domain/failure.ts';

/** Raised with every change of the tables; an older program refuses a newer database. */
const SCHEMA_VERSION = 1;
/** Mailboxes are spread over so many tables: each index stays small enough for memory, each vacuum short. */
const PARTITIONS = 16;
/** Two workers that start at once make the tables one after the other ("bellhop" as a number). */
const MIGRATION_LOCK = '27694017195306864';

/**
 * States are those of ledger-schema.ts, times ms since 1970 UTC, sizes bytes. Columns go from wide to narrow, so that no
 * byte is lost between them. A text of Postgres holds no NUL and sorts by a collation: what people typed is kept as bytes.
 * A path may be longer than an index takes: its SHA-256 stands for it.
 */
const SCHEMA = `
CREATE SCHEMA IF NOT EXISTS bellhop;
CREATE TABLE bellhop.version (version int NOT NULL);
INSERT INTO bellhop.version VALUES (${SCHEMA_VERSION});
CREATE TABLE bellhop.mailbox (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name bytea NOT NULL UNIQUE, epoch bigint NOT NULL);
CREATE TABLE bellhop.folder (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mailbox int NOT NULL, path bytea NOT NULL, uidvalidity text NOT NULL
);
CREATE UNIQUE INDEX folder_by_path ON bellhop.folder (mailbox, sha256(path), uidvalidity);
CREATE TABLE bellhop.checkpoint (
  uidnext bigint NOT NULL, present bigint NOT NULL, mailbox int NOT NULL, complete boolean NOT NULL, path bytea NOT NULL,
  uidvalidity text NOT NULL, modseq text, target text NOT NULL, former text
);
CREATE UNIQUE INDEX checkpoint_by_path ON bellhop.checkpoint (mailbox, sha256(path));
CREATE TABLE bellhop.item (
  uid bigint NOT NULL, at bigint NOT NULL, size bigint NOT NULL, internaldate bigint, mailbox int NOT NULL, folder int NOT NULL,
  state smallint NOT NULL, flags text NOT NULL, key bytea, target bytea, run bytea, code text, detail bytea, notes text,
  PRIMARY KEY (mailbox, folder, uid)
) PARTITION BY HASH (mailbox);
${Array.from(
  { length: PARTITIONS },
  (_, at) =>
    `CREATE TABLE bellhop.item_${at} PARTITION OF bellhop.item FOR VALUES WITH (MODULUS ${PARTITIONS}, REMAINDER ${at});`,
).join('\n')}
CREATE INDEX item_by_key ON bellhop.item (mailbox, key) WHERE key IS NOT NULL;
CREATE INDEX item_by_code ON bellhop.item (mailbox) WHERE code IS NOT NULL;
CREATE INDEX item_noted ON bellhop.item (mailbox) WHERE notes IS NOT NULL;
CREATE INDEX item_open ON bellhop.item (mailbox, folder, state) WHERE state <> 2;`;

/** Makes the tables where there are none. Whoever starts first does it, the others wait. Throws for a newer version. */
export async function prepareSchema(client: ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const version = await versionOf(client);
    if (version > SCHEMA_VERSION)
      throw new MigrationError('LedgerUnavailable', { detail: `written by a newer Bellhop (schema ${version})` });
    if (version === 0) await client.query(SCHEMA);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function versionOf(client: ClientBase): Promise<number> {
  const there = await client.query<{ there: boolean }>(`SELECT to_regclass('bellhop.version') IS NOT NULL AS there`);
  if (there.rows[0]?.there !== true) return 0;
  const known = await client.query<{ version: number }>('SELECT version FROM bellhop.version');
  return known.rows[0]?.version ?? 0;
}
