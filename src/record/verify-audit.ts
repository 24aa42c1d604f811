import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chainCheck } from '../engine/domain/audit-check.ts';
import { canonicalJson } from '../engine/domain/canonical-json.ts';
import { fingerprintOf, isSignedBy } from '../engine/domain/record-manifest.ts';
import type { RecordProblem, RecordVerdict } from '../engine/domain/verify-record.ts';

const HEAD = 'head.json';
const CHAIN_FILE = /^\d{10}\.jsonl$/;

/** Whether a folder is the audit chain as files, as `audit/` under BELLHOP_DATA is. */
export async function isAuditFolder(path: string): Promise<boolean> {
  return lstat(join(path, HEAD)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Checks the chain as files: every entry, that none is missing between two files, and the signed end. */
export async function verifyAuditFolder(path: string, key: string | undefined): Promise<RecordVerdict> {
  const problems: RecordProblem[] = [];
  const check = chainCheck();
  const head = readHead(await readFile(join(path, HEAD), 'utf8'));
  let hash: string | undefined;
  let said = 0;
  for (const name of (await readdir(path)).filter((each) => CHAIN_FILE.test(each)).toSorted()) {
    for (const line of (await readFile(join(path, name), 'utf8')).split('\n').filter((each) => each !== '')) {
      check.take(line);
      if (check.head.seq === head?.seq) ({ hash } = check.head);
    }
    for (const { seq, text } of check.problems.slice(said)) problems.push({ file: name, where: `entry ${seq}`, text });
    said = check.problems.length;
  }
  const fingerprint = head === undefined ? undefined : checkHead(head, key, hash, problems);
  if (head === undefined) problems.push({ file: HEAD, text: 'it is not the head of a chain' });
  return {
    ...{ problems, chain: check.head, entries: check.head.seq, withheld: 0 },
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

interface SignedHead {
  readonly seq: number;
  readonly hash: string;
  readonly publicKey: string;
  readonly signature: string;
}

function checkHead(
  { seq, hash, publicKey, signature }: SignedHead,
  key: string | undefined,
  found: string | undefined,
  problems: RecordProblem[],
): string | undefined {
  const say = (text: string): void => void problems.push({ file: HEAD, text });
  let fingerprint: string;
  try {
    fingerprint = fingerprintOf(publicKey);
  } catch {
    say('it does not hold an Ed25519 public key');
    return undefined;
  }
  if (key !== undefined && key !== fingerprint)
    say(`it is signed with another key than the one you named: ${fingerprint}`);
  if (!isSignedBy(publicKey, Buffer.from(canonicalJson({ hash, seq })), Buffer.from(signature, 'base64')))
    say('its signature is wrong');
  // The files may be further: the head is written after them.
  if (found !== hash) say(`entry ${seq}, which was signed, is missing or another one`);
  return fingerprint;
}

function readHead(text: string): SignedHead | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHead(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is SignedHead {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, hash, publicKey, signature } = { ...value } as Record<string, unknown>;
  return Number.isSafeInteger(seq) && [hash, publicKey, signature].every((each) => typeof each === 'string');
}
