import { cardText } from '../src/cards/card-text.ts';
import { type SandboxWorld, startSandbox } from './world.ts';
import { playMigration } from './play-migration.ts';

/** `npm run demo`: the whole world in a browser, or (`--headless`) played once from the first command to the proof. */
async function main(argv: readonly string[]): Promise<number> {
  const headless = argv.includes('--headless');
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await using world = await startSandbox({
    latency: headless ? 10 : 60,
    onProgress: (line) => say(`  ${line}`),
    ...(headless ? {} : { port: 4180 }),
  });
  say('  bellhop: starting bot and worker');
  await world.startBellhop('bot,worker');
  if (headless) return await playMigration(world, { say, cardText });
  await prepare(world);
  say('');
  say(`  Open  ${world.teams.url}  and write:  start batch demo`);
  say('  Ctrl-C stops everything.');
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  say('  stopping');
  return 0;
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

process.exitCode = await main(process.argv.slice(2));
