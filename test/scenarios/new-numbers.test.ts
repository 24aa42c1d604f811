import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import type { UserView } from '../../src/engine/views.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { syncAgain, userWhen } from '../support/sandbox-views.ts';

const MAILS = 180;
let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({ users: [{ name: 'info', mails: MAILS }] });
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.startBellhop('worker');
  await world.bellhop('start', 'batch', 'demo');
  await userWhen(world, 'info', 'Synced');
});
afterAll(() => world[Symbol.asyncDispose]());

/** As after a restored backup: the same mail under another UIDVALIDITY and other UIDs in every folder. */
function renumber(): void {
  const home = world.source.mailHome('info');
  const pattern = '**/{dovecot-uidlist*,dovecot-uidvalidity*,dovecot.index*,dovecot.list.index*}';
  for (const file of globSync(pattern, { cwd: home })) rmSync(join(home, file));
}

function ids(): ReadonlySet<string> {
  const folders = world.exchange.mailboxes.folders(addressOf('info'));
  return new Set(folders.flatMap((folder) => folder.items.map((item) => item.immutableId)));
}

async function expectTheSameItems(before: ReadonlySet<string>, user: UserView): Promise<void> {
  expect(ids()).toEqual(before);
  expect(user.items).toMatchObject({ source: MAILS, pending: 0, failed: 0, skipped: 0 });
  const report = await checkMigration(planOf(world));
  expect(report.findings).toEqual([]);
  expect(report.mailboxes[0]).toMatchObject({ source: MAILS, byMarker: MAILS, lost: 0, doubled: 0 });
}

test('every folder has another UIDVALIDITY: every item is recognised, marked anew, and none is copied', async () => {
  const before = ids();
  renumber();

  await expectTheSameItems(before, await syncAgain(world, 'info'));
});

test('and the ledger is lost as well: still none is copied', async () => {
  const before = ids();
  world.forgetLedger();
  renumber();

  const user = await syncAgain(world, 'info');

  await expectTheSameItems(before, user);
  expect(user.items).toMatchObject({ copied: 0, adopted: MAILS });
  expect(user.dataConsistencyScore).toBe('Perfect');
});
