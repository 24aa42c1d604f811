import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchCard } from '../src/cards/batch-card.ts';
import { statusCard } from '../src/cards/status-card.ts';
import type { UserAddress } from '../src/engine/domain/ids.ts';
import { NO_ITEMS } from '../src/engine/domain/items.ts';
import type { MigrationUser } from '../src/engine/domain/migration-user.ts';
import type { UserProgress } from '../src/engine/domain/progress.ts';
import type { World } from '../src/engine/ports.ts';
import { batchOverview, statusOverview } from '../src/engine/queries.ts';
import { metricsText } from '../src/metrics.ts';
import { readConfig } from '../src/config.ts';
import { openWorld } from '../src/open-world.ts';
import { stopRedisOf } from '../sandbox/stop-redis.ts';
import { writeResults } from './results.ts';

const LOOKS = 300;
/** Mailboxes at work meanwhile, each writing its progress once a second. */
const AT_WORK = 400;
const ADMIN = { id: 'bench', name: 'bench' };

/**
 * How long the card of a large batch takes while its users are at work: read from Redis, made into a card and written as
 * JSON, as it goes to Teams. The same for the card of all batches and for a scrape of /metrics.
 */
export async function benchStatus(users: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const config = readConfig({ BELLHOP_DATA: directory, BELLHOP_SANDBOX: '1' }, 'command');
  {
    await using opened = await openWorld(config, clock, quiet);
    const { world } = opened;
    const filled = performance.now();
    const batch = await fill(world, users);
    console.log(`${users} users with progress written in ${((performance.now() - filled) / 1000).toFixed(1)} s`);
    const over = new AbortController();
    const writing = writeProgress(world, batch, users, over.signal);
    const rows = {
      users,
      atWork: AT_WORK,
      batchCard: await measure(async () => JSON.stringify(batchCard(await batchOverview(world, batch)))),
      statusCard: await measure(async () => JSON.stringify(statusCard(await statusOverview(world)))),
      metrics: await measure(() => metricsText(world)),
    };
    over.abort();
    const written = await writing;
    console.log(`${written} progress writes meanwhile; ms until the text is ready, ${LOOKS} times each`);
    for (const [what, { p50, p99, most }] of Object.entries(rows).flatMap(([name, row]) =>
      typeof row === 'number' ? [] : [[name, row] as const],
    ))
      console.log(`${what.padEnd(12)} p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)}  most ${most.toFixed(1)}`);
    writeResults('status', rows);
  }
  stopRedisOf(directory);
  rmSync(directory, { recursive: true, force: true });
}

async function fill(world: World, count: number) {
  const { parseBatchName, parseEndpointName } = await import('../src/engine/domain/ids.ts');
  const name = parseBatchName('large');
  const endpoint = parseEndpointName('old');
  if (name === undefined || endpoint === undefined) throw new RangeError('not a name');
  const now = world.clock.now();
  await world.store.addBatch(
    { name, endpoint, intent: 'Started', createdBy: 'bench', createdAt: now, startedAt: now, every: 86_400_000, trash: 'copy', exclude: [] },
    [],
    ADMIN,
  ); // prettier-ignore
  const users = Array.from({ length: count }, (_, at) => userAt(at, name, now));
  await world.store.addUsers(users, [], ADMIN);
  for (let at = 0; at < count; at += 500)
    await Promise.all(
      users
        .slice(at, at + 500)
        .map((user, place) => world.store.saveProgress(user.address, name, progressAt(at + place, now))),
    );
  return name;
}

function userAt(at: number, batch: MigrationUser['batch'], now: number): MigrationUser {
  const address = `user${at}@contoso.example` as UserAddress;
  const base = { address, guid: `g${at}`, batch, userName: address, epoch: 1, warnings: [], queuedAt: now };
  if (at < AT_WORK) return { ...base, status: 'Syncing' };
  if (at % 10 === 0) return { ...base, status: 'Queued' };
  if (at % 97 === 0)
    return { ...base, status: 'Failed', error: { code: 'ImapAuthenticationException', message: 'refused', remedy: 'fix' } };
  return { ...base, status: 'Synced', lastSuccessfulSyncAt: now - at, target: { id: `t${at}`, displayName: 'U', kind: 'user' } };
} // prettier-ignore

function progressAt(at: number, now: number): UserProgress {
  const copied = (at * 7919) % 9000;
  return {
    items: { ...NO_ITEMS, source: copied + (at % 5), copied, skipped: at % 5 },
    bytesTransferred: copied * 75_000,
    estimatedTotalSize: copied * 75_000,
    itemsPerSecond: 8,
    bytesPerSecond: 400_000,
    reasons: at % 7 === 0 ? [{ kind: 'metadata', count: 3, text: 'the signature can no longer be verified' }] : [],
    startedAt: now,
    updatedAt: now,
  };
}

async function writeProgress(
  world: World,
  batch: MigrationUser['batch'],
  users: number,
  signal: AbortSignal,
): Promise<number> {
  let written = 0;
  const one = async (at: number): Promise<void> => {
    for (let round = 0; !signal.aborted; round += 1) {
      const next = { ...progressAt(at + round, world.clock.now()), updatedAt: world.clock.now() };
      await world.store.saveProgress(userAt(at, batch, 0).address, batch, next);
      written += 1;
      await world.clock.sleep(900 + ((at * 37) % 200));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_WORK, users) }, (_, at) => one(at)));
  return written;
}

async function measure(look: () => Promise<string>) {
  const times: number[] = [];
  for (let at = 0; at < LOOKS; at += 1) {
    const from = performance.now();
    await look();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99), most: times.at(-1) ?? 0 };
}
