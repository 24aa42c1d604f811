import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Redis } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { UserAddress } from '../engine/domain/ids.ts';
import type { CredentialVault } from '../engine/ports.ts';
import { KEY } from './keys.ts';

const NONCE = 12;
const TAG = 16;
const KEY_ID = 4;
/** Names and boxes of one command. */
const PART = 1000;

/**
 * Passwords in Redis, sealed with AES-256-GCM. The address is authenticated with each: a ciphertext moved to another
 * user does not open. The key never goes to Redis; its id stands in front, so that a wrong key is named as such.
 */
export function credentialVault(redis: Redis, key: Buffer): CredentialVault {
  if (key.length !== 32) throw new RangeError('The key of the vault has 32 bytes.');
  const keyId = createHash('sha256').update(key).digest().subarray(0, KEY_ID);

  function seal(user: UserAddress, password: string, nonce = randomBytes(NONCE)): Buffer {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(user));
    const sealed = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
    return Buffer.concat([keyId, nonce, cipher.getAuthTag(), sealed]);
  }

  function unseal(user: UserAddress, box: Buffer): string {
    const nonce = box.subarray(KEY_ID, KEY_ID + NONCE);
    const tag = box.subarray(KEY_ID + NONCE, KEY_ID + NONCE + TAG);
    if (!box.subarray(0, KEY_ID).equals(keyId)) throw new MigrationError('CredentialUnreadable', { address: user });
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(user)).setAuthTag(tag);
      return Buffer.concat([decipher.update(box.subarray(KEY_ID + NONCE + TAG)), decipher.final()]).toString('utf8');
    } catch {
      throw new MigrationError('CredentialUnreadable', { address: user });
    }
  }

  function unsealIfPossible(user: UserAddress, box: Buffer): string | undefined {
    try {
      return unseal(user, box);
    } catch {
      return undefined;
    }
  }

  return {
    async put(user, password) {
      await redis.hset(KEY.credentials, user, seal(user, password));
    },
    async putAll(passwords) {
      // One command for many: 50,000 of them with an answer each are most of the memory of an import.
      let boxes: (UserAddress | Buffer)[] = [];
      const write = async (): Promise<void> => {
        if (boxes.length > 0) await redis.hset(KEY.credentials, ...boxes);
        boxes = [];
      };
      // Asked for at once: a call for each takes longer than the sealing.
      const nonces = randomBytes(passwords.size * NONCE);
      let at = 0;
      for (const [user, password] of passwords) {
        boxes.push(user, seal(user, password, nonces.subarray(at, (at += NONCE))));
        if (boxes.length >= PART) await write();
      }
      await write();
    },
    async get(user) {
      const box = await redis.hgetBuffer(KEY.credentials, user);
      return box === null ? undefined : unseal(user, box);
    },
    async getAll(users) {
      const passwords = new Map<UserAddress, string>();
      if (users.length === 0) return passwords;
      const boxes = await redis.hmgetBuffer(KEY.credentials, ...users);
      for (const [at, user] of users.entries()) {
        const box = boxes[at];
        const password = box === null || box === undefined ? undefined : unsealIfPossible(user, box);
        if (password !== undefined) passwords.set(user, password);
      }
      return passwords;
    },
    async forget(user) {
      await redis.hdel(KEY.credentials, user);
    },
  };
}

/** The vault's key: 32 bytes in base64, given or read from a file that is made once, readable by its owner alone. */
export async function readVaultKey(key: { readonly base64: string } | { readonly file: string }): Promise<Buffer> {
  if ('base64' in key) return Buffer.from(key.base64, 'base64');
  await mkdir(dirname(key.file), { recursive: true, mode: 0o700 });
  try {
    // "wx": of several processes that start at once, one writes and the others read.
    const file = await open(key.file, 'wx', 0o600);
    await file.writeFile(`${randomBytes(32).toString('base64')}\n`);
    await file.sync();
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  for (let tries = 0; tries < 50; tries += 1) {
    const bytes = Buffer.from(await readFile(key.file, 'utf8'), 'base64');
    if (bytes.length === 32) return bytes;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`${key.file} does not hold a key of 32 bytes in base64.`);
}
