import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from '../engine/domain/canonical-json.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { RecordFiles, RecordSigner } from '../engine/ports.ts';
import { readSigner } from './signing-key.ts';
import { zip } from './zip.ts';

export interface RecordFilesOptions {
  readonly directory: string;
  readonly keyFile: string;
  readonly version: string;
}

/** Records as folders and archives in one directory, readable by the owner alone. */
export function recordFiles({ directory, keyFile, version }: RecordFilesOptions): RecordFiles {
  let signer: Promise<RecordSigner> | undefined;
  return {
    version,
    async signer() {
      try {
        signer ??= readSigner(keyFile);
        return await signer;
      } catch (error) {
        signer = undefined;
        throw refusal('the key that signs records cannot be read', error);
      }
    },
    async write(name, files) {
      const safe = name.replaceAll(/[^\w.@+-]/g, '_');
      const folder = join(directory, safe);
      const aside = join(directory, `.${safe}.part`);
      const archive = `${folder}.zip`;
      try {
        await rm(aside, { recursive: true, force: true });
        await mkdir(aside, { recursive: true, mode: 0o700 });
        for (const [file, data] of files) await writeFile(join(aside, file), data, { mode: 0o600 });
        const bytes = zip([...files].map(([file, data]) => ({ name: file, bytes: Buffer.from(data) })));
        await writeFile(archive, bytes, { mode: 0o600 });
        await rename(aside, folder);
        return { folder, archive: { file: archive, bytes: bytes.length, sha256: sha256Of(bytes) } };
      } catch (error) {
        throw refusal('a record cannot be written', error);
      }
    },
  };
}

function refusal(what: string, error: unknown): MigrationError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new MigrationError('LedgerUnavailable', { detail: `${what}: ${code}` }, { cause: error });
}
