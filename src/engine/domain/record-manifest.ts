import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Actor } from './actor.ts';
import type { AuditHead } from './audit-entry.ts';
import { sha256Of } from './canonical-json.ts';

export const RECORD_FORMAT = 'bellhop-record';
export const RECORD_VERSION = 1;

/** Files of a record beside its manifest and the signature; every one is in the manifest. */
export const RECORD_FILES = ['report.html', 'users.csv', 'pack.json', 'audit.jsonl', 'public-key.pem'] as const;
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';

export interface RecordedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** manifest.json: what is signed. */
export interface RecordManifest {
  readonly format: string;
  readonly version: number;
  /** Version of the program that wrote it. */
  readonly bellhop: string;
  readonly batch: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly createdBy: Actor;
  /** The last entry of audit.jsonl. */
  readonly chain: AuditHead;
  readonly files: readonly RecordedFile[];
  readonly signer: { readonly algorithm: 'Ed25519'; readonly fingerprint: string };
}

/** How a file stands in the manifest. */
export function recordedFile(name: string, data: string | Uint8Array): RecordedFile {
  return { name, bytes: typeof data === 'string' ? Buffer.byteLength(data) : data.length, sha256: sha256Of(data) };
}

/** The SHA-256 of an Ed25519 public key (its DER form, RFC 8410), by which people compare it. Throws for any other key. */
export function fingerprintOf(publicKey: string): string {
  const key = createPublicKey(publicKey);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Whether the signature over the bytes is one by this key. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, bytes, createPublicKey(publicKey), signature);
}
