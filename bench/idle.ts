import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/world.ts';
import { parseBatchName } from '../src/engine/domain/ids.ts';
import type { MigrationUser } from '../src/engine/domain/migration-user.ts';
import type { MigrationStore } from '../src/engine/ports.ts';
import { openRedis } from '../src/store/open-redis.ts';
import { redisStore } from '../src/store/redis-store.ts';
import { cpuWithChildren } from './cpu.ts';
import { writeResults } from './results.ts';

const AT_A_TIME = 20;
const PASSES = 3;
/** The size of a migration the figure is for. */
const ALL_USERS = 50_000;
const CLOCK = {
  now: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * A pass over many mailboxes in which nothing changed: sign-in, LIST-STATUS and the ledger of each on a real Dovecot, twenty
 * at once, by one worker and as a person asks for it ("sync now"). What it means for 50,000 is arithmetic.
 */
export async function benchIdle(users: number): Promise<void> {
  const name = parseBatchName('idle');
  if (name === undefined) throw new Error('a name is one');
  const names = Array.from({ length: users }, (_, at) => `user${at + 1}`);
  await using world = await startSandbox({
    ...{
      users: names.map((user) => ({ name: user, mails: 3, style: 'tiny' as const })),
      timeScale: 1,
      throttling: false,
    },
    environment: { BELLHOP_THROTTLE: 'off', BELLHOP_CONCURRENCY: String(AT_A_TIME) },
  });
  const worker = await world.startBellhop('worker');
  const port = `port=${world.source.tlsPort}`;
  const caps = [`initial=${AT_A_TIME}`, `incremental=${AT_A_TIME}`];
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', port, ...caps);
  await world.bellhop('import', world.csvFile, 'batch=idle', 'endpoint=sandbox');
  const redis = await openRedis({ url: undefined, dataDirectory: join(world.directory, 'bellhop'), log: LOG });
  const connection = redis.connect();
  try {
    const store = redisStore(connection, CLOCK);
    const first = Date.now();
    await world.bellhop('start', 'batch', 'idle');
    await syncedSince(store, name, first);
    console.log(`first sync of ${users} mailboxes: ${((Date.now() - first) / 1000).toFixed(0)} s`);
    const seconds: number[] = [];
    const before = cpuWithChildren(worker.child.pid ?? 0);
    for (let pass = 0; pass < PASSES; pass += 1)
      seconds.push(await onePass(store, name, () => world.bellhop('sync', 'now', 'idle')));
    const cpu = (cpuWithChildren(worker.child.pid ?? 0) - before) / PASSES;
    report(users, seconds, cpu);
  } finally {
    connection.disconnect();
    await redis[Symbol.asyncDispose]();
  }
}

// From the first sync that begins to the last one that ends, by Bellhop's own records.
async function onePass(
  store: MigrationStore,
  name: NonNullable<ReturnType<typeof parseBatchName>>,
  ask: () => Promise<unknown>,
): Promise<number> {
  const asked = Date.now();
  const asking = ask();
  const done = await syncedSince(store, name, asked);
  await asking;
  const copied = done.reduce((sum, { lastSync }) => sum + (lastSync?.copied ?? 0), 0);
  if (copied !== 0) throw new Error(`${copied} mails were copied: the pass was not idle`);
  const began = Math.min(...done.map(({ lastSync }) => lastSync?.startedAt ?? asked));
  return (Math.max(...done.map(({ lastSuccessfulSyncAt = 0 }) => lastSuccessfulSyncAt)) - began) / 1000;
}

async function syncedSince(
  store: MigrationStore,
  name: NonNullable<ReturnType<typeof parseBatchName>>,
  since: number,
): Promise<readonly MigrationUser[]> {
  for (;;) {
    const all = await Array.fromAsync(store.users(name));
    const failed = all.find(({ status }) => status === 'Failed' || status === 'IncrementalFailed');
    if (failed !== undefined) throw new Error(`${failed.address}: ${failed.error?.message ?? failed.status}`);
    const isDone = ({ lastSync }: MigrationUser): boolean => (lastSync?.startedAt ?? 0) >= since;
    if (all.every((user) => user.status === 'Synced' && isDone(user))) return all;
    await CLOCK.sleep(1000);
  }
}

function report(users: number, seconds: readonly number[], cpu: number): void {
  const usual = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0;
  const perMinute = (users / usual) * 60;
  const minutes = ALL_USERS / perMinute;
  const shown = seconds.map((each) => each.toFixed(1)).join(', ');
  console.log(
    `nothing changed in ${users} mailboxes, ${AT_A_TIME} at once: ${shown} s; ${perMinute.toFixed(0)} a minute`,
  );
  console.log(`${ALL_USERS} mailboxes at this pace: ${minutes.toFixed(0)} min`);
  console.log(
    `the worker's CPU: ${((cpu / users) * 1000).toFixed(0)} ms a mailbox, ${(((cpu / users) * ALL_USERS) / 60).toFixed(0)} min of one core for ${ALL_USERS}`,
  );
  const [load = 0] = loadavg();
  console.log(`${availableParallelism()} cores for source, Exchange and Bellhop together; load ${load.toFixed(1)}`);
  writeResults('idle', { users, atATime: AT_A_TIME, seconds, perMinute, minutesFor50000: minutes, cpu, load });
}
