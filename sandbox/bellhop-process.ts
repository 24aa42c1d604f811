import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** A running `bellhop serve`. */
export interface BellhopProcess {
  readonly child: ChildProcess;
  readonly port: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

type Environment = Readonly<Record<string, string>>;

const LAUNCHER = new URL('../bin/bellhop.mjs', import.meta.url).pathname;

/** Starts Bellhop on a free port; resolves when it listens. Its log goes to a file. */
export async function serveBellhop(environment: Environment, cwd: string, logFile: string): Promise<BellhopProcess> {
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    cwd,
    env: { ...process.env, PORT: '0', ...environment, BELLHOP_LOG: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const port = await readPort(child, logFile);
  return {
    child,
    port,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      // One that was stopped hears no signal until it goes on.
      child.kill('SIGCONT');
      await ended;
    },
  };
}

/** Runs one command line of Bellhop; resolves with what it printed. */
export function runBellhop(words: readonly string[], environment: Environment, cwd: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...words], {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, out, error }));
  });
}

function readPort(child: ChildProcess, logFile: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-10_000);
      appendFileSync(logFile, chunk);
      const port = /"port":(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`Bellhop did not start: ${text.slice(-500)}`)));
  });
}
