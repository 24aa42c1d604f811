import { ConversationBook } from './bot/conversation-book.ts';
import { MigrationBot } from './bot/migration-bot.ts';
import { Notifier } from './bot/notifier.ts';
import { type ServerOptions, startServer } from './bot/server.ts';
import { TeamsAdapter } from './bot/teams-adapter.ts';
import type { Config } from './config.ts';
import { jobHandlers } from './engine/jobs.ts';
import type { Clock, Logger } from './engine/ports.ts';
import { type OpenWorld, openWorld } from './open-world.ts';

/** Looks of the scheduler, in ms; commands and finished syncs ask for one at once. */
const SCHEDULER_TICK = 5_000;
/** A job whose worker died is given to another one after this, in ms. */
const LOCK = 30_000;
const SHORTEST_LOCK = 3_000;
/** A stopped process lets running jobs come to a safe point this long. */
const GRACE = 8_000;

/** Runs the roles of this process until it is told to stop. Returns the exit code. */
export async function serve(config: Config, clock: Clock, log: Logger): Promise<number> {
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
  await using opened = await openWorld(config, clock, log);
  const { world, queue } = opened;
  const leaving = new AbortController();
  const chat = config.roles.has('bot') ? openChat(config, opened, log) : undefined;
  await using server = await startServer({ host: config.host, port: config.port, world, ...(chat === undefined ? {} : { chat }) });
  const notifying = chat?.notifier.run(leaving.signal).catch((error: unknown) => {
    log.error({ code: 'NotifierFailed', cause: error instanceof Error ? error.name : 'unknown' }, 'cards are no longer updated');
  });
  const workers = config.roles.has('worker')
    ? await queue.work(jobHandlers(world), {
        concurrency: config.concurrency,
        tick: SCHEDULER_TICK / config.timeScale,
        lock: Math.max(SHORTEST_LOCK, LOCK / config.timeScale),
      })
    : undefined;
  log.info({ roles: [...config.roles].join(','), port: server.port, sandbox: config.sandbox }, 'Bellhop is running');
  log.info({ signal: await stopped }, 'stopping');
  leaving.abort();
  await workers?.close(GRACE);
  await notifying;
  return 0;
}

function openChat(config: Config, { world, documents }: OpenWorld, log: Logger): NonNullable<ServerOptions['chat']> & { readonly notifier: Notifier } {
  const book = new ConversationBook(documents);
  const adapter = new TeamsAdapter(config.bot, config.sandbox, log);
  const bot = new MigrationBot({ world, book, people: { ...config.people, sandbox: config.sandbox } });
  return { bot, adapter, notifier: new Notifier({ world, book, chat: adapter }) };
}
