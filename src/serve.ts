import type { openBot } from './open-bot.ts';
import type { Config } from './config.ts';
import { DropFolder } from './drop/drop-folder.ts';
import { jobHandlers } from './engine/jobs.ts';
import { keepRecord } from './engine/keep-record.ts';
import type { Clock, Logger } from './engine/ports.ts';
import { startHealthServer } from './health.ts';
import { openWorld } from './open-world.ts';

/** Looks of the scheduler, in ms; commands and finished syncs ask for one at once. */
const SCHEDULER_TICK = 5_000;
/** Looks for events the audit chain lacks, in ms. */
const RECORD_TICK = 1_000;
/** A job whose worker died is given to another one after this, in ms. */
const LOCK = 30_000;
const SHORTEST_LOCK = 3_000;
/** A stopped process lets running jobs come to a safe point this long; with handing back and closing it leaves within ten seconds. */
const GRACE = 7_000;

/** Runs the roles of this process until it is told to stop. Returns the exit code. */
export async function serve(config: Config, clock: Clock, log: Logger): Promise<number> {
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
  await using opened = await openWorld(config, clock, log);
  const { world, queue, documents } = opened;
  // A worker without a ledger can do nothing: it says so before it takes a job.
  const ledger = config.roles.has('worker') ? (await world.ledgers.examine()).kind : 'not used';
  const leaving = new AbortController();
  const bot = config.roles.has('bot') ? await startBot(config, world, documents, log, leaving.signal) : undefined;
  await using server = bot?.server ?? (await startHealthServer(config.host, config.port, world));
  const recording = keepRecord(world, RECORD_TICK, leaving.signal);
  const workers = config.roles.has('worker')
    ? await queue.work(jobHandlers(world), {
        concurrency: config.concurrency,
        tick: SCHEDULER_TICK / config.timeScale,
        lock: Math.max(SHORTEST_LOCK, LOCK / config.timeScale),
      })
    : undefined;
  const dropping =
    config.dropDirectory === undefined ? undefined : new DropFolder(world, config.dropDirectory).watch(leaving.signal);
  log.info(
    { roles: [...config.roles].join(','), port: server.port, sandbox: config.sandbox, ledger },
    'Bellhop is running',
  );
  log.info({ signal: await stopped }, 'stopping');
  leaving.abort();
  await dropping;
  await workers?.close(GRACE);
  await bot?.notifying;
  await recording;
  return 0;
}

// Loaded only where it runs: a worker's memory belongs to mail.
async function startBot(...args: Parameters<typeof openBot>): ReturnType<typeof openBot> {
  const { openBot } = await import('./open-bot.ts');
  return openBot(...args);
}
