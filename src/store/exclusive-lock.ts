import { DatabaseSync } from 'node:sqlite';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock } from '../engine/ports.ts';

const LOOK_EVERY = 20;

/**
 * Runs an action while no other process of this machine does, by an exclusive SQLite transaction on a file. The system
 * takes the lock back when a process dies, so that there is no stale lock to judge, unlike with a file made by O_EXCL.
 * Throws StateUnavailable after `patience` ms.
 */
export async function withExclusiveLock<Result>(
  file: string,
  clock: Clock,
  patience: number,
  action: () => Promise<Result>,
): Promise<Result> {
  const until = clock.now() + patience;
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    while (!tryLock(database)) {
      if (clock.now() > until)
        throw new MigrationError('StateUnavailable', { detail: 'another process holds its start lock' });
      await clock.sleep(LOOK_EVERY);
    }
    return await action();
  } finally {
    database.close();
  }
}

const SQLITE_BUSY = 5;

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
