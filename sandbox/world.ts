import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalExchange, startLocalExchange } from './exchange/local-exchange.ts';
import { generateMail } from './source/generate-mail.ts';
import { type LocalDovecot, startLocalDovecot } from './source/local-dovecot.ts';
import { type LocalTeams, startLocalTeams } from './teams/local-teams.ts';

/** A mailbox of the sandbox: how much mail, and whether something is wrong with it. */
export interface SandboxUser {
  readonly name: string;
  readonly mails: number;
  readonly wrongPassword?: true;
  readonly withoutTarget?: true;
}

/** Five mailboxes: three that move, one with a wrong password, one without a target mailbox. */
export const QUICK: readonly SandboxUser[] = [
  { name: 'info', mails: 300 },
  { name: 'sales', mails: 700 },
  { name: 'support', mails: 400 },
  { name: 'branch', mails: 60, wrongPassword: true },
  { name: 'leaver', mails: 40, withoutTarget: true },
];

export const DOMAIN = 'contoso.example';

export interface WorldOptions {
  readonly users?: readonly SandboxUser[];
  /** Median size of a mail in bytes. */
  readonly medianSize?: number;
  readonly timeScale?: number;
  readonly latency?: number;
  readonly throttling?: boolean;
  readonly port?: number;
  readonly onProgress?: (line: string) => void;
}

/** Everything on one machine: source, Exchange Online, Teams, and Bellhop as processes of its own. */
export interface SandboxWorld extends AsyncDisposable {
  readonly directory: string;
  readonly source: LocalDovecot;
  readonly exchange: LocalExchange;
  readonly teams: LocalTeams;
  readonly csvFile: string;
  readonly users: readonly SandboxUser[];
  /** The environment Bellhop runs with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts Bellhop with these roles; resolves when it answers. */
  startBellhop(roles: string): Promise<BellhopProcess>;
  /** Deletes every ledger, as a lost disk would. */
  forgetLedger(): Promise<void>;
  /** All files Bellhop wrote (Redis' log, ledgers, logs) as one text, for looking for what must not be there. */
  readEverythingStored(): string;
  /** Runs one command line; resolves with what it printed. */
  bellhop(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly error: string }>;
}

export interface BellhopProcess {
  readonly child: ChildProcess;
  readonly port: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const LAUNCHER = new URL('../bin/bellhop.mjs', import.meta.url).pathname;

export const passwordOf = (user: string): string => `${user}-not-a-real-password`;
export const addressOf = (user: string): string => `${user}@${DOMAIN}`;

/** Starts the sandbox; Bellhop itself is started by `startBellhop`. */
export async function startSandbox(options: WorldOptions = {}): Promise<SandboxWorld> {
  const {
    users = QUICK,
    medianSize = 9_000,
    timeScale = 20,
    latency = 0,
    throttling = true,
    onProgress = () => undefined,
  } = options;
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-sandbox-'));
  onProgress('source: starting Dovecot');
  const source = await startLocalDovecot({
    directory: join(directory, 'source'),
    users: users.map(({ name }) => ({ name, password: passwordOf(name) })),
  });
  for (const [index, { name, mails }] of users.entries()) {
    onProgress(`source: ${mails} mails for ${addressOf(name)}`);
    source.fill(name, generateMail({ owner: addressOf(name), count: mails, seed: 7 + index, medianSize }), [['Leer']]);
  }
  onProgress('exchange: starting');
  const exchange = await startLocalExchange({ directory: join(directory, 'exchange'), throttling, timeScale, latency });
  for (const { name, withoutTarget } of users)
    if (withoutTarget !== true) exchange.addMailbox({ address: addressOf(name), displayName: name });
  const teams = await startLocalTeams({ botUrl: '', ...(options.port === undefined ? {} : { port: options.port }) });
  const trusted = join(directory, 'ca.pem');
  writeFileSync(trusted, readFileSync(source.caFile, 'utf8') + readFileSync(exchange.caFile, 'utf8'));
  const csvFile = join(directory, 'users.csv');
  const rows = users.map(
    ({ name, wrongPassword }) =>
      `${addressOf(name)},${name},${wrongPassword === true ? 'a-wrong-one' : passwordOf(name)}`,
  );
  writeFileSync(csvFile, ['EmailAddress,UserName,Password', ...rows, ''].join('\n'), { mode: 0o600 });
  mkdirSync(join(directory, 'bellhop'));
  const environment: Readonly<Record<string, string>> = {
    NODE_EXTRA_CA_CERTS: trusted,
    BELLHOP_SANDBOX: '1',
    BELLHOP_TIME_SCALE: String(timeScale),
    BELLHOP_DATA: join(directory, 'bellhop'),
    BELLHOP_ALLOW_HOSTS: 'localhost',
    BELLHOP_LOG: 'warn',
    ...(throttling ? {} : { BELLHOP_THROTTLE: 'off' }),
    GRAPH_URL: exchange.graphUrl,
    AZURE_AUTHORITY_HOST: exchange.authorityHost,
    AZURE_TENANT_ID: exchange.tenantId,
    AZURE_CLIENT_ID: exchange.clientId,
    AZURE_CLIENT_SECRET: exchange.clientSecret,
    EXCHANGE_IMAP: 'off',
  };
  const running = new Set<BellhopProcess>();

  async function startBellhop(roles: string): Promise<BellhopProcess> {
    const log = join(directory, `bellhop-${running.size}.log`);
    const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
      cwd: directory,
      env: { ...process.env, ...environment, BELLHOP_LOG: 'info', BELLHOP_ROLES: roles, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const port = await readPort(child, log);
    if (roles.includes('bot')) teams.setBot(`http://127.0.0.1:${port}/api/messages`);
    const bellhop: BellhopProcess = {
      child,
      port,
      async stop(signal = 'SIGTERM') {
        running.delete(bellhop);
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill(signal);
        await ended;
      },
    };
    running.add(bellhop);
    return bellhop;
  }

  return {
    directory,
    source,
    exchange,
    teams,
    csvFile,
    users,
    environment,
    startBellhop,
    async forgetLedger() {
      rmSync(join(directory, 'bellhop', 'ledger'), { recursive: true, force: true });
    },
    readEverythingStored() {
      const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const own = files.filter(
        ({ parentPath, name }) => parentPath.startsWith(join(directory, 'bellhop')) || name.endsWith('.log'),
      );
      return own.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
    },
    bellhop: (...words) => runCommand(words, { ...process.env, ...environment } as NodeJS.ProcessEnv, directory),
    async [Symbol.asyncDispose]() {
      for (const each of running) await each.stop();
      await teams[Symbol.asyncDispose]();
      await exchange[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
      stopRedis(join(directory, 'bellhop'));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// A Bellhop that was killed leaves its Redis behind for the next one; the sandbox takes it along.
function stopRedis(dataDirectory: string): void {
  spawnSync('pkill', ['-f', join(dataDirectory, 'redis')]);
}

function runCommand(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, out, error }));
  });
}

function readPort(child: ChildProcess, log: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-10_000);
      appendFileSync(log, chunk);
      const port = /"port":(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => {
      reject(new Error(`Bellhop did not start: ${text.slice(-500)}`));
    });
  });
}
