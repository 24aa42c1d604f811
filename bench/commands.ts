import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { COMMANDS } from '../src/bot/commands/index.ts';
import { parseCommand, runCommand } from '../src/bot/commands/parse.ts';
import { ENGLISH } from '../src/cards/locale.ts';
import { reportPage } from '../src/cards/report-page.ts';
import { readConfig } from '../src/config.ts';
import type { MigrationEndpoint } from '../src/engine/domain/endpoint.ts';
import type { EndpointName } from '../src/engine/domain/ids.ts';
import { snapshotOf, writeReport } from '../src/engine/reporting.ts';
import { type OpenWorld, openWorld } from '../src/open-world.ts';
import { stopRedisOf } from '../sandbox/stop-redis.ts';
import { LARGE, fillLargeBatch } from './large-batch.ts';
import { writeResults } from './results.ts';

/** Those that touch or read every user of a batch; each leaves the batch as the next one needs it. */
const SAID = [
  'failures large',
  'failures',
  'check batch large',
  'plan large',
  'verify large',
  'retry large',
  'sync now large',
  'stop batch large',
  'resume batch large',
  'approve skipped large',
  'apply deletions large',
];
/** These once nobody is at work any more. */
const SAID_AT_THE_END = ['complete batch large sync=no', 'remove batch large sync=no'];

const ENDPOINT: MigrationEndpoint = {
  ...{ name: 'old' as EndpointName, host: 'imap.example.com', port: 993, security: 'tls', login: 'plain' },
  ...{ initial: 20, incremental: 10 },
};
const BY = { id: 'bench', name: 'bench' };

interface Row {
  readonly what: string;
  readonly seconds: number;
  /** The longest others waited, in ms: in this process, and for Redis. */
  readonly loop: number;
  readonly redis: number;
}

/**
 * What commands over a large batch take, and for how long they keep others waiting: the event loop of the process, which answers
 * other chats, and Redis, which everybody asks.
 */
export async function benchCommands(users: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  try {
    const config = readConfig({ BELLHOP_DATA: directory, BELLHOP_SANDBOX: '1' }, 'command');
    await using opened = await openWorld(config, clock, quiet);
    const { world } = opened;
    await world.store.addEndpoint(ENDPOINT, [], BY);
    await fillLargeBatch(world.store, users, clock.now());
    const context = { world, by: BY, locale: ENGLISH };
    const rows: Row[] = [];
    const take = async (what: string, run: () => Promise<unknown>): Promise<void> => {
      const row = { what, ...(await measure(opened, run)) };
      rows.push(row);
      console.log(
        `${what.padEnd(34)} ${row.seconds.toFixed(2)} s; waits: ${row.loop} ms here, ${row.redis} ms for Redis`,
      );
    };
    await take('snapshot of a day', () => snapshotOf(world, '2026-01-01'));
    await take('daily report with its files', () => writeReport(world, 'UTC', [], (view) => reportPage(view, ENGLISH)));
    const say = async (text: string): Promise<void> => {
      const parsed = parseCommand(text, { commands: COMMANDS });
      const { command, args } = parsed;
      if (command.reach !== undefined)
        await take(`${text}: whom it reaches`, async () => command.reach?.(args, context));
      await take(text, () => runCommand(parsed, context));
    };
    for (const text of SAID) await say(text);
    await world.store.changeUsers(LARGE, ({ nextSyncAt: _next, ...user }) => ({
      to: { ...user, status: 'Synced', lastSuccessfulSyncAt: clock.now() },
      events: [],
    }));
    for (const text of SAID_AT_THE_END) await say(text);
    writeResults('commands', { users, rows });
  } finally {
    stopRedisOf(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure({ redis }: OpenWorld, run: () => Promise<unknown>): Promise<Omit<Row, 'what'>> {
  const others = new Worker(new URL('wait-for-redis.ts', import.meta.url), {
    workerData: { path: redis.options.path },
  });
  await once(others, 'message');
  const over = new AbortController();
  let [loop, looked] = [0, performance.now()];
  const watching = (async () => {
    while (!over.signal.aborted) {
      await sleep(1);
      loop = Math.max(loop, performance.now() - looked);
      looked = performance.now();
    }
  })();
  const from = performance.now();
  await run();
  const seconds = (performance.now() - from) / 1000;
  over.abort();
  await watching;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  others.postMessage('over');
  const [waited] = (await once(others, 'message')) as [number];
  await others.terminate();
  return { seconds, loop: Math.round(loop), redis: Math.round(waited) };
}
