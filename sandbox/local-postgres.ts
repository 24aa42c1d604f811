import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ServerCertificate, makeServerCertificate } from './source/certificate.ts';
import { freePort } from './source/free-port.ts';
import { type GuardedProcess, startGuarded } from './source/guarded-process.ts';

const run = promisify(execFile);

/** A Postgres of its own, on the loopback, gone with all its data at the end. */
export interface LocalPostgres extends AsyncDisposable {
  /** With a password, which must not be found anywhere. */
  readonly url: string;
  readonly password: string;
  /** What a client that wants TLS has to trust. */
  readonly caFile: string;
  /** Bytes of a table or a database, and what else one statement says: its output as psql prints it, unaligned. */
  sql(statement: string): Promise<string>;
  /** Ends the server as a crash does, and starts it again on the same data. */
  kill(): Promise<void>;
  /** Stops the server; `start` brings it back on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops all its processes where they are, so that nobody gets an answer, until `goOn`. */
  freeze(): Promise<{ goOn(): void }>;
}

export interface LocalPostgresOptions {
  /** Whether what is acknowledged survives a power cut: slower, and nothing a test on one machine can tell. */
  readonly durable?: boolean;
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
}

const USER = 'bellhop';
const PASSWORD = 'postgres-not-a-real-password';
const READY_WITHIN = 30_000;

/** Starts the Postgres of Debian (or the one in PATH) in a folder for temporary files. */
export async function startLocalPostgres(options: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const bin = binaries();
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-postgres-'));
  const data = join(directory, 'data');
  const port = await freePort();
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const account = unprivileged();
  const certificate = await makeServerCertificate(join(directory, 'tls'));
  const as = (program: string, args: readonly string[]): readonly [string, readonly string[]] =>
    account === undefined
      ? [program, args]
      : ['setpriv', [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups', program, ...args]];
  let server: GuardedProcess | undefined;

  async function start(): Promise<void> {
    server = startGuarded(...as(join(bin, 'postgres'), ['-D', data]), join(directory, 'log'));
    const end = performance.now() + READY_WITHIN;
    while (!(await answers())) {
      if (server.hasEnded() || performance.now() > end)
        throw new Error(`Postgres did not start: ${readFileSync(join(directory, 'log'), 'utf8').slice(-500)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function sql(statement: string): Promise<string> {
    const { stdout } = await run(join(bin, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', url, '-c', statement]);
    return stdout.trim();
  }

  const answers = (): Promise<boolean> => sql('SELECT 1').then(() => true, () => false); // prettier-ignore

  // SIGINT ends sessions and stops at once, SIGQUIT leaves everything lying as a crash does (postgres, server-shutdown).
  async function end(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const pidFile = join(data, 'postmaster.pid');
    if (server === undefined || server.hasEnded() || !existsSync(pidFile)) return;
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), signal);
    await server.ended;
  }

  async function freeze(): Promise<{ goOn(): void }> {
    const main = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', main]);
    const all = [main, ...stdout.trim().split(/\s+/)].map(Number);
    const signal = (name: NodeJS.Signals): void => all.forEach((pid) => process.kill(pid, name));
    signal('SIGSTOP');
    return { goOn: () => signal('SIGCONT') };
  }

  async function dispose(): Promise<void> {
    await end('SIGINT');
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  }

  try {
    const passwordFile = join(directory, 'password');
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    if (account !== undefined) for (const each of [directory, passwordFile]) chownSync(each, account.uid, account.gid);
    const [program, args] = as(join(bin, 'initdb'), [
      ...['-D', data, '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
      ...['--locale=C.UTF-8', '--no-sync'],
    ]);
    await run(program, [...args]);
    if (account !== undefined) chownSync(certificate.keyFile, account.uid, account.gid);
    writeFileSync(join(data, 'postgresql.conf'), configuration(directory, port, certificate, options), { flag: 'a' });
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    password: PASSWORD,
    caFile: certificate.caFile,
    sql,
    start,
    freeze,
    stop: () => end('SIGINT'),
    async kill() {
      await end('SIGQUIT');
      await start();
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function configuration(
  directory: string,
  port: number,
  { certFile, keyFile }: ServerCertificate,
  { durable = false, settings = [] }: LocalPostgresOptions,
): string {
  const lines = [
    `listen_addresses = '127.0.0.1'`,
    `port = ${port}`,
    `unix_socket_directories = '${directory}'`,
    `ssl = on`,
    `ssl_cert_file = '${certFile}'`,
    `ssl_key_file = '${keyFile}'`,
    `log_min_messages = warning`,
  ];
  const fast = durable ? [] : ['fsync = off', 'full_page_writes = off'];
  return ['', ...lines, ...fast, ...settings, ''].join('\n');
}

/** Debian keeps the programs of each version outside of PATH. */
function binaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new Error('No Postgres: apt-get install postgresql');
  return found;
}

/** Postgres refuses to run as root: its own user runs it then. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('There is no user "postgres" to run it as.');
  return { uid: Number(uid), gid: Number(gid) };
}
