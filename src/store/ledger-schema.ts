import type { LedgerState } from '../engine/ports.ts';

/** Raised with every change of the tables; an older program refuses a newer file. */
export const SCHEMA_VERSION = 1;

/** Times in ms since 1970 UTC, sizes in bytes; modseq as text because it has 63 bits. */
export const SCHEMA = `
CREATE TABLE holder (epoch INTEGER NOT NULL);
INSERT INTO holder VALUES (0);
CREATE TABLE folder (id INTEGER PRIMARY KEY, path TEXT NOT NULL, uidvalidity TEXT NOT NULL, UNIQUE (path, uidvalidity));
CREATE TABLE checkpoint (
  path TEXT PRIMARY KEY, uidvalidity TEXT NOT NULL, uidnext INTEGER NOT NULL, present INTEGER NOT NULL,
  modseq TEXT, target TEXT NOT NULL, complete INTEGER NOT NULL, former TEXT
) WITHOUT ROWID;
CREATE TABLE item (
  folder INTEGER NOT NULL, uid INTEGER NOT NULL, state INTEGER NOT NULL, flags TEXT NOT NULL, size INTEGER NOT NULL,
  internaldate INTEGER, key BLOB, target TEXT, run TEXT, at INTEGER NOT NULL, code TEXT, detail TEXT, notes TEXT,
  PRIMARY KEY (folder, uid)
) WITHOUT ROWID;
CREATE INDEX item_by_key ON item (key) WHERE key IS NOT NULL;
CREATE INDEX item_by_code ON item (folder) WHERE code IS NOT NULL;
CREATE INDEX item_open ON item (folder, state) WHERE state <> 2`;

/** States as small numbers; never renumbered. */
export const STATE_CODES: Readonly<Record<LedgerState, number>> = {
  intended: 1,
  copied: 2,
  adopted: 3,
  skipped: 4,
  failed: 5,
  excluded: 6,
  gone: 7,
};

export const STATE_NAMES: ReadonlyMap<number, LedgerState> = new Map(
  (Object.entries(STATE_CODES) as [LedgerState, number][]).map(([name, code]) => [code, name]),
);
