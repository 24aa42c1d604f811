import { execFile, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awaitGreeting } from './await-greeting.ts';
import { makeServerCertificate } from './certificate.ts';
import type { ServerCertificate } from './certificate.ts';
import { type DebianRoot, debianRoot } from './debian-root.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import type { Login } from './local-dovecot.ts';
import type { LocalMailServer } from './local-mail-server.ts';
import { workFolder } from './work-folder.ts';

export interface LocalCyrusOptions {
  readonly directory: string;
  readonly users: readonly Login[];
  /** May sign in for anybody, by the authorization identity of AUTH=PLAIN. */
  readonly proxy?: Login;
  readonly certificate?: ServerCertificate;
}

const PACKAGES = ['cyrus-imapd', 'cyrus-common', 'sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db', 'libpcre3'];
/** Debian's own user for mail: Cyrus runs as nobody else here. */
const MAIL_USER = 'mail';
const run = promisify(execFile);

/** A real Cyrus 3 from Debian's packages: "." between names, everything below "INBOX.". Undefined where it cannot be had. */
export async function startLocalCyrus(options: LocalCyrusOptions): Promise<LocalMailServer | undefined> {
  const root = process.getuid?.() === 0 ? await debianRoot('cyrus', PACKAGES) : undefined;
  if (root === undefined) return undefined;
  const folder = await workFolder(options.directory);
  for (const name of ['lib', 'spool', 'socket', 'proc', 'lock', 'tls'])
    await mkdir(join(folder, name), { recursive: true });
  const certificate = options.certificate ?? (await makeServerCertificate(join(folder, 'ca')));
  await copyFile(certificate.certFile, join(folder, 'tls', 'server.pem'));
  await copyFile(certificate.keyFile, join(folder, 'tls', 'server.key'));
  await chmod(join(folder, 'tls', 'server.key'), 0o600);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const program = join(root.folder, 'usr/lib/cyrus/bin');
  await writeFile(join(folder, 'imapd.conf'), imapdConf(folder, options.proxy?.name));
  await writeFile(join(folder, 'cyrus.conf'), cyrusConf(folder, program, port, tlsPort));
  const logins = [...options.users, ...(options.proxy === undefined ? [] : [options.proxy])];
  for (const login of logins) await addLogin(root, folder, login);
  await run('chown', ['-R', `${MAIL_USER}:`, folder]);
  const environment = [`LD_LIBRARY_PATH=${root.libraries}`, `CYRUS_USER=${MAIL_USER}`];
  const master = [join(program, 'master'), '-C', join(folder, 'imapd.conf'), '-M', join(folder, 'cyrus.conf')];
  const server = startGuarded(
    'env',
    [...environment, ...master, '-p', join(folder, 'master.pid')],
    join(folder, 'log'),
  );
  await awaitGreeting(port, server.hasEnded);
  return {
    kind: 'cyrus',
    host: 'localhost',
    port,
    tlsPort,
    caFile: certificate.caFile,
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function imapdConf(folder: string, proxy: string | undefined): string {
  return `configdirectory: ${folder}/lib
defaultpartition: default
partition-default: ${folder}/spool
unixhierarchysep: no
altnamespace: no
admins: admin
${proxy === undefined ? '' : `proxyservers: ${proxy}\n`}allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${folder}/sasldb2
tls_server_cert: ${folder}/tls/server.pem
tls_server_key: ${folder}/tls/server.key
virtdomains: off
conversations: no
duplicate_db_path: ${folder}/lib/deliver.db
lock_path: ${folder}/lock
proc_path: ${folder}/proc
idlesocket: ${folder}/socket/idle
autocreate_quota: 0
maxmessagesize: 0
delete_mode: immediate
expunge_mode: delayed
specialusealways: 1
`;
}

function cyrusConf(folder: string, program: string, port: number, tlsPort: number): string {
  const imapd = `${program}/imapd -C ${folder}/imapd.conf`;
  return `START {
  recover cmd="${program}/ctl_cyrusdb -C ${folder}/imapd.conf -r"
}
SERVICES {
  imap cmd="${imapd} -U 30" listen="127.0.0.1:${port}" prefork=1 maxchild=50
  imaps cmd="${imapd} -s -U 30" listen="127.0.0.1:${tlsPort}" prefork=0 maxchild=50
}
`;
}

function addLogin(root: DebianRoot, folder: string, { name, password }: Login): Promise<void> {
  const program = join(root.folder, 'usr/sbin/saslpasswd2');
  const child = spawn(program, ['-f', join(folder, 'sasldb2'), '-p', '-c', '-u', hostname(), name], {
    env: { ...process.env, LD_LIBRARY_PATH: root.libraries },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin?.end(password);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error('saslpasswd2 failed'))));
  });
}
