import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Logger } from '../engine/ports.ts';

export interface VaultKeySettings {
  /** BELLHOP_KEY, or BELLHOP_KEY_FILE; without either, `bellhop.key` in the data directory. */
  readonly key: { readonly base64: string } | { readonly file: string | undefined };
  readonly dataDirectory: string;
  readonly log: Logger;
}

export const KEY_BYTES = 32;

/**
 * The key of the credential vault, 32 bytes. A key file that is missing is made once (mode 0600), however many processes
 * start at the same time. Throws CredentialUnreadable when what is there is not a key.
 */
export async function openVaultKey({ key, dataDirectory, log }: VaultKeySettings): Promise<Buffer> {
  if ('base64' in key) return readKey(key.base64);
  const file = key.file ?? path.join(dataDirectory, 'bellhop.key');
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  if (existing === undefined) await createKeyFile(file);
  else if (((await stat(file)).mode & 0o077) !== 0)
    log.warn({ file }, 'the key file can be read by others: chmod 600 it');
  return readKey(existing ?? (await readFile(file, 'utf8')));
}

// Written under another name first and linked: nobody can read half a key, and the first one to link decides.
async function createKeyFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(draft, file).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await unlink(draft);
}

function readKey(text: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES)
    throw new MigrationError('CredentialUnreadable', { address: 'every user (the key is not 32 bytes in base64)' });
  return key;
}
