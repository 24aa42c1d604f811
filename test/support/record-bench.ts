import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync, sign } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recordPage } from '../../src/cards/record-page.ts';
import { closeOut } from '../../src/engine/close-out.ts';
import type { AuditEntry } from '../../src/engine/domain/audit-entry.ts';
import type { BatchName } from '../../src/engine/domain/ids.ts';
import { type RecordManifest, fingerprintOf, recordedFile } from '../../src/engine/domain/record-manifest.ts';
import { verifyRecord } from '../../src/engine/domain/verify-record.ts';
import type { ExportView } from '../../src/engine/views.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { verifyRecordCommand } from '../../src/record/verify-command.ts';
import { OPERATOR } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from './bot-world.ts';
import { migrateSamples } from './sample-record.ts';

/** A record that was just written, and copies of it to spoil. */
export interface RecordBench extends AsyncDisposable {
  readonly world: BotWorld;
  readonly batch: BatchName;
  readonly view: ExportView;
  /** A folder for whatever a test writes. */
  readonly scratch: string;
  /** Writes another record of the batch. */
  write(): Promise<ExportView>;
  /** A copy of the record that may be spoiled. */
  copy(): string;
}

/** Starts a Bellhop of its own, migrates samples and writes their record. */
export async function openRecordBench(): Promise<RecordBench> {
  const world = await startBotWorld();
  const batch = await migrateSamples(world.opened.world);
  const write = (): Promise<ExportView> =>
    closeOut(world.opened.world, batch, (report) => recordPage(report), OPERATOR);
  const view = await write();
  const scratch = mkdtempSync(join(tmpdir(), 'bellhop-record-'));
  let copies = 0;
  return {
    ...{ world, batch, view, scratch, write },
    copy() {
      const folder = join(scratch, `copy-${(copies += 1)}`);
      cpSync(view.folder, folder, { recursive: true });
      return folder;
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** `bellhop verify-record` in this process. */
export async function verifyHere(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const keep = (text: string): void => void (out += `${text}\n`);
  return { code: await verifyRecordCommand(words, { out: keep, error: keep }), out };
}

export function edit(folder: string, name: string, change: (text: string) => string): void {
  const file = join(folder, name);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}

/** What is wrong, as one line a problem. */
export async function problemsOf(folder: string, key?: string): Promise<readonly string[]> {
  const { files, strays } = await readRecord(folder);
  const { problems } = verifyRecord(files, strays, key === undefined ? {} : { key });
  return problems.map(({ file, where, text }) => `${file}${where === undefined ? '' : ` ${where}`}: ${text}`);
}

/** Hashes and signs anew, as somebody with a key of his own can. */
export function resign(folder: string): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const fingerprint = fingerprintOf(pem);
  writeFileSync(join(folder, 'public-key.pem'), pem);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as RecordManifest;
  const files = manifest.files.map(({ name }) => recordedFile(name, readFileSync(join(folder, name))));
  const last = JSON.parse(
    readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '',
  ) as AuditEntry;
  const chain = { seq: last.seq, hash: last.hash };
  const text = JSON.stringify({ ...manifest, files, chain, signer: { algorithm: 'Ed25519', fingerprint } });
  writeFileSync(join(folder, 'manifest.json'), text);
  writeFileSync(join(folder, 'manifest.sig'), sign(null, Buffer.from(text), privateKey));
  return fingerprint;
}

export function linesOf(folder: string): readonly string[] {
  return readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
}

export function writeLines(folder: string, lines: readonly string[]): void {
  writeFileSync(join(folder, 'audit.jsonl'), lines.map((line) => `${line}\n`).join(''));
}
