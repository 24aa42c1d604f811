import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file only its owner can read, whole or not at all: a new file takes the place of an old one, whatever its
 * mode was and wherever it pointed to.
 */
export async function writePrivately(file: string, text: string | Iterable<string>): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // "wx": nobody else's file and no link of that name is written to.
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
