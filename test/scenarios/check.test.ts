import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { CheckView } from '../../src/engine/views.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';

let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({
    users: [
      { name: 'info', mails: 30 },
      { name: 'sales', mails: 20, wrongPassword: true },
    ],
  });
  await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
});
afterAll(() => world[Symbol.asyncDispose]());

const check = (batch: string): Promise<CheckView> => viewOf<CheckView>(world, 'check', 'batch', batch);

async function importUser(batch: string, name: string, password: string): Promise<void> {
  const file = join(world.directory, `${batch}-${name}.csv`);
  writeFileSync(file, `EmailAddress,UserName,Password\n${addressOf(name)},${name},${password}\n`);
  await world.bellhop('import', file, `batch=${batch}`, 'endpoint=sandbox');
}

test('a check has a report of every user and a number; checked again, it has the same', async () => {
  const first = await check('demo');

  expect(first).toMatchObject({ users: 2, ready: 1, items: 30 });
  expect(first.prediction).toBeUndefined();
  const { file = '', sha256 } = first.report ?? {};
  const report = readFileSync(file);
  expect(createHash('sha256').update(report).digest('hex')).toBe(sha256);
  expect(report.toString()).toContain(`${addressOf('info')},yes,30,`);
  expect(report.toString()).toContain(`${addressOf('sales')},no,`);
  expect(report.toString()).not.toContain('a-wrong-one');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await check('demo')).hash).toBe(first.hash);
});

test('a start that names the check is refused when a password changed since, and done when it is the latest', async () => {
  const { hash = '' } = await check('demo');
  await importUser('demo', 'sales', passwordOf('sales'));

  const refused = await world.bellhop('start', 'batch', 'demo', `check=${hash}`);

  expect(refused.code).toBe(1);
  expect(refused.error).toContain('CheckOutdated');
  const latest = await check('demo');
  expect(latest).toMatchObject({ ready: 2, problems: [] });
  expect(latest.hash).not.toBe(hash);
  expect((await world.bellhop('start', 'batch', 'demo', `check=${hash}`)).error).toContain('something else');
  expect((await world.bellhop('start', 'batch', 'demo', `check=${latest.hash}`)).code).toBe(0);
  await userWhen(world, 'info', 'Synced');
  await userWhen(world, 'sales', 'Synced');
});

test('the next batch through the same endpoint is told how long it takes', async () => {
  await world.bellhop('remove', 'user', addressOf('sales'), 'sync=no');
  await importUser('next', 'sales', passwordOf('sales'));

  const { prediction } = await check('next');

  expect(prediction?.pace.mailboxes).toBe(2);
  expect(prediction?.seconds).toBeGreaterThan(0);
});

test('a batch nobody checked starts with no number', async () => {
  const { error } = await world.bellhop('start', 'batch', 'next', `check=${'0'.repeat(16)}`);

  expect(error).toContain('CheckOutdated');
  expect((await world.bellhop('start', 'batch', 'next', 'check=soon')).code).toBe(2);
});
