import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs unpacked beside the system's own. */
export interface DebianRoot {
  readonly folder: string;
  /** LD_LIBRARY_PATH for them. */
  readonly libraries: string;
}

/**
 * Debian packages with what they need, unpacked and not installed: mail servers exclude each other as packages, and
 * nothing of the system is changed. Kept for the next run. Undefined where they cannot be had (no Debian, no network).
 */
export async function debianRoot(name: string, packages: readonly string[]): Promise<DebianRoot | undefined> {
  const folder = join(tmpdir(), 'bellhop-packages', name);
  if (!existsSync(folder)) {
    try {
      await unpack(folder, packages);
    } catch {
      return undefined;
    }
  }
  const libraries = ['usr/lib', 'usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu'];
  return { folder, libraries: libraries.map((part) => join(folder, part)).join(':') };
}

async function unpack(folder: string, packages: readonly string[]): Promise<void> {
  const parent = join(folder, '..');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'unpacking-'));
  try {
    // What an installation would bring, with the names of everything this machine lacks.
    const { stdout } = await run('apt-get', ['--simulate', 'install', '--no-install-recommends', ...packages]);
    const missing = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, each = '']) => each);
    const wanted = [...new Set([...packages, ...missing])].filter((each) => !each.startsWith('exim4'));
    await run('apt-get', ['download', ...wanted], { cwd: work });
    for (const file of (await readdir(work)).filter((each) => each.endsWith('.deb')))
      await run('dpkg', ['-x', join(work, file), join(work, 'root')]);
    // Under its final name last: another test may unpack the same just now.
    await rename(join(work, 'root'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
