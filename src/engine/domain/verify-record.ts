import { chainCheck } from './audit-check.ts';
import type { AuditEntry, AuditHead } from './audit-entry.ts';
import { checkPack, isForPack } from './verify-pack.ts';
import {
  MANIFEST,
  RECORD_FILES,
  RECORD_FORMAT,
  RECORD_VERSION,
  type RecordManifest,
  SIGNATURE,
  fingerprintOf,
  isSignedBy,
  recordedFile,
} from './record-manifest.ts';

/** What is wrong with a record: in which file, at which entry or user, in a sentence. */
export interface RecordProblem {
  readonly file: string;
  readonly where?: string;
  readonly text: string;
}

export interface RecordVerdict {
  readonly problems: readonly RecordProblem[];
  /** What the record is of, as far as it could be read; believed only when there are no problems. */
  readonly batch?: string;
  readonly createdAt?: string;
  readonly createdBy?: string;
  readonly fingerprint?: string;
  readonly chain?: AuditHead;
  readonly entries?: number;
  readonly withheld?: number;
  readonly users?: number;
  readonly messages?: number;
}

interface Expectations {
  /** The key that must have signed. */
  readonly key?: string;
  /** An older record of the same installation, which this one has to continue. */
  readonly since?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Checks a record by itself: signature, the hash of every file, the chain, the books of every user, and that what the
 * record says about verifications, approvals and waivers stands in the chain. Nothing of it is trusted.
 */
export function verifyRecord(
  files: ReadonlyMap<string, Uint8Array>,
  strays: readonly string[],
  { key, since }: Expectations = {},
): RecordVerdict {
  const problems: RecordProblem[] = [];
  for (const name of strays) problems.push({ file: name, text: 'it is not part of a record' });
  for (const name of [...RECORD_FILES, MANIFEST, SIGNATURE])
    if (!files.has(name)) problems.push({ file: name, text: 'it is missing' });
  const fingerprint = checkSignature(files, key, problems);
  const manifest = readManifest(files.get(MANIFEST), problems);
  if (manifest === undefined) return { problems, ...(fingerprint === undefined ? {} : { fingerprint }) };
  if (fingerprint !== undefined && manifest.signer.fingerprint !== fingerprint)
    problems.push({ file: 'public-key.pem', text: 'it is not the key the manifest names' });
  checkFiles(files, manifest, problems);
  const older = since === undefined ? undefined : verifyRecord(since, []);
  const { kept, entries, withheld, hash } = checkChain(files.get('audit.jsonl'), manifest, older?.chain?.seq, problems);
  const pack = checkPack(files.get('pack.json'), manifest.batch, kept);
  problems.push(...pack.problems);
  if (older !== undefined) checkContinues(older, fingerprint, hash, problems);
  const { batch, createdAt, createdBy, chain } = manifest;
  return {
    ...{ problems, batch, createdAt, createdBy: createdBy.name, chain },
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...{ entries, withheld, users: pack.users, messages: pack.messages },
  };
}

function checkSignature(
  files: ReadonlyMap<string, Uint8Array>,
  key: string | undefined,
  problems: RecordProblem[],
): string | undefined {
  const [pem, bytes, signature] = [files.get('public-key.pem'), files.get(MANIFEST), files.get(SIGNATURE)];
  if (pem === undefined) return undefined;
  const publicKey = textOf(pem);
  let fingerprint: string;
  try {
    fingerprint = fingerprintOf(publicKey);
  } catch {
    problems.push({ file: 'public-key.pem', text: 'it is not an Ed25519 public key' });
    return undefined;
  }
  if (key !== undefined && key !== fingerprint)
    problems.push({
      file: 'public-key.pem',
      text: `the record is signed with another key than the one you named: ${fingerprint}`,
    });
  if (bytes !== undefined && signature !== undefined && !isSignedBy(publicKey, bytes, signature))
    problems.push({ file: SIGNATURE, text: 'it is not the signature of manifest.json: one of the two was changed' });
  return fingerprint;
}

function readManifest(bytes: Uint8Array | undefined, problems: RecordProblem[]): RecordManifest | undefined {
  if (bytes === undefined) return undefined;
  const value = readJson(bytes);
  if (!isManifest(value)) {
    problems.push({ file: MANIFEST, text: 'it is not the manifest of a record' });
    return undefined;
  }
  if (value.format === RECORD_FORMAT && value.version === RECORD_VERSION) return value;
  problems.push({
    file: MANIFEST,
    text: `it is a ${value.format} of version ${value.version}; this program knows version ${RECORD_VERSION}`,
  });
  return undefined;
}

function checkFiles(files: ReadonlyMap<string, Uint8Array>, manifest: RecordManifest, problems: RecordProblem[]): void {
  const named = new Map(manifest.files.map((file) => [file.name, file]));
  for (const name of RECORD_FILES) {
    const [bytes, expected] = [files.get(name), named.get(name)];
    if (expected === undefined) problems.push({ file: MANIFEST, text: `it does not name ${name}` });
    if (bytes === undefined || expected === undefined) continue;
    const found = recordedFile(name, bytes);
    if (found.bytes !== expected.bytes)
      problems.push({ file: name, text: `it has ${found.bytes} bytes, the manifest says ${expected.bytes}` });
    else if (found.sha256 !== expected.sha256)
      problems.push({ file: name, text: 'it was changed: its SHA-256 is not the one in the manifest' });
  }
}

function checkChain(
  bytes: Uint8Array | undefined,
  { batch, chain }: RecordManifest,
  /** The entry whose hash is asked for. */
  wanted: number | undefined,
  problems: RecordProblem[],
): {
  /** What the pack has to agree with. */
  readonly kept: readonly AuditEntry[];
  readonly entries: number;
  readonly withheld: number;
  readonly hash: string | undefined;
} {
  const check = chainCheck(batch);
  const kept: AuditEntry[] = [];
  let entries = 0;
  let hash: string | undefined;
  if (bytes === undefined) return { kept, entries, withheld: 0, hash };
  if (bytes.length > 0 && bytes.at(-1) !== LINE_FEED)
    problems.push({ file: 'audit.jsonl', text: 'its last line is cut' });
  for (const line of linesOf(bytes)) {
    const entry = check.take(line);
    if (entry !== undefined) entries += 1;
    if (entry !== undefined && isForPack(entry)) kept.push(entry);
    if (check.head.seq === wanted) ({ hash } = check.head);
  }
  for (const each of check.problems)
    problems.push({ file: 'audit.jsonl', where: `entry ${each.seq}`, text: each.text });
  if (check.head.seq !== chain.seq)
    problems.push({
      file: 'audit.jsonl',
      where: `entry ${check.head.seq}`,
      text: `it is the last one, the manifest says ${chain.seq}`,
    });
  else if (check.head.hash !== chain.hash)
    problems.push({
      file: 'audit.jsonl',
      where: `entry ${chain.seq}`,
      text: 'it is not the end of the chain the manifest names',
    });
  return { kept, entries, withheld: check.withheld, hash };
}

const LINE_FEED = 10;

// One line after the other: the chain of years is not to be in memory twice. What is cut is no line.
function* linesOf(bytes: Uint8Array): Iterable<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.length;) {
    const end = buffer.indexOf(LINE_FEED, at);
    if (end < 0) return;
    yield buffer.toString('utf8', at, end);
    at = end + 1;
  }
}

function checkContinues(
  older: RecordVerdict,
  fingerprint: string | undefined,
  hash: string | undefined,
  problems: RecordProblem[],
): void {
  if (older.problems.length > 0 || older.chain === undefined)
    problems.push({
      file: 'audit.jsonl',
      text: 'the older record does not verify by itself, so nothing can be said about continuing it',
    });
  else if (older.fingerprint !== fingerprint)
    problems.push({ file: 'public-key.pem', text: 'the older record is signed with another key' });
  else if (older.chain.seq > 0 && hash !== older.chain.hash)
    problems.push({
      file: 'audit.jsonl',
      where: `entry ${older.chain.seq}`,
      text: 'the older record ended in another entry: the chain was written anew',
    });
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** A value, or undefined where the bytes are no JSON. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is RecordManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version, batch, createdAt, createdBy, chain, files, signer } = { ...value } as Record<
    string,
    unknown
  >;
  return (
    [format, batch, createdAt, textIn(createdBy, 'name'), textIn(chain, 'hash'), textIn(signer, 'fingerprint')].every(
      (each) => typeof each === 'string',
    ) &&
    [version, textIn(chain, 'seq')].every((each) => Number.isSafeInteger(each)) &&
    Array.isArray(files) &&
    files.every(
      (file) =>
        typeof textIn(file, 'name') === 'string' &&
        typeof textIn(file, 'sha256') === 'string' &&
        Number.isSafeInteger(textIn(file, 'bytes')),
    )
  );
}

function textIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
