import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalTeams, startLocalTeams } from '../../sandbox/teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/engine/ports.ts';
import { openBot } from '../../src/open-bot.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import type { Documents } from '../../src/bot/conversation-book.ts';
import { stopRedisOf } from '../../sandbox/stop-redis.ts';

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};

/** Bellhop's bot with a real Redis and a Teams on this machine, without a worker: commands, buttons and news, no mail. */
export interface BotWorld extends AsyncDisposable {
  readonly teams: LocalTeams;
  readonly opened: OpenWorld;
  /** BELLHOP_DATA. */
  readonly directory: string;
  readonly documents: Documents;
  readonly channel: string;
  /** Where activities go. */
  readonly botUrl: string;
  /** The same of every process. */
  readonly botUrls: readonly string[];
  readonly tenantId: string;
  /** Says something in the channel and returns Bellhop's answer. */
  ask(text: string, person?: string): Promise<Message>;
}

export async function startBotWorld(
  environment: Readonly<Record<string, string>> = {},
  /** How often a card refreshes for a person, ms. */
  refreshPause = 60_000,
  /** Processes that share the state; people talk to the first. */
  bots = 1,
): Promise<BotWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'bellhop-bot-'));
  const teams = await startLocalTeams({
    bot: { id: '28:bellhop', name: 'Bellhop' },
    people: SAMPLE_PEOPLE,
    tenantId: SAMPLE_TENANT,
    rateLimits: false,
    refreshPause,
  });
  const config = readConfig(
    {
      BELLHOP_SANDBOX: '1',
      BELLHOP_ROLES: 'bot',
      BELLHOP_DATA: directory,
      BELLHOP_TENANTS: SAMPLE_TENANT,
      BELLHOP_TIME_SCALE: '60',
      PORT: '0',
      ...environment,
    },
    'serve',
  );
  const opened = await openWorld(config, CLOCK, LOG);
  const leaving = new AbortController();
  const { server, notifying } = await openBot(config, opened.world, opened.documents, LOG, leaving.signal);
  const others = await Promise.all(
    Array.from({ length: bots - 1 }, () => openBot(config, opened.world, opened.documents, LOG, leaving.signal)),
  );
  const urlOf = ({ port }: { readonly port: number }): string => `http://127.0.0.1:${port}/api/messages`;
  const botUrl = urlOf(server);
  await teams.setBot(botUrl);
  const channel = teams.channel('Mail migration').id;
  return {
    teams,
    opened,
    directory,
    documents: opened.documents,
    channel,
    botUrl,
    botUrls: [botUrl, ...others.map((other) => urlOf(other.server))],
    tenantId: SAMPLE_TENANT,
    async ask(text, person = SAMPLE_PEOPLE[0]?.name ?? '') {
      const known = new Set(teams.messages(channel).map((message) => message.id));
      await teams.say(person, channel, `@Bellhop ${text}`);
      return teams.waitFor((message) => message.author.kind === 'bot' && !known.has(message.id), 20_000);
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await notifying;
      for (const other of others) {
        await other.notifying;
        await other.server[Symbol.asyncDispose]();
      }
      await server[Symbol.asyncDispose]();
      await teams.close();
      await opened[Symbol.asyncDispose]();
      stopRedisOf(directory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
