import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awaitGreeting } from './await-greeting.ts';
import { makeServerCertificate } from './certificate.ts';
import type { ServerCertificate } from './certificate.ts';
import { dovecotConfig, mailOwner, oauthConfig } from './dovecot-config.ts';
import type { DovecotSettings } from './dovecot-config.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import type { GuardedProcess } from './guarded-process.ts';
import type { LocalMailServer } from './local-mail-server.ts';
import { stopStale } from './stop-stale.ts';
import { workFolder } from './work-folder.ts';

export interface Login {
  readonly name: string;
  readonly password: string;
}

export type LocalDovecotOptions = Partial<Omit<DovecotSettings, 'folder'>> & {
  /** Mail, configuration and log; an instance left behind in it by an earlier run is stopped. */
  readonly directory: string;
  readonly users: readonly Login[];
  /** May log in as anybody: `user*master` with its own password, or by the authzid of AUTH=PLAIN. */
  readonly masterUser?: Login;
};

export interface LocalDovecot extends LocalMailServer {
  readonly kind: 'dovecot';
  readonly settings: DovecotSettings;
  /** Runs `doveadm` on this instance and answers its output; throws with what it said on stderr. */
  doveadm(...args: string[]): Promise<string>;
  /** Folder of a user's mail. */
  mailHome(user: string): string;
  /** Changes who may log in, from now on. */
  setUsers(users: readonly Login[]): Promise<void>;
}

const SPECIAL_USE = { Sent: '\\Sent', Drafts: '\\Drafts', Trash: '\\Trash', Junk: '\\Junk', Archive: '\\Archive' };
const run = promisify(execFile);

/** Starts a real Dovecot 2.3 (Debian package) on the loopback, with everything of its own; ready when it returns. */
export async function startLocalDovecot(options: LocalDovecotOptions): Promise<LocalDovecot> {
  const folder = await workFolder(options.directory);
  const configFile = join(folder, 'dovecot.conf');
  await stopStale(join(folder, 'run', 'master.pid'), configFile);
  const owner = mailOwner();
  for (const name of ['run', 'state', 'home']) await mkdir(join(folder, name), { recursive: true });
  await chown(join(folder, 'home'), owner.uid, owner.gid);
  const certificate = options.certificate ?? (await makeServerCertificate(join(folder, 'tls')));
  await writeLogins(join(folder, 'users'), options.users);
  await writeFile(join(folder, 'oauth2.conf'), oauthConfig(options.tokenInfoUrl ?? ''));
  await writeLogins(join(folder, 'masters'), options.masterUser === undefined ? [] : [options.masterUser]);

  const { settings, server } = await startOnFreePorts(async () => {
    const settings = await settle(options, folder, certificate);
    await writeFile(configFile, dovecotConfig(settings, owner));
    return settings;
  }, configFile);

  async function doveadm(...args: string[]): Promise<string> {
    const { stdout } = await run('doveadm', ['-c', configFile, ...args], { maxBuffer: 2 ** 30 });
    return stdout;
  }
  return {
    kind: 'dovecot',
    host: 'localhost',
    port: settings.port,
    tlsPort: settings.tlsPort,
    caFile: settings.certificate.caFile,
    settings,
    doveadm,
    mailHome: (user) => join(folder, 'home', user, settings.format),
    setUsers: (users) => writeLogins(join(folder, 'users'), users),
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** A free port may be taken by another program before Dovecot has it: then once more with others. */
async function startOnFreePorts(
  prepare: () => Promise<DovecotSettings>,
  configFile: string,
): Promise<{ readonly settings: DovecotSettings; readonly server: GuardedProcess }> {
  for (let triesLeft = 3; ; triesLeft -= 1) {
    const settings = await prepare();
    const outputFile = join(settings.folder, 'start.log');
    await writeFile(outputFile, '');
    const server = startGuarded('/usr/sbin/dovecot', ['-F', '-c', configFile], outputFile);
    try {
      await awaitGreeting(settings.port, server.hasEnded);
      return { settings, server };
    } catch (cause) {
      await server.stop();
      const output = await readFile(outputFile, 'utf8');
      const isTaken = output.includes('Address already in use');
      if (!isTaken || triesLeft === 1) throw new Error(`Dovecot did not start: ${output.trim()}`, { cause });
    }
  }
}

async function settle(
  options: LocalDovecotOptions,
  folder: string,
  certificate: ServerCertificate,
): Promise<DovecotSettings> {
  return {
    folder,
    port: options.port ?? (await freePort()),
    tlsPort: options.tlsPort ?? (await freePort()),
    separator: options.separator ?? '/',
    prefix: options.prefix ?? '',
    format: options.format ?? 'maildir',
    durable: options.durable ?? false,
    plugins: options.plugins ?? [],
    maxConnections: options.maxConnections ?? 50,
    realLoginDelays: options.realLoginDelays ?? false,
    certificate,
    specialUse: options.specialUse ?? SPECIAL_USE,
    tokenInfoUrl: options.tokenInfoUrl ?? '',
    extraConfig: options.extraConfig ?? '',
  };
}

/** Base64, since ":" ends a field of a passwd-file. */
async function writeLogins(file: string, logins: readonly Login[]): Promise<void> {
  const lines = logins.map(({ name, password }) => `${name}:{PLAIN.b64}${Buffer.from(password).toString('base64')}\n`);
  await writeFile(file, lines.join(''), { mode: 0o644 });
}
