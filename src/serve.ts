import type { Config } from './config.ts';
import { jobHandlers } from './engine/jobs.ts';
import type { Clock, Logger } from './engine/ports.ts';
import { openWorld } from './open-world.ts';

/** Looks of the scheduler, in ms; commands and finished syncs ask for one at once. */
const SCHEDULER_TICK = 5_000;
/** A stopped process lets running jobs come to a safe point this long. */
const GRACE = 8_000;

/** Runs the roles of this process until it is told to stop. Returns the exit code. */
export async function serve(config: Config, clock: Clock, log: Logger): Promise<number> {
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
  await using opened = await openWorld(config, clock, log);
  const { world, queue } = opened;
  const workers = config.roles.has('worker')
    ? await queue.work(jobHandlers(world), { concurrency: config.concurrency, tick: SCHEDULER_TICK / config.timeScale })
    : undefined;
  log.info({ roles: [...config.roles].join(',') }, 'Bellhop is running');
  log.info({ signal: await stopped }, 'stopping');
  await workers?.close(GRACE);
  return 0;
}
