import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from '../engine/domain/failure.ts';
import type { ReportFiles } from '../engine/ports.ts';

/** Reports as files in one directory, readable by the owner alone: they name folders of people's mailboxes. */
export function reportFiles(directory: string): ReportFiles {
  return {
    async write(name, text) {
      // Addresses may hold what file systems do not like.
      const file = join(directory, name.replaceAll(/[^\w.@+-]/g, '_'));
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(file, text, { mode: 0o600 });
      } catch (error) {
        const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new MigrationError(
          'LedgerUnavailable',
          { detail: `a report cannot be written: ${detail}` },
          { cause: error },
        );
      }
      return file;
    },
  };
}
