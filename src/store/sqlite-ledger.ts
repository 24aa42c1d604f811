import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FidelityNote, Ledger, LedgerEntry, LedgerState, LedgerStore, Logger } from '../engine/ports.ts';
import { readCheckpoint } from './checkpoint-codec.ts';
import { ledgerFile, moveAside, openLedgerFile } from './ledger-file.ts';
import { type LedgerRow, fromRow, readNotes, toRow } from './ledger-rows.ts';
import { KEY_INDEX, LEDGER_STATES, stateNumber } from './ledger-schema.ts';
import { keyStatement, ledgerStatements } from './ledger-statements.ts';
import { ledgerWriter, takeLedger } from './ledger-writer.ts';
import { isDamaged, ledgerUnavailable, sqliteFailureCode } from './sqlite-failure.ts';
import { targetIdCodec } from './target-id-codec.ts';
import { textDictionary } from './text-dictionary.ts';

export interface SqliteLedgersSettings {
  /** Where the files are; normally `<BELLHOP_DATA>/ledger`. */
  readonly directory: string;
  readonly log: Logger;
}

/** Rows read at once: SQLite runs on this thread, and other mailboxes want their turn. */
const CHUNK = 20_000;

/**
 * Ledgers as SQLite files, one a mailbox, for workers of one machine. A damaged file is moved aside, at opening or when
 * the damage shows; what it knew comes back from the markers in the target.
 */
export function sqliteLedgers({ directory, log }: SqliteLedgersSettings): LedgerStore {
  return {
    async open(key, epoch) {
      const file = ledgerFile(directory, key);
      const database = await openLedgerFile(file, log);
      try {
        takeLedger(database, epoch);
        return openLedger(database, epoch, (code) => moveAside(file, code, log));
      } catch (error) {
        database.close();
        throw ledgerUnavailable(error);
      }
    },
  };
}

function openLedger(database: DatabaseSync, epoch: number, discard: (code: string) => Promise<void>): Ledger {
  const statements = ledgerStatements(database);
  const dictionary = textDictionary(database);
  const ids = targetIdCodec(dictionary);
  const writer = ledgerWriter(database, epoch, () => {
    dictionary.reset();
    ids.reset();
  });
  let byKey: StatementSync | undefined;

  const toEntry = (row: readonly SQLOutputValue[]): LedgerEntry => fromRow(row, dictionary, ids);
  const folderId = (path: string, uidValidity: string): number | undefined => {
    const id = statements.findFolder.get(path, uidValidity)?.['id'];
    return typeof id === 'number' ? id : undefined;
  };
  const ensureFolder = (path: string, uidValidity: string): number =>
    folderId(path, uidValidity) ?? Number(statements.addFolder.run(path, uidValidity).lastInsertRowid);

  // Every access goes through here: damage found on the way ends this ledger for good.
  async function guarded<Result>(access: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await access();
    } catch (error) {
      const failure = ledgerUnavailable(error);
      if (isDamaged(error) || isDamaged(failure.cause)) {
        if (database.isOpen) {
          database.close();
          await discard(sqliteFailureCode(failure.cause));
        }
      }
      throw failure;
    }
  }

  return {
    checkpoint: (path) => guarded(() => readCheckpoint(statements.readCheckpoint.get(path)?.['value'])),
    saveCheckpoint: (path, checkpoint) =>
      guarded(() => writer.write(() => void statements.saveCheckpoint.run(path, JSON.stringify(checkpoint)))),
    folders: () => guarded(() => arrays(statements.paths.all()).map(([path]) => String(path))),
    formerUidValidities: (path, current) =>
      guarded(() => arrays(statements.formerRows.all(path, current)).map(([uidValidity]) => String(uidValidity))),

    record: (path, uidValidity, entries) =>
      guarded(async () => {
        if (entries.length === 0) return;
        await writer.write(() => {
          const folder = ensureFolder(path, uidValidity);
          for (const entry of entries) statements.put.run(folder, ...toRow(entry, dictionary, ids));
        });
      }),
    withdraw: (path, uidValidity, uids) =>
      guarded(async () => {
        const folder = folderId(path, uidValidity);
        if (folder === undefined || uids.length === 0) return;
        await writer.write(() => {
          for (const uid of uids) statements.withdraw.run(folder, uid, stateNumber('intended'));
        });
      }),

    states: (path, uidValidity) =>
      guarded(async () => {
        const folder = folderId(path, uidValidity);
        if (folder === undefined) return [];
        const rows = await readAll(statements.stateRows, 0, folder);
        return rows.map(([uid, state]) => [Number(uid), LEDGER_STATES[Number(state)] ?? 'failed'] as const);
      }),
    entries: (path, uidValidity, state) =>
      guarded(async () => {
        const folder = folderId(path, uidValidity);
        if (folder === undefined) return [];
        return (await readAll(statements.entryRows, 0, folder, stateNumber(state))).map(toEntry);
      }),
    findByUid: (path, uidValidity, uid) =>
      guarded(() => {
        const folder = folderId(path, uidValidity);
        const [row] = folder === undefined ? [] : arrays(statements.uidRows.all(folder, uid));
        return row === undefined ? undefined : toEntry(row);
      }),
    findByKey: (key) =>
      guarded(() => {
        if (byKey === undefined) database.exec(KEY_INDEX);
        byKey ??= keyStatement(database);
        return arrays(byKey.all(key)).map(([path, uidValidity, ...row]) => ({
          ...toEntry(row),
          path: String(path),
          uidValidity: String(uidValidity),
        }));
      }),

    noteCounts: () =>
      guarded(() => {
        const counts = new Map<string, FidelityNote & { count: number }>();
        for (const [text, count] of arrays(statements.noteRows.all(stateNumber('copied'), stateNumber('adopted')))) {
          for (const note of readNotes(dictionary.textOf(Number(text)))) {
            const key = `${note.kind}\n${note.text}`;
            const entry = counts.get(key) ?? { ...note, count: 0 };
            counts.set(key, { ...entry, count: entry.count + Number(count) });
          }
        }
        return [...counts.values()];
      }),
    count: (path, uidValidity) =>
      guarded(() => {
        const counts: Partial<Record<LedgerState, number>> = {};
        const folder = folderId(path, uidValidity);
        for (const [state, count] of folder === undefined ? [] : arrays(statements.countRows.all(folder))) {
          counts[LEDGER_STATES[Number(state)] ?? 'failed'] = Number(count);
        }
        return counts;
      }),

    async [Symbol.asyncDispose]() {
      await writer.settled();
      if (database.isOpen) database.close();
    },
  };
}

// Statements that end in `uid > ? ... LIMIT ?`, chunk by chunk.
async function readAll(statement: StatementSync, uidColumn: number, ...args: readonly number[]): Promise<LedgerRow[]> {
  const all: LedgerRow[] = [];
  for (let after = 0; ; await nextTurn()) {
    const chunk = arrays(statement.all(...args, after, CHUNK));
    for (const row of chunk) all.push(row);
    if (chunk.length < CHUNK) return all;
    after = Number(chunk.at(-1)?.[uidColumn]);
  }
}

// The types of node:sqlite do not know setReturnArrays: these statements answer arrays.
function arrays(rows: unknown): LedgerRow[] {
  return rows as LedgerRow[];
}
