import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createBatch, retryFailed, startBatch } from '../../src/engine/batches.ts';
import type { BatchName } from '../../src/engine/domain/ids.ts';
import { addEndpoint } from '../../src/engine/endpoints.ts';
import { importUsers } from '../../src/engine/import-users.ts';
import { checkBatch, runCheckBatch } from '../../src/engine/preflight.ts';
import { runSyncMailbox } from '../../src/engine/run-sync.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import { OPERATOR, address, batchName, endpointName } from '../contracts/sample-records.ts';
import { keepingLog, systemClock } from '../store/local-redis.ts';

const HOUR = 3_600_000;
const ENDPOINT = endpointName('old-server');
const USERS = ['anna', 'bea', 'cleo', 'dora'];

let sandbox: SandboxWorld;
let opened: OpenWorld;
let ahead = 0;

beforeAll(async () => {
  sandbox = await startSandbox({ users: USERS.map((name) => ({ name, mails: 0 })), timeScale: 1, throttling: false });
  trustLocalExchange(sandbox.environment['NODE_EXTRA_CA_CERTS'] ?? '');
  const clock = { ...systemClock, now: () => systemClock.now() + ahead };
  opened = await openWorld(readConfig(sandbox.environment, 'command'), clock, keepingLog());
  const { port } = sandbox.source;
  await addEndpoint(opened.world, { name: ENDPOINT, host: 'localhost', port, security: 'none' }, OPERATOR);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

async function bring(batch: BatchName, name: string, password: string): Promise<void> {
  const csv = Buffer.from(`EmailAddress,UserName,Password\n${addressOf(name)},${name},${password}\n`);
  await importUsers(opened.world, { batch, endpoint: ENDPOINT, csv }, OPERATOR);
}

/** A batch of one user whose password is wrong, and a check that found it. */
async function checkedBatch(name: string): Promise<BatchName> {
  const { world } = opened;
  const batch = batchName(name);
  await createBatch(world, { name: batch, endpoint: ENDPOINT }, OPERATOR);
  await bring(batch, name, 'not-the-password');
  const { request } = await checkBatch(world, batch, OPERATOR);
  await runCheckBatch(world, { batch, request }, new AbortController().signal);
  expect((await world.store.check(batch))?.problems.map(({ error }) => error.code)).toEqual(['ImapAuthenticationException']); // prettier-ignore
  return batch;
}

/** What a worker does with the user. */
async function sync(name: string): Promise<void> {
  await runSyncMailbox(opened.world, { user: address(addressOf(name)) }, new AbortController().signal);
}

const user = (name: string) => opened.world.store.user(address(addressOf(name)));

/** How often Dovecot was sent a wrong password of this user. */
async function refusalsOf(name: string): Promise<number> {
  const log = await readFile(join(sandbox.source.settings.folder, 'dovecot.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('auth failed') && line.includes(`user=<${name}>`)).length;
}

test('a login the check found refused is not sent again by the start; a retry sends it', async () => {
  const batch = await checkedBatch('anna');
  expect(await refusalsOf('anna')).toBe(1);

  await startBatch(opened.world, batch, OPERATOR);

  expect(await user('anna')).toMatchObject({ status: 'Failed', error: { code: 'ImapAuthenticationException' } });
  expect(await opened.world.store.waiting(batch, 9e15, 10)).toEqual([]);
  await sync('anna');
  expect(await refusalsOf('anna')).toBe(1);
  await retryFailed(opened.world, batch, OPERATOR);
  await sync('anna');
  expect(await refusalsOf('anna')).toBe(2);
  expect((await user('anna'))?.status).toBe('Failed');
});

test('who was brought again with another password is tried', async () => {
  const batch = await checkedBatch('bea');
  await bring(batch, 'bea', passwordOf('bea'));

  await startBatch(opened.world, batch, OPERATOR);

  await sync('bea');
  expect((await user('bea'))?.status).toBe('Synced');
});

test('a check of an hour ago says nothing any more', async () => {
  const batch = await checkedBatch('cleo');
  ahead += HOUR;

  await startBatch(opened.world, batch, OPERATOR);

  expect((await user('cleo'))?.status).toBe('Queued');
});

test('who was tried before is tried again by a start that is asked for', async () => {
  const batch = await checkedBatch('dora');
  await startBatch(opened.world, batch, OPERATOR);
  expect((await user('dora'))?.status).toBe('Failed');

  await startBatch(opened.world, batch, OPERATOR);

  expect((await user('dora'))?.status).toBe('Queued');
});
