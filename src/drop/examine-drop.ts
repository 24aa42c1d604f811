import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DropState } from '../engine/ports.ts';

const DAY = 86_400_000;
/** A file is taken within seconds; what lies longer waits for something. */
const WAITS_AFTER = 2 * 60_000;

/** How it stands with the drop folder; undefined where none is used. Nothing here throws. */
export async function examineDrop(directory: string | undefined, now: number): Promise<DropState | undefined> {
  if (directory === undefined) return undefined;
  try {
    const stat = await lstat(directory);
    // The rule of the folder itself: who cannot enter it reads no password.
    if (!stat.isDirectory() || (stat.mode & 0o007) !== 0) return { state: 'open', waiting: 0, refused: 0 };
    const waiting = await countFiles(directory, (name, at) => isOffered(name) && now - at > WAITS_AFTER);
    return { state: 'used', waiting, refused: await countRefused(join(directory, 'done'), now) };
  } catch {
    return { state: 'missing', waiting: 0, refused: 0 };
  }
}

function isOffered(name: string): boolean {
  return !name.startsWith('.') && name.toLowerCase().endsWith('.csv');
}

async function countFiles(directory: string, counts: (name: string, at: number) => boolean): Promise<number> {
  let total = 0;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const at = (await lstat(join(directory, entry.name)).catch(() => undefined))?.mtimeMs;
    if (at !== undefined && counts(entry.name, at)) total += 1;
  }
  return total;
}

// Files of the last day that were not imported: their report says so in its third line.
async function countRefused(done: string, now: number): Promise<number> {
  const names = await readdir(done).catch((): string[] => []);
  let refused = 0;
  for (const name of names.filter((each) => each.endsWith('.report.txt'))) {
    const file = join(done, name);
    const at = (await lstat(file).catch(() => undefined))?.mtimeMs ?? 0;
    if (now - at < DAY && (await readFile(file, 'utf8')).includes('\nNot imported: ')) refused += 1;
  }
  return refused;
}
