import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { MigrationError } from '../engine/domain/failure.ts';
import type { RecordDraft, RecordFiles, RecordSigner } from '../engine/ports.ts';
import { readSigner } from './signing-key.ts';
import { type FileToZip, zipFiles } from './zip-files.ts';

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
    async begin(name) {
      const safe = name.replaceAll(/[^\w.@+-]/g, '_');
      const folder = join(directory, safe);
      const aside = join(directory, `.${safe}.part`);
      try {
        await rm(aside, { recursive: true, force: true });
        await mkdir(aside, { recursive: true, mode: 0o700 });
      } catch (error) {
        throw refusal('a record cannot be written', error);
      }
      return draftIn(folder, aside);
    },
  };
}

function draftIn(folder: string, aside: string): RecordDraft {
  const written: FileToZip[] = [];
  const archive = `${folder}.zip`;
  return {
    async write(name, pieces) {
      const path = join(aside, name);
      const hash = createHash('sha256');
      let [bytes, crc] = [0, 0];
      async function* counted() {
        for await (const piece of pieces) {
          const data = Buffer.from(piece);
          hash.update(data);
          crc = crc32(data, crc);
          bytes += data.length;
          yield data;
        }
      }
      try {
        await pipeline(counted, createWriteStream(path, { mode: 0o600 }));
      } catch (error) {
        // What cannot be read is no fault of the disk.
        if (error instanceof MigrationError) throw error;
        throw refusal('a record cannot be written', error);
      }
      written.push({ name, path, bytes, crc });
      return { name, bytes, sha256: hash.digest('hex') };
    },
    async finish() {
      try {
        await zipFiles(archive, written);
        const hash = createHash('sha256');
        await pipeline(createReadStream(archive), hash);
        const { size } = await stat(archive);
        await rename(aside, folder);
        return { folder, archive: { file: archive, bytes: size, sha256: hash.digest('hex') } };
      } catch (error) {
        throw refusal('a record cannot be written', error);
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(aside, { recursive: true, force: true });
    },
  };
}

function refusal(what: string, error: unknown): MigrationError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new MigrationError('LedgerUnavailable', { detail: `${what}: ${code}` }, { cause: error });
}
