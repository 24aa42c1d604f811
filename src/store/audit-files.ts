import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditHead } from '../engine/domain/audit-entry.ts';
import { canonicalJson } from '../engine/domain/canonical-json.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { AuditLog, AuditMirror, RecordSigner } from '../engine/ports.ts';

export interface AuditFilesOptions {
  readonly directory: string;
  readonly audit: AuditLog;
  readonly signer: () => Promise<RecordSigner>;
}

/** Entries in a file; the last one grows. */
const PER_FILE = 1000;
const HEAD = 'head.json';

/**
 * The audit chain as files of JSON lines, named by the number of their first entry, and a signed head. What is in a file
 * follows from the chain alone, and a file is replaced as a whole: of two processes that write the same one, either may
 * be last. Whoever changes Redis alone is found out, because the chain no longer continues the files.
 */
export function auditFiles({ directory, audit, signer }: AuditFilesOptions): AuditMirror {
  return {
    async catchUp(upTo) {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const names = (await readdir(directory)).filter((name) => /^\d{10}\.jsonl$/.test(name)).sort();
        await heal(directory, names.at(-2), audit);
        const lines = await linesOf(directory, names.at(-1));
        const known = headOf(lines) ?? { seq: 0, hash: '' };
        await checkContinues(audit, known, lines.at(-1));
        await checkSigned(directory, audit, known);
        const head = await writeOn(directory, audit, known, lines, upTo);
        if (head.seq > known.seq) await writeHead(directory, head, await signer());
      } catch (error) {
        if (error instanceof MigrationError) throw error;
        const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        throw new MigrationError('LedgerUnavailable', { detail: `the audit files: ${detail}` }, { cause: error });
      }
    },
  };
}

async function writeOn(
  directory: string,
  audit: AuditLog,
  known: AuditHead,
  before: readonly string[],
  upTo: number,
): Promise<AuditHead> {
  let lines = before.length < PER_FILE ? [...before] : [];
  let first = known.seq - lines.length + 1;
  let head = known;
  for await (const line of audit.lines(known.seq)) {
    if (head.seq >= upTo) break;
    lines.push(line);
    head = headOf([line]) ?? head;
    if (lines.length < PER_FILE) continue;
    await replace(directory, nameOf(first), lines);
    first += lines.length;
    lines = [];
  }
  if (lines.length > 0 && head.seq > known.seq) await replace(directory, nameOf(first), lines);
  return head;
}

// The files ended in an entry the chain must still have.
async function checkContinues(audit: AuditLog, { seq }: AuditHead, line: string | undefined): Promise<void> {
  if (line === undefined) return;
  for await (const found of audit.lines(seq - 1)) {
    if (found === line) return;
    throw new MigrationError('RecordDamaged', { detail: `entry ${seq} is another one than in ${HEAD} and its files` });
  }
  throw new MigrationError('RecordDamaged', { detail: `it ends before entry ${seq}, which is in the files` });
}

// Files that were shortened together with Redis are still behind the head that was signed.
async function checkSigned(directory: string, audit: AuditLog, known: AuditHead): Promise<void> {
  const text = await readFile(join(directory, HEAD), 'utf8').catch(() => undefined);
  const signed = text === undefined ? undefined : headOf([text]);
  // Another process may have signed a later head a moment ago: then the chain has it.
  if (signed === undefined || signed.seq <= known.seq) return;
  for await (const line of audit.lines(signed.seq - 1)) {
    if (headOf([line])?.hash === signed.hash) return;
    break;
  }
  throw new MigrationError('RecordDamaged', { detail: `it ends before entry ${signed.seq}, which was signed` });
}

async function writeHead(directory: string, { seq, hash }: AuditHead, signer: RecordSigner): Promise<void> {
  const { publicKey } = signer;
  const signature = Buffer.from(signer.sign(canonicalJson({ hash, seq }))).toString('base64');
  await replace(directory, HEAD, [canonicalJson({ hash, publicKey, seq, signature })]);
}

async function linesOf(directory: string, name: string | undefined): Promise<readonly string[]> {
  return name === undefined ? [] : (await readFile(join(directory, name), 'utf8')).split('\n').filter(Boolean);
}

// A slower process may have put a shorter file over one that was full, after the next one was begun.
async function heal(directory: string, name: string | undefined, audit: AuditLog): Promise<void> {
  if (name === undefined || (await linesOf(directory, name)).length >= PER_FILE) return;
  const lines: string[] = [];
  for await (const line of audit.lines(Number.parseInt(name, 10) - 1)) {
    lines.push(line);
    if (lines.length === PER_FILE) break;
  }
  await replace(directory, name, lines);
}

function nameOf(first: number): string {
  return `${String(first).padStart(10, '0')}.jsonl`;
}

function headOf(lines: readonly string[]): AuditHead | undefined {
  try {
    const value: unknown = JSON.parse(lines.at(-1) ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const [seq, hash]: readonly unknown[] = [Reflect.get(value, 'seq'), Reflect.get(value, 'hash')];
    return typeof seq === 'number' && typeof hash === 'string' ? { seq, hash } : undefined;
  } catch {
    return undefined;
  }
}

async function replace(directory: string, name: string, lines: readonly string[]): Promise<void> {
  const aside = join(directory, `.${name}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(aside, 'wx', 0o600);
    await file.writeFile(lines.map((line) => `${line}\n`).join(''));
    await file.sync();
    await file.close();
    await rename(aside, join(directory, name));
  } finally {
    await rm(aside, { force: true });
  }
}
