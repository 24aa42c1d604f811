import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { userWhen } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

const MAILS = 150;

async function setUp(world: SandboxWorld): Promise<void> {
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
}

function itemsInTarget(world: SandboxWorld): number {
  return world.exchange.mailboxes.folders(addressOf('info')).reduce((sum, folder) => sum + folder.items.length, 0);
}

/** As a restart without its files would: batches, users, queue, budgets, index, all gone. */
async function loseRedis(world: SandboxWorld): Promise<void> {
  const redis = new Redis({ path: join(world.environment['BELLHOP_DATA'] ?? '', 'redis', 'redis.sock') });
  await redis.flushall();
  redis.disconnect();
}

test('Q4: Redis loses everything in the middle of a first sync: set up again, ledger and target know what was copied', async () => {
  await using world = await startSandbox({ users: [{ name: 'info', mails: MAILS }], latency: 15 });
  await world.startBellhop('worker');
  await setUp(world);
  await waitUntil(
    async () => itemsInTarget(world),
    (items) => items >= 50,
  );

  await loseRedis(world);
  await setUp(world);

  const user = await userWhen(world, 'info', 'Synced', 100_000);
  expect(user.items).toMatchObject({ source: MAILS, pending: 0, failed: 0, skipped: 0 });
  const report = await checkMigration(planOf(world));
  expect(report.findings).toEqual([]);
  expect(report.mailboxes[0]).toMatchObject({ source: MAILS, byMarker: MAILS, lost: 0, doubled: 0 });
}, 180_000);
