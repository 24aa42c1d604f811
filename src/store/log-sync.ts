import { type FileHandle, open } from 'node:fs/promises';

/** Sees to it that what was written to a file is on its disk, without keeping the process from its other work. */
export interface LogSync extends AsyncDisposable {
  /** Resolves when all that was written before the call is on the disk; rejects with the file system's error. */
  settled(): Promise<void>;
}

/**
 * One sync (fdatasync) serves all who wrote before it began: lanes that record at the same time wait for the disk once.
 * The file is opened with the first call.
 */
export function logSync(file: string): LogSync {
  let opened: Promise<FileHandle> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function sync(after: Promise<void> | undefined): Promise<void> {
    await after?.catch(() => undefined);
    // Whoever comes from now on may have written after the sync looked at the file.
    running = next;
    next = undefined;
    // For writing: Windows syncs no file that is only read.
    opened ??= open(file, 'r+');
    await (await opened).datasync();
  }

  return {
    settled() {
      next ??= sync(running);
      return next;
    },
    async [Symbol.asyncDispose]() {
      await next?.catch(() => undefined);
      await running?.catch(() => undefined);
      const handle = await opened?.catch(() => undefined);
      await handle?.close();
    },
  };
}
