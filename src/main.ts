import { userInfo } from 'node:os';
import { type Logger as PinoLogger, pino } from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import type { Clock, Logger } from './engine/ports.ts';
import { openWorld } from './open-world.ts';
import { serve } from './serve.ts';

/** The only clock of the program; everything else is handed it. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      // setTimeout holds 31 bits; whoever waits longer looks again.
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
        Math.min(Math.max(0, ms), 2_000_000_000),
      );
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

function logger(target: PinoLogger): Logger {
  return {
    info: (fields, message) => target.info(fields, message),
    warn: (fields, message) => target.warn(fields, message),
    error: (fields, message) => target.error(fields, message),
  };
}

const STREAMS = {
  out: (text: string) => void process.stdout.write(`${text}\n`),
  error: (text: string) => void process.stderr.write(`${text}\n`),
};

async function main(argv: readonly string[]): Promise<number> {
  const [first] = argv;
  if (first === undefined || first === '--help' || first === '-h') {
    const { usageText } = await import('./cli.ts');
    process.stdout.write(`${usageText()}\n`);
    return first === undefined ? 2 : 0;
  }
  // Whoever got a record checks it on any machine: nothing is configured, nothing is reached.
  if (first === 'verify-record') {
    const { verifyRecordCommand } = await import('./record/verify-command.ts');
    return await verifyRecordCommand(argv.slice(1), STREAMS);
  }
  loadEnvFile();
  let config: Config;
  try {
    config = readConfig(process.env, first === 'serve' ? 'serve' : 'command');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  // Logs of a command go to stderr: stdout belongs to --json.
  const log = logger(
    pino(
      { level: first === 'serve' ? config.logLevel : 'warn', base: null },
      pino.destination({ fd: first === 'serve' ? 1 : 2, sync: true }),
    ),
  );
  if (first === 'serve') return serve(config, clock, log);
  // Loaded only where it is typed: a server has no use for it.
  const { runCli } = await import('./cli.ts');
  await using opened = await openWorld(config, clock, log);
  const name = `cli:${userInfo().username}`;
  return await runCli(argv, STREAMS, opened.world, { id: name, name });
}

function loadEnvFile(): void {
  try {
    process.loadEnvFile('.env');
  } catch {
    // There is none: the environment alone counts.
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  return 1;
});
// A request under way would keep the process for a minute or longer. Whoever takes the mailbox next asks what became of it.
if (process.argv[2] === 'serve') process.exit();
