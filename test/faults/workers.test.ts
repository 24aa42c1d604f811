import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../sandbox/local-postgres.ts';
import { planOf } from '../../sandbox/play-migration.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { type LocalRedis, localRedis } from '../store/local-redis.ts';
import { userWhen } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

let redis: LocalRedis;
let postgres: LocalPostgres;
beforeAll(async () => {
  redis = await localRedis();
  postgres = await startLocalPostgres();
});
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** What all hosts of an installation are told. */
async function shared(ledger: 'files' | 'postgres'): Promise<Readonly<Record<string, string>>> {
  await redis.redis.flushall();
  return {
    REDIS_URL: `unix://${redis.handle.options.path}`,
    BELLHOP_KEY: randomBytes(32).toString('base64'),
    ...(ledger === 'postgres' ? { BELLHOP_LEDGER: postgres.url } : {}),
  };
}

async function prepare(
  users: Readonly<Record<string, number>>,
  options: Parameters<typeof startSandbox>[0],
): Promise<SandboxWorld> {
  const world = await startSandbox({
    users: Object.entries(users).map(([name, mails]) => ({ name, mails })),
    ...options,
  });
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await importAndStart(world);
  return world;
}

async function importAndStart(world: SandboxWorld): Promise<void> {
  expect((await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox')).error).toBe('');
  expect((await world.bellhop('start', 'batch', 'demo')).error).toBe('');
}

/** A folder of its own for what a host keeps to itself. */
function otherHost(world: SandboxWorld, name: string): Readonly<Record<string, string>> {
  const data = join(world.directory, name);
  mkdirSync(data);
  return { BELLHOP_DATA: data };
}

function itemsOf(world: SandboxWorld, { name }: { readonly name: string }): number {
  return world.exchange.mailboxes.folders(addressOf(name)).reduce((sum, folder) => sum + folder.items.length, 0);
}

function itemsInTarget(world: SandboxWorld): number {
  return world.users.reduce((sum, user) => sum + itemsOf(world, user), 0);
}

/** Meanwhile the target hardly answers: what is done here happens in the middle of a sync, however long it takes. */
async function slowly<Result>(world: SandboxWorld, work: () => Promise<Result>): Promise<Result> {
  const { latency } = world.exchange.faults.switches;
  world.exchange.faults.set({ latency: 5_000 });
  const result = await work();
  world.exchange.faults.set({ latency });
  return result;
}

const LATENCY = 15;
/** On a machine with much else to do. */
const LONGEST = 180_000;

const reaches = (world: SandboxWorld, count: number): Promise<number> =>
  waitUntil(
    async () => itemsInTarget(world),
    (items) => items >= count,
  );

async function expectCleanTarget(world: SandboxWorld): Promise<void> {
  const report = await checkMigration(planOf(world));
  expect(report.findings).toEqual([]);
  expect(report.mailboxes.map(({ source, byMarker, lost, doubled }) => ({ source, byMarker, lost, doubled }))).toEqual(
    world.users.map(({ mails }) => ({ source: mails, byMarker: mails, lost: 0, doubled: 0 })),
  );
}

test(
  'two hosts, one Postgres: a worker killed in the middle, then the database: the other host goes on, nothing lost or doubled',
  async () => {
    const environment = await shared('postgres');
    await using world = await prepare({ info: 140 }, { latency: LATENCY, environment });
    const first = await world.startBellhop('worker', otherHost(world, 'host-1'));
    await reaches(world, 30);
    const second = await slowly(world, () => world.startBellhop('worker', otherHost(world, 'host-2')));
    await first.stop('SIGKILL');
    await reaches(world, itemsInTarget(world) + 20);
    await postgres.kill();

    const user = await userWhen(world, 'info', 'Synced', 90_000);
    expect(user.items).toMatchObject({ source: 140, copied: 140, pending: 0, failed: 0, skipped: 0 });
    await expectCleanTarget(world);
    expect(existsSync(join(world.directory, 'host-2', 'ledger'))).toBe(false);
    expect(await postgres.sql('SELECT count(*) FROM bellhop.item WHERE state = 2')).toBe('140');
    const { out } = await world.bellhop('doctor', '--json');
    expect(out).toContain('Postgres 1');
    expect(world.readEverythingStored() + out).not.toContain(postgres.password);

    // Without its ledger a worker says so to whoever asks, and is itself again when the ledger is.
    const ready = (): Promise<string> =>
      fetch(`http://127.0.0.1:${second.port}/readyz`).then((answer) => answer.text());
    await postgres.stop();
    expect(JSON.parse(await ready())).toEqual({ status: 'not ready', failing: ['ledger'] });
    await postgres.start();
    expect(await waitUntil(ready, (text) => text === '{"status":"ready"}')).toBe('{"status":"ready"}');
  },
  LONGEST,
);

test.each(['files', 'postgres'] as const)(
  'P3: a worker is stopped in the middle and wakes up when another did its work: it writes nothing more (%s)',
  async (ledger) => {
    const environment = await shared(ledger);
    await using world = await prepare({ info: 100 }, { latency: 25, environment });
    const stuck = await world.startBellhop('worker');
    await reaches(world, 30);
    stuck.child.kill('SIGSTOP');
    await world.startBellhop('worker');
    const user = await userWhen(world, 'info', 'Synced', 90_000);

    stuck.child.kill('SIGCONT');
    // Whatever it meant to send it sends before it answers, or while it leaves.
    await fetch(`http://127.0.0.1:${stuck.port}/readyz`);
    await stuck.stop('SIGTERM');

    expect(user.items).toMatchObject({ source: 100, pending: 0, failed: 0, skipped: 0 });
    await expectCleanTarget(world);
    expect(stuck.child.exitCode).toBe(0);
  },
  LONGEST,
);

test(
  'P4: a worker that comes takes work, one that is told to leave under load leaves within ten seconds, nothing is lost',
  async () => {
    const environment = { ...(await shared('files')), BELLHOP_CONCURRENCY: '1' };
    const users = { a: 200, b: 30, c: 30 };
    await using world = await prepare(users, { latency: 100, environment });
    const first = await world.startBellhop('worker');
    await reaches(world, 10);

    await slowly(world, () => world.startBellhop('worker'));
    // The first one is at its only mailbox, so this is the other's.
    await waitUntil(
      async () => world.users.filter((user) => itemsOf(world, user) > 0).length,
      (begun) => begun > 1,
    );
    expect(world.users.every((user) => itemsOf(world, user) < user.mails)).toBe(true);
    const begin = performance.now();
    await first.stop('SIGTERM');
    const took = performance.now() - begin;

    for (const name of Object.keys(users)) await userWhen(world, name, 'Synced', 90_000);
    await expectCleanTarget(world);
    expect(first.child.exitCode).toBe(0);
    expect(took).toBeLessThan(10_000);
  },
  LONGEST,
);

test(
  'Redis loses everything in the middle of a first sync: imported and started again, nothing is lost or doubled',
  async () => {
    const environment = await shared('postgres');
    await using world = await prepare({ info: 100, sales: 40 }, { latency: LATENCY, environment });
    await world.startBellhop('worker');
    await reaches(world, 50);

    await redis.redis.flushall();
    // As a mailbox has it that was synced for weeks: whatever counts from the beginning again comes below.
    await postgres.sql('UPDATE bellhop.mailbox SET epoch = 500');
    await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
    await importAndStart(world);

    for (const name of ['info', 'sales']) {
      const user = await userWhen(world, name, 'Synced', 90_000);
      expect(user.items).toMatchObject({ pending: 0, failed: 0, skipped: 0 });
    }
    await expectCleanTarget(world);
  },
  LONGEST,
);
