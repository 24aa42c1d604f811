import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credentialVault, readVaultKey } from '../../src/store/credential-vault.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { credentialVaultContract } from '../contracts/credential-vault.ts';
import { OPERATOR, address, sampleUser } from '../contracts/sample-records.ts';
import { type LocalRedis, localRedis, systemClock, temporaryDirectory } from './local-redis.ts';

const KEY = randomBytes(32);
const VAULT = '{bellhop}:credentials';

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

async function open() {
  await local.redis.flushall();
  return { vault: credentialVault(local.redis, KEY), async [Symbol.asyncDispose]() {} };
}

credentialVaultContract('Redis', open);

test('a password sealed with another key is CredentialUnreadable', async () => {
  await using world = await open();
  await world.vault.put(address('a@contoso.example'), 'secret');
  const other = credentialVault(local.redis, randomBytes(32));

  await expect(other.get(address('a@contoso.example'))).rejects.toMatchObject({ code: 'CredentialUnreadable' });
});

test('SEC16: a ciphertext moved to another user does not open', async () => {
  await using world = await open();
  await world.vault.put(address('a@contoso.example'), 'secret-a');
  await world.vault.put(address('b@contoso.example'), 'secret-b');
  const sealed = await local.redis.hgetBuffer(VAULT, 'a@contoso.example');
  await local.redis.hset(VAULT, 'b@contoso.example', sealed ?? '');

  await expect(world.vault.get(address('b@contoso.example'))).rejects.toMatchObject({ code: 'CredentialUnreadable' });
});

test('SEC16: a changed ciphertext does not open, wherever it was changed', async () => {
  await using world = await open();
  await world.vault.put(address('a@contoso.example'), 'secret');
  const sealed = (await local.redis.hgetBuffer(VAULT, 'a@contoso.example')) ?? Buffer.alloc(0);

  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await local.redis.hset(VAULT, 'a@contoso.example', changed);
    await expect(world.vault.get(address('a@contoso.example'))).rejects.toMatchObject({ code: 'CredentialUnreadable' });
  }
});

test('the same password is never sealed the same way twice', async () => {
  await using world = await open();
  await world.vault.put(address('a@contoso.example'), 'secret');
  const first = await local.redis.hgetBuffer(VAULT, 'a@contoso.example');

  await world.vault.put(address('a@contoso.example'), 'secret');

  expect(await local.redis.hgetBuffer(VAULT, 'a@contoso.example')).not.toEqual(first);
});

test('I11: no password is in the memory, the append-only file or the log of Redis, in any spelling', async () => {
  await using world = await open();
  const canary = `canary-${randomUUID()}`;
  const store = redisStore(local.redis, systemClock);
  await store.addUsers([sampleUser('a@contoso.example', 'one')], [], OPERATOR);
  await world.vault.putAll(new Map([[address('a@contoso.example'), canary]]));
  expect(await world.vault.get(address('a@contoso.example'))).toBe(canary);

  const places = await everythingKept();

  const spellings = [
    canary,
    Buffer.from(canary).toString('base64').replace(/=+$/, ''),
    Buffer.from(canary).toString('hex'),
    encodeURIComponent(canary),
  ];
  expect(places.length).toBeGreaterThan(3);
  expect(places.some((place) => place.includes('a@contoso.example'))).toBe(true);
  for (const spelling of spellings) expect(places.some((place) => place.includes(spelling))).toBe(false);
});

// Every key dumped, and every file under the data directory: the append-only file holds each command as it was sent.
async function everythingKept(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const key of await local.redis.keys('*'))
    found.push((await local.redis.dumpBuffer(key))?.toString('latin1') ?? '');
  for (const entry of await readdir(local.directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) found.push(await readFile(path.join(entry.parentPath, entry.name), 'latin1'));
  }
  return found;
}

test('a missing key file is made once, for its owner only, however many start at the same time', async () => {
  await using directory = await temporaryDirectory();
  const file = path.join(directory.path, 'bellhop.key');
  const module = new URL('../../src/store/credential-vault.ts', import.meta.url).href;
  const script = `
    import { readVaultKey } from ${JSON.stringify(module)};
    console.log((await readVaultKey({ file: ${JSON.stringify(file)} })).toString('hex'));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);

  const keys = await Promise.all([run(), run(), run(), run()]);

  expect(new Set(keys.map((each) => each.stdout)).size).toBe(1);
  expect(keys[0]?.stdout.trim()).toHaveLength(64);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory.path)).toEqual(['bellhop.key']);
});

test('a file that holds no key is refused', async () => {
  await using directory = await temporaryDirectory();
  const file = path.join(directory.path, 'key');
  await writeFile(file, 'too short');

  await expect(readVaultKey({ file })).rejects.toThrow(/32 bytes/);
});
