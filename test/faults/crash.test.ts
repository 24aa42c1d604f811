import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Fault } from '../../sandbox/exchange/faults.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { UserView } from '../../src/engine/views.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { waitUntil } from '../support/wait-until.ts';

const USER = addressOf('info');
const MAILS = 250;

async function status(world: SandboxWorld): Promise<UserView> {
  return JSON.parse((await world.bellhop('status', USER, '--json')).out) as UserView;
}

async function prepare(mails: number, options: Parameters<typeof startSandbox>[0] = {}): Promise<SandboxWorld> {
  const world = await startSandbox({ users: [{ name: 'info', mails }], ...options });
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  return world;
}

async function expectCleanTarget(world: SandboxWorld, mails: number): Promise<void> {
  const source = {
    host: 'localhost',
    port: world.source.tlsPort,
    ca: readFileSync(world.source.caFile, 'utf8'),
    user: 'info',
    password: passwordOf('info'),
  };
  const result = await checkMigration({ source, store: join(world.directory, 'exchange', 'store'), address: USER });
  expect(result).toEqual({ source: mails, target: mails, missing: [], surplus: [], doubled: [], wrong: [] });
}

function itemsInTarget(world: SandboxWorld): number {
  return world.exchange.store.items.size;
}

test('P1 P2: a worker killed again and again in the initial sync loses nothing and copies nothing twice', async () => {
  await using world = await prepare(MAILS, { latency: 15 });
  let worker = await world.startBellhop('worker');
  await world.bellhop('start', 'batch', 'demo');

  for (const reached of [30, 90, 160]) {
    await waitUntil(
      async () => itemsInTarget(world),
      (items) => items >= reached,
    );
    await worker.stop('SIGKILL');
    worker = await world.startBellhop('worker');
  }

  const user = await waitUntil(
    () => status(world),
    (now) => now.status === 'Synced',
    120_000,
  );
  expect(user.items).toMatchObject({ source: MAILS, pending: 0, failed: 0, skipped: 0 });
  await expectCleanTarget(world, MAILS);
});

const FAULTS: readonly (readonly [id: string, fault: Fault])[] = [
  ['T2: stored, then 504', { action: '504-after-store', method: 'POST', path: '/messages', after: 5, times: 3 }],
  [
    'T2: stored, then the connection is reset',
    { action: 'reset-after-store', method: 'POST', path: '/messages', after: 5, times: 2 },
  ],
  [
    'T2: stored, then the answer is cut',
    { action: 'cut-after-store', method: 'POST', path: '/messages', after: 5, times: 2 },
  ],
  [
    'T3: 504, and the item shows up later',
    { action: '504-late-store', method: 'POST', path: '/messages', after: 5, times: 2 },
  ],
  [
    'T4: 200 and nothing stored',
    { action: '200-without-store', method: 'POST', path: '/messages', after: 5, times: 2 },
  ],
  ['T4: 201 without an id', { action: '201-without-id', method: 'POST', path: '/messages', after: 5, times: 2 }],
  [
    'T1: 429 with a fractional Retry-After',
    { action: '429', method: 'POST', after: 5, times: 6, retryAfter: '20.128' },
  ],
  ['T1: 429 that asks for five minutes', { action: '429', method: 'POST', after: 5, times: 1, retryAfter: '300' }],
  [
    'T1: 503 with Retry-After',
    { action: '503', method: 'POST', path: '/messages', after: 5, times: 2, retryAfter: '30' },
  ],
  ['T10: the token expires in the middle', { action: '401', method: 'POST', after: 5, times: 1 }],
];

test.each(FAULTS)('%s: nothing lost, nothing twice, healed without a person', async (_title, fault) => {
  await using world = await prepare(40);
  world.exchange.faults.add(fault);
  await world.startBellhop('worker');

  await world.bellhop('start', 'batch', 'demo');

  const user = await waitUntil(
    () => status(world),
    (now) => now.status === 'Synced',
    60_000,
  );
  expect(world.exchange.faults.struck).toBeGreaterThan(0);
  expect(user.items).toMatchObject({ source: 40, pending: 0, failed: 0, skipped: 0 });
  await expectCleanTarget(world, 40);
  expect(world.exchange.manners([...world.exchange.store.users.keys()][0] ?? '').duringRest).toBe(0);
});

test.each([
  ['T6: the mailbox is full', { action: 'mailbox-full', method: 'POST' }, 'MailboxFull'],
  ['T7: the mailbox is gone', { action: 'mailbox-gone' }, 'MailboxNotUsable'],
  ['T11: access is denied', { action: '403' }, 'TargetForbidden'],
] as const)('%s: the user says so with a remedy, and syncs once it is mended', async (_title, fault, code) => {
  await using world = await prepare(20);
  world.exchange.faults.add(fault);
  await world.startBellhop('worker');
  await world.bellhop('start', 'batch', 'demo');

  const failed = await waitUntil(
    () => status(world),
    (now) => now.status === 'Failed',
  );
  expect(failed.error?.code).toBe(code);
  world.exchange.faults.clear();
  await world.bellhop('sync', 'now', USER);

  await waitUntil(
    () => status(world),
    (now) => now.status === 'Synced',
  );
  await expectCleanTarget(world, 20);
});

test('T5: a message the target refuses in every form is skipped with its reason, the rest is copied', async () => {
  await using world = await prepare(20);
  world.exchange.faults.add({ action: 'bad-item', method: 'POST', path: '/messages', after: 5, times: 3 });
  await world.startBellhop('worker');

  await world.bellhop('start', 'batch', 'demo');

  const user = await waitUntil(
    () => status(world),
    (now) => now.status === 'Synced',
  );
  expect(user.items.copied + user.items.skipped).toBe(20);
  expect(user.dataConsistencyScore).not.toBe('Perfect');
});

test('P4: a worker that is told to stop leaves within ten seconds, and the next one goes on', async () => {
  await using world = await prepare(120, { latency: 30 });
  const worker = await world.startBellhop('worker');
  await world.bellhop('start', 'batch', 'demo');
  await waitUntil(
    async () => itemsInTarget(world),
    (items) => items >= 20,
  );

  const begin = performance.now();
  await worker.stop('SIGTERM');
  const took = performance.now() - begin;
  await world.startBellhop('worker');

  await waitUntil(
    () => status(world),
    (now) => now.status === 'Synced',
  );
  await expectCleanTarget(world, 120);
  expect(took).toBeLessThan(10_000);
});
