import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/**
 * Texts sealed with AES-256-GCM (NIST SP 800-38D): `v1.<key id>.<nonce, tag and ciphertext in base64url>`. The name a
 * text is stored under is authenticated with it, so that a text moved to another name does not open.
 */
const VERSION = 'v1';
const NONCE = 12;
const TAG = 16;

/** Seals a text. The nonce is random and never handed in: with one key it must not repeat. */
export function seal(key: Buffer, name: string, text: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData(name));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
  return `${VERSION}.${keyId(key)}.${sealed.toString('base64url')}`;
}

/** Opens a sealed text; undefined when it was sealed with another key or for another name, or was changed. */
export function unseal(key: Buffer, name: string, sealed: string): string | undefined {
  const [version, id, body, ...rest] = sealed.split('.');
  if (version !== VERSION || id !== keyId(key) || body === undefined || rest.length > 0) return undefined;
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.length < NONCE + TAG) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(associatedData(name));
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Names a key without telling anything about it. */
function keyId(key: Buffer): string {
  return createHmac('sha256', key).update('bellhop key id').digest('hex').slice(0, 12);
}

function associatedData(name: string): Buffer {
  return Buffer.from(`bellhop credential\n${name}`, 'utf8');
}
