import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST, RECORD_FILES, SIGNATURE } from '../engine/domain/record-manifest.ts';
import { BadArchive, unzip } from './unzip.ts';

/** A record as it was found: its files by name, and what stands beside them and is no file of it. */
export interface FoundRecord {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly strays: readonly string[];
}

/** What a record may be at most: 50,000 users with their waivers need a fifth of it. */
const MOST_BYTES = 1024 * 1024 * 1024;
const MOST_FILES = 64;
const KNOWN: ReadonlySet<string> = new Set([...RECORD_FILES, MANIFEST, SIGNATURE]);

/**
 * Reads a record from a folder or a zip. Only names a record has are read, from the folder itself: no links, no folders
 * below, nothing that grows beyond bounds. Throws BadArchive with a sentence for people.
 */
export async function readRecord(path: string): Promise<FoundRecord> {
  const found = await lstat(path).catch((error: unknown) => {
    throw new BadArchive(`${path} cannot be read (${codeOf(error)})`);
  });
  // The path a person typed may be a link; what is inside may not.
  const folder = found.isDirectory() || (found.isSymbolicLink() && (await isFolder(path)));
  return folder ? readFolder(path) : readArchive(path);
}

async function readArchive(path: string): Promise<FoundRecord> {
  const all = unzip(await readFileUpTo(path, MOST_BYTES), { entries: MOST_FILES, bytes: MOST_BYTES });
  const files = new Map([...all].filter(([name]) => KNOWN.has(name)));
  return { files, strays: [...all.keys()].filter((name) => !KNOWN.has(name)) };
}

async function readFolder(path: string): Promise<FoundRecord> {
  const entries = await readdir(path, { withFileTypes: true });
  const files = new Map<string, Buffer>();
  const strays: string[] = [];
  let left = MOST_BYTES;
  for (const entry of entries) {
    if (!KNOWN.has(entry.name) || !entry.isFile()) {
      if (strays.length < MOST_FILES) strays.push(entry.name);
      continue;
    }
    const bytes = await readFileUpTo(join(path, entry.name), left);
    left -= bytes.length;
    files.set(entry.name, bytes);
  }
  return { files, strays };
}

// O_NOFOLLOW: between looking and opening, a file may have become a link.
async function readFileUpTo(path: string, most: number): Promise<Buffer> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await file.stat().then((stat) => {
      if (!stat.isFile()) throw new BadArchive(`${path} is no file`);
      return stat;
    });
    if (size > most) throw new BadArchive(`${path} has ${size} bytes, too large for a record`);
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof BadArchive) throw error;
    throw new BadArchive(`${path} cannot be read (${codeOf(error)})`);
  } finally {
    await file?.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
