import type { Config } from './config.ts';
import type { Logger, World } from './engine/ports.ts';
import type { RunningServer } from './health.ts';
import { ConversationBook, type Documents } from './bot/conversation-book.ts';
import { MigrationBot } from './bot/migration-bot.ts';
import { Notifier } from './bot/notifier.ts';
import { startServer } from './bot/server.ts';
import { TeamsAdapter } from './bot/teams-adapter.ts';

/** The chat edge of a process: its HTTP server, and the notifier that runs until the signal aborts. */
export async function openBot(
  config: Config,
  world: World,
  documents: Documents,
  log: Logger,
  signal: AbortSignal,
): Promise<{ readonly server: RunningServer; readonly notifying: Promise<void> }> {
  const book = new ConversationBook(documents);
  const adapter = new TeamsAdapter(config.bot, config.sandbox, log);
  const bot = new MigrationBot({ world, book, people: { ...config.people, sandbox: config.sandbox } });
  const server = await startServer({ host: config.host, port: config.port, world, bot, adapter });
  const notifying = new Notifier({ world, book, chat: adapter }).run(signal).catch((error: unknown) => {
    log.error(
      { code: 'NotifierFailed', cause: error instanceof Error ? error.name : 'unknown' },
      'cards are no longer updated',
    );
  });
  return { server, notifying };
}
