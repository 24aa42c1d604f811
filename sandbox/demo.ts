import { parseArgs } from 'node:util';
import { playDnsOwner } from './dns/dns-owner.ts';
import { freePort } from './source/free-port.ts';
import { playMigration } from './play-migration.ts';
import { runConsoleChat } from './teams/console-chat.ts';
import { type SandboxWorld, startSandbox } from './world.ts';

const USAGE = `usage: npm run demo [-- --headless | --console] [--port 4180]
  --headless  plays a whole migration through chat messages, prints it, and lets the outside checker judge
  --console   the chat in this terminal instead of a browser`;

/** Where people look for the page; when it is taken, any free port will do. */
const USUAL_PORT = 4180;

/** `npm run demo`: the whole world in a browser, in the terminal, or played once from the first command to the proof. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean', default: false },
      console: { type: 'boolean', default: false },
      port: { type: 'string', default: String(USUAL_PORT) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const stopped = stopSignal();
  await using world = await openWorld(values.headless ? 0 : Number(values.port), values.headless ? 10 : 60);
  say('  bellhop: starting bot and worker');
  await world.startBellhop('bot,worker', { BELLHOP_APPROVALS: '1' });
  playDnsOwner(world.teams, world.dns, sayIndented);
  if (values.headless) return await Promise.race([playMigration(world, { say }), stopped.then(() => 130)]);
  await prepare(world);
  if (values.console) {
    await Promise.race([stopped, runConsoleChat(world.teams, { input: process.stdin, output: process.stdout })]);
  } else {
    say(`\n  Open  ${world.teams.url}  and write:  start batch demo\n  Ctrl-C stops everything.`);
    await stopped;
  }
  say('  stopping');
  return 0;
}

async function openWorld(port: number, latency: number): Promise<SandboxWorld> {
  const bot = String(await freePort());
  const environment = { PORT: bot, BELLHOP_PUBLIC_URL: `http://127.0.0.1:${bot}` };
  const options = { latency, appendLane: true, environment, onProgress: sayIndented };
  try {
    return await startSandbox({ ...options, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    say(`  port ${port} is taken by another program: starting again on a free one`);
    return startSandbox(options);
  }
}

// The batch is there when the page opens: passwords come by CSV on the server, never by chat.
async function prepare(world: SandboxWorld): Promise<void> {
  const commands = [
    ['add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`],
    ['import', world.csvFile, 'batch=demo', 'endpoint=sandbox'],
  ];
  for (const words of commands) {
    const { code, error } = await world.bellhop(...words);
    if (code !== 0) throw new Error(error);
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

function sayIndented(line: string): void {
  say(`  ${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  // A word that is no option is the reader's mistake: one line, not a stack.
  const isUsage = error instanceof TypeError && 'code' in error;
  console.error(isUsage ? `${error.message}\n${USAGE}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
