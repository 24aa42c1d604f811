import type { DatabaseSync } from 'node:sqlite';
import { MigrationError } from '../engine/domain/failure.ts';
import { ledgerUnavailable } from './sqlite-failure.ts';

/** Writes of one ledger, in transactions that only the present holder of the mailbox can commit. */
export interface LedgerWriter {
  /** Runs a write; it is on the disk when this returns. Throws MailboxTakenOver or LedgerUnavailable. */
  write(change: () => void): Promise<void>;
  /** Resolves when everything written so far is done. */
  settled(): Promise<void>;
}

interface Pending {
  readonly change: () => void;
  readonly resolve: () => void;
  readonly reject: (error: MigrationError) => void;
}

/**
 * Writes that arrive in the same turn of the event loop share one transaction: upload lanes of a mailbox finish side by
 * side, and each commit waits for the disk. `rolledBack` is told when numbers given inside a transaction are not true.
 */
export function ledgerWriter(database: DatabaseSync, epoch: number, rolledBack: () => void): LedgerWriter {
  const holder = database.prepare('SELECT epoch FROM holder');
  let pending: Pending[] = [];
  let flushed: Promise<void> | undefined;

  function commit(changes: readonly (() => void)[]): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      // Inside the transaction nobody else can take the mailbox between the look and the commit.
      if (Number(holder.get()?.['epoch']) > epoch) throw new MigrationError('MailboxTakenOver');
      for (const change of changes) change();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      rolledBack();
      throw error;
    }
  }

  function flush(): void {
    const group = pending;
    pending = [];
    flushed = undefined;
    try {
      commit(group.map((each) => each.change));
      for (const each of group) each.resolve();
    } catch (error) {
      // All writes of a ledger belong to one sync: what stops one of them stops the sync.
      for (const each of group) each.reject(ledgerUnavailable(error));
    }
  }

  return {
    write(change) {
      return new Promise((resolve, reject) => {
        pending.push({ change, resolve, reject });
        flushed ??= new Promise((done) =>
          setImmediate(() => {
            flush();
            done();
          }),
        );
      });
    },
    async settled() {
      await flushed;
    },
  };
}

/** Takes a ledger for an epoch. Throws MailboxTakenOver when a higher one holds it. */
export function takeLedger(database: DatabaseSync, epoch: number): void {
  const taken = database.prepare('UPDATE holder SET epoch = ? WHERE epoch <= ?').run(epoch, epoch);
  if (taken.changes === 0) throw new MigrationError('MailboxTakenOver');
}
