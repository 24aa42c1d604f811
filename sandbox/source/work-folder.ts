import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Unix sockets live below it, and their paths end at 107 bytes (Dovecot adds 29). */
const LONGEST_PATH = 76;

/**
 * The folder a mail server really works in: the wished one when other users can reach it (servers started by root run
 * their processes as users of their own) and its path is short enough for sockets; else a lasting twin below the
 * system's folder for temporary files. A clone in /root is such a case. Private folders of ours among the temporary
 * files are opened for passing through, not for reading.
 */
export async function workFolder(wished: string): Promise<string> {
  const wish = resolve(wished);
  await mkdir(wish, { recursive: true });
  const suits = wish.length <= LONGEST_PATH && (process.getuid?.() !== 0 || (await canBeReached(dirname(wish))));
  const twin = join(tmpdir(), `bellhop-${createHash('sha256').update(wish).digest('hex').slice(0, 12)}`);
  const folder = suits ? wish : twin;
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  return folder;
}

async function canBeReached(folder: string): Promise<boolean> {
  const { mode, uid } = await stat(folder);
  const isOurs = uid === process.getuid?.() && folder.startsWith(join(tmpdir(), '/'));
  if ((mode & 0o001) === 0 && !isOurs) return false;
  if ((mode & 0o001) === 0) await chmod(folder, (mode & 0o777) | 0o011);
  const parent = dirname(folder);
  return parent === folder || canBeReached(parent);
}
