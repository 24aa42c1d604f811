import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Finding } from './findings.ts';

/** Path of each message file (its name holds the flags) and the SHA-256 of its bytes. */
export type MaildirHashes = ReadonlyMap<string, string>;

/** Hashes the messages of a Maildir tree; what Dovecot keeps for itself beside them does not count. */
export async function hashMaildir(root: string): Promise<MaildirHashes> {
  const hashes = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const folder = basename(entry.parentPath);
    if (!entry.isFile() || (folder !== 'cur' && folder !== 'new')) continue;
    const file = join(entry.parentPath, entry.name);
    hashes.set(
      nameOf(relative(root, file)),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return hashes;
}

/** A message that a session has seen moves from new/ to cur/: its flags are what counts. */
function nameOf(file: string): string {
  const name = basename(file);
  const folder = dirname(dirname(file));
  return join(folder, name.includes(':2,') ? name : `${name}:2,`);
}

/** I5: the source is as it was. */
export function checkSourceUntouched(user: string, before: MaildirHashes, after: MaildirHashes): readonly Finding[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      const detail = !after.has(name)
        ? 'is gone or has other flags'
        : before.has(name)
          ? 'has other bytes'
          : 'is new or has other flags';
      return { code: 'source-changed', user, where: name, detail };
    });
}
