import { expect, test } from 'vitest';
import type { FaultRule } from '../../sandbox/exchange/limits/faults.ts';
import { planOf } from '../../sandbox/play-migration.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { userWhen } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

const USER = addressOf('info');
const MAILS = 250;

async function prepare(mails: number, options: Parameters<typeof startSandbox>[0] = {}): Promise<SandboxWorld> {
  const world = await startSandbox({ users: [{ name: 'info', mails }], ...options });
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  return world;
}

/** Nothing lost, nothing twice, right folders, flags and dates, never more than four at once, never inside a rest. */
async function expectCleanTarget(world: SandboxWorld, mails: number): Promise<void> {
  const report = await checkMigration(planOf(world));
  expect(report.findings).toEqual([]);
  expect(report.mailboxes[0]).toMatchObject({ source: mails, byMarker: mails, lost: 0, doubled: 0 });
}

function itemsInTarget(world: SandboxWorld): number {
  return world.exchange.mailboxes.folders(USER).reduce((sum, folder) => sum + folder.items.length, 0);
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

  const user = await userWhen(world, 'info', 'Synced', 120_000);
  expect(user.items).toMatchObject({ source: MAILS, pending: 0, failed: 0, skipped: 0 });
  await expectCleanTarget(world, MAILS);
});

const FAULTS: readonly (readonly [id: string, fault: FaultRule])[] = [
  ['T2: stored, then 504', { action: '504-after-store', method: 'POST', pathMatches: '/messages', nth: 6, times: 3 }],
  [
    'T2: stored, then the connection is reset',
    { action: 'reset-after-store', method: 'POST', pathMatches: '/messages', nth: 6, times: 2 },
  ],
  [
    'T2: stored, then the answer is cut',
    { action: 'cut-answer-after-store', method: 'POST', pathMatches: '/messages', nth: 6, times: 2 },
  ],
  [
    'T3: 504, and the item shows up later',
    { action: '504-late-store', method: 'POST', pathMatches: '/messages', nth: 6, times: 2 },
  ],
  [
    'T4: 200 and nothing stored',
    { action: '200-without-store', method: 'POST', pathMatches: '/messages', nth: 6, times: 2 },
  ],
  ['T4: 201 without an id', { action: '201-without-id', method: 'POST', pathMatches: '/messages', nth: 6, times: 2 }],
  ['T1: 429 with a fractional Retry-After', { action: '429', method: 'POST', nth: 6, times: 6, retryAfter: 1.128 }],
  [
    'T1: 429 that asks for longer than a worker waits',
    { action: '429', method: 'POST', nth: 6, times: 1, retryAfter: 8 },
  ],
  [
    'T1: 503 with Retry-After',
    { action: '503', method: 'POST', pathMatches: '/messages', nth: 6, times: 2, retryAfter: 1.5 },
  ],
  ['T10: the token expires in the middle', { action: '401', method: 'POST', nth: 6, times: 1 }],
];

test.each(FAULTS)('%s: nothing lost, nothing twice, healed without a person', async (_title, fault) => {
  await using world = await prepare(40);
  const rule = world.exchange.faults.add(fault);
  await world.startBellhop('worker');

  await world.bellhop('start', 'batch', 'demo');

  const user = await userWhen(world, 'info', 'Synced', 60_000);
  expect(rule.hits).toBeGreaterThan(0);
  expect(user.items).toMatchObject({ source: 40, pending: 0, failed: 0, skipped: 0 });
  await expectCleanTarget(world, 40);
});

test.each([
  ['T6: the mailbox is full', { action: 'mailbox-full', method: 'POST', times: 'always' }, 'MailboxFull'],
  ['T7: the mailbox is gone', { action: 'mailbox-gone', times: 'always' }, 'MailboxNotUsable'],
  ['T11: access is denied', { action: '403', times: 'always' }, 'TargetForbidden'],
] as const)('%s: the user says so with a remedy, and syncs once it is mended', async (_title, fault, code) => {
  await using world = await prepare(20);
  world.exchange.faults.add(fault);
  await world.startBellhop('worker');
  await world.bellhop('start', 'batch', 'demo');

  const failed = await userWhen(world, 'info', 'Failed');
  expect(failed.error?.code).toBe(code);
  world.exchange.faults.clear();
  await world.bellhop('sync', 'now', USER);

  await userWhen(world, 'info', 'Synced');
  await expectCleanTarget(world, 20);
});

test('T5: a message the target refuses in every form is skipped with its reason, the rest is copied', async () => {
  await using world = await prepare(20);
  world.exchange.faults.add({ action: 'mime-invalid', method: 'POST', pathMatches: '/messages', nth: 6, times: 3 });
  await world.startBellhop('worker');

  await world.bellhop('start', 'batch', 'demo');

  const user = await userWhen(world, 'info', 'Synced');
  expect(user.items.copied + user.items.skipped).toBe(20);
  expect(user.dataConsistencyScore).not.toBe('Perfect');
});

test.each([
  ['', []],
  [
    ' even while an answer takes a minute',
    [{ action: 'slow-body', method: 'POST', milliseconds: 60_000, times: 'always' }],
  ],
] as const)(
  'P4: a worker that is told to stop leaves within ten seconds%s, and the next one goes on',
  async (_, slow) => {
    await using world = await prepare(120, { latency: 30 });
    const worker = await world.startBellhop('worker');
    await world.bellhop('start', 'batch', 'demo');
    await waitUntil(
      async () => itemsInTarget(world),
      (items) => items >= 20,
    );
    const met = slow.map((fault) => world.exchange.faults.add(fault));
    await waitUntil(
      async () => met,
      (all) => all.every(({ hits }) => hits > 0),
    );

    const begin = performance.now();
    await worker.stop('SIGTERM');
    const took = performance.now() - begin;
    world.exchange.faults.clear();
    await world.startBellhop('worker');

    await userWhen(world, 'info', 'Synced');
    await expectCleanTarget(world, 120);
    expect(took).toBeLessThan(10_000);
  },
);
