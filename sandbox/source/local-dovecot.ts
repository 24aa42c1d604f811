import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { localCertificate } from '../certificate.ts';
import { dovecotConfig } from './dovecot-config.ts';
import { type GeneratedMail } from './generate-mail.ts';
import { createFolder, folderDirectory, writeMaildir } from './write-maildir.ts';

export interface LocalDovecotOptions {
  readonly directory: string;
  readonly users: readonly { readonly name: string; readonly password: string }[];
  readonly port?: number;
  readonly tlsPort?: number;
  /** "." with prefix "INBOX." makes it look like Cyrus or Courier; "/" may then be part of a name. */
  readonly separator?: '/' | '.';
  readonly prefix?: string;
  readonly maxConnections?: number;
}

/** A real Dovecot of its own, on loopback, as long as it is needed. */
export interface LocalDovecot extends AsyncDisposable {
  readonly host: 'localhost';
  readonly port: number;
  readonly tlsPort: number;
  readonly caFile: string;
  readonly configFile: string;
  /** Where the Maildir of a user is. */
  maildir(user: string): string;
  /** Writes mail into a mailbox nobody has opened yet; returns how many. */
  fill(user: string, mails: Iterable<GeneratedMail>, emptyFolders?: readonly (readonly string[])[]): number;
  doveadm(...args: readonly string[]): Promise<string>;
}

const run = promisify(execFile);
const MAIL_USER = 'mail';

/** Starts Dovecot with its own configuration, ports and data below a directory. Needs the packages dovecot-core and dovecot-imapd. */
export async function startLocalDovecot(options: LocalDovecotOptions): Promise<LocalDovecot> {
  const { directory, users } = options;
  const binary = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'].find((path) => existsSync(path));
  if (binary === undefined) throw new Error('Dovecot is missing: apt-get install dovecot-imapd');
  for (const part of ['run', 'state', 'home']) mkdirSync(join(directory, part), { recursive: true });
  openForMailUser(directory);
  chownTree(join(directory, 'home'));
  const certificate = await localCertificate(join(directory, 'tls'));
  chmodSync(certificate.key, 0o644);
  const [port, tlsPort] = [options.port ?? (await freePort()), options.tlsPort ?? (await freePort())];
  writeFileSync(join(directory, 'users'), users.map(({ name, password }) => `${name}:{PLAIN}${password}\n`).join(''), {
    mode: 0o644,
  });
  const config = join(directory, 'dovecot.conf');
  writeFileSync(config, dovecotConfig({ ...options, port, tlsPort, certificate, mailUser: MAIL_USER }));
  const child = spawn(binary, ['-F', '-c', config], { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGTERM');
  process.once('exit', kill);
  await untilListening(port, child, join(directory, 'log'));
  const owner = await mailOwner();
  const maildir = (user: string): string => join(directory, 'home', user, 'Maildir');
  return {
    host: 'localhost',
    port,
    tlsPort,
    caFile: certificate.ca,
    configFile: config,
    maildir,
    fill(user, mails, emptyFolders = []) {
      mkdirSync(maildir(user), { recursive: true });
      createFolder(maildir(user));
      for (const folder of emptyFolders) createFolder(folderDirectory(maildir(user), folder));
      const count = writeMaildir(maildir(user), mails, owner);
      chownTree(join(directory, 'home', user));
      return count;
    },
    async doveadm(...args) {
      const { stdout } = await run('doveadm', ['-c', config, ...args], { maxBuffer: 64 * 1024 * 1024 });
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', kill);
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

// Dovecot's own users have to reach the data: a temporary directory is private to its maker by default.
function openForMailUser(directory: string): void {
  for (let path = directory; path !== dirname(path); path = dirname(path)) {
    const { mode, uid } = statSync(path);
    if ((mode & 0o001) !== 0) continue;
    if (uid !== process.getuid?.() || !path.startsWith(tmpdir())) {
      throw new Error(
        `Dovecot cannot reach ${directory}: ${path} is closed to other users. Use a directory below ${tmpdir()}.`,
      );
    }
    chmodSync(path, 0o711);
  }
}

function chownTree(path: string): void {
  spawnSync('chown', ['-R', `${MAIL_USER}:`, path]);
}

async function mailOwner(): Promise<{ readonly uid: number; readonly gid: number }> {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${MAIL_USER}:`));
  const [, , uid = '8', gid = '8'] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilListening(port: number, child: ChildProcess, log: string): Promise<void> {
  const end = performance.now() + 15_000;
  for (;;) {
    if (child.exitCode !== null || performance.now() > end) {
      const reason = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-5).join('\n') : '';
      throw new Error(`Dovecot did not start. ${reason}`);
    }
    const open = await new Promise<boolean>((resolve) => {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.once('connect', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
