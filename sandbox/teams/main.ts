import { parseArgs } from 'node:util';
import { runConsoleChat } from './console-chat.ts';
import { startLocalTeams } from './local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from './people.ts';

const USAGE = `usage: node sandbox/teams/main.ts [--port 0] [--bot http://127.0.0.1:3978/api/messages] [--bot-id 28:...]
       [--bot-name Bellhop] [--refresh-pause 60000] [--no-rate-limits] [--console]`;

/** A local Teams as a process of its own: prints one JSON line when ready, stops at SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      bot: { type: 'string', default: 'http://127.0.0.1:3978/api/messages' },
      'bot-id': { type: 'string', default: '28:00000000-0000-4000-8000-00000000be11' },
      'bot-name': { type: 'string', default: 'Bellhop' },
      'refresh-pause': { type: 'string', default: '60000' },
      'no-rate-limits': { type: 'boolean', default: false },
      console: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await using teams = await startLocalTeams({
    port: Number(values.port),
    botUrl: values.bot,
    bot: { id: values['bot-id'], name: values['bot-name'] },
    people: SAMPLE_PEOPLE,
    tenantId: SAMPLE_TENANT,
    rateLimits: !values['no-rate-limits'],
    refreshPause: Number(values['refresh-pause']),
  });
  const people = teams.people.map(({ name, role, aadObjectId }) => ({ name, role, aadObjectId }));
  const ready = { ready: true, url: teams.url, serviceUrl: teams.serviceUrl, tenantId: SAMPLE_TENANT, people };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const chat = values.console ? runConsoleChat(teams, { input: process.stdin, output: process.stdout }) : stopped;
  await Promise.race([stopped, chat]);
}

await main();
