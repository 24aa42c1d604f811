import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { makeServerCertificate } from './certificate.ts';
import type { ServerCertificate } from './certificate.ts';
import { type DebianRoot, debianRoot } from './debian-root.ts';
import type { Login } from './local-dovecot.ts';
import type { LocalMailServer } from './local-mail-server.ts';
import { workFolder } from './work-folder.ts';

export interface LocalCourierOptions {
  readonly directory: string;
  readonly users: readonly Login[];
  /** Folders of a shared maildir that all users see below "shared.users." (maildirmake -S); answers come from its folder. */
  readonly sharedFolders?: readonly string[];
  readonly certificate?: ServerCertificate;
}

const PACKAGES = [
  'courier-imap',
  'courier-base',
  'courier-authlib',
  'libcourier-unicode4',
  'libidn12',
  'libpcre3',
  'libgamin0',
];
const CAPABILITY = 'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE IDLE';

/**
 * A real Courier imapd from Debian's packages: no CONDSTORE, no LIST-STATUS, folders below "INBOX.". Its own login needs
 * files all over the system, so logins are answered here and then handed over, as Courier's imaplogin does. Undefined
 * where it cannot be had.
 */
export async function startLocalCourier(options: LocalCourierOptions): Promise<LocalMailServer | undefined> {
  const root = await debianRoot('courier', PACKAGES);
  if (root === undefined) return undefined;
  const folder = await workFolder(options.directory);
  const certificate = options.certificate ?? (await makeServerCertificate(join(folder, 'tls')));
  for (const { name } of options.users) await makeMaildir(root, join(folder, name));
  if (options.sharedFolders !== undefined)
    shareFolders(root, join(folder, 'shared-users'), options.sharedFolders, folder, options.users);
  const open = new Set<Socket>();
  const greet = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    login(socket, (name, password, tag, rest) => {
      const known = options.users.some((user) => user.name === name && user.password === password);
      if (known) handOver(socket, root, join(folder, name), name, tag, rest);
      return known;
    });
  };
  const [cert, key] = [readFileSync(certificate.certFile), readFileSync(certificate.keyFile)];
  const servers = [createServer(greet), createTlsServer({ cert, key }, greet)];
  const [port = 0, tlsPort = 0] = await Promise.all(servers.map(listen));
  const stop = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return {
    kind: 'courier',
    host: 'localhost',
    port,
    tlsPort,
    caFile: certificate.caFile,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function makeMaildir(root: DebianRoot, home: string): Promise<void> {
  if (existsSync(join(home, 'Maildir'))) return;
  await mkdir(home, { recursive: true });
  const env = { LD_LIBRARY_PATH: root.libraries };
  execFileSync(join(root.folder, 'usr/bin/maildirmake.courier'), [join(home, 'Maildir')], { env });
}

// A maildir beside those of the users, each of its folders open to everybody who has it added.
function shareFolders(
  root: DebianRoot,
  shared: string,
  folders: readonly string[],
  homes: string,
  users: readonly Login[],
): void {
  const make = (...args: readonly string[]): void => {
    const env = { LD_LIBRARY_PATH: root.libraries };
    execFileSync(join(root.folder, 'usr/bin/maildirmake.courier'), args, { env });
  };
  make('-S', shared);
  for (const name of folders) make('-s', 'write', '-f', name, shared);
  for (const { name } of users) make('--add', `users=${shared}`, join(homes, name, 'Maildir'));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

type Enter = (name: string, password: string, tag: string, rest: Buffer) => boolean;

// The commands of the not-authenticated state (RFC 3501, 6.2), as far as mail programs use them here.
function login(socket: Socket, enter: Enter): void {
  let text = '';
  socket.write(`* OK [CAPABILITY ${CAPABILITY}] Courier-IMAP ready.\r\n`);
  const read = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const [tag = '*', command = '', ...words] = text.slice(0, end).split(' ');
      text = text.slice(end + 2);
      const [name = '', password = ''] = words.map((word) => word.replaceAll('"', ''));
      if (command.toUpperCase() === 'LOGIN') {
        socket.removeListener('data', read);
        if (enter(name, password, tag, Buffer.from(text, 'latin1'))) return;
        socket.on('data', read);
        socket.write(`${tag} NO Login failed.\r\n`);
      } else if (command.toUpperCase() === 'LOGOUT') socket.end(`* BYE\r\n${tag} OK LOGOUT completed\r\n`);
      else socket.write(`* CAPABILITY ${CAPABILITY}\r\n${tag} OK completed\r\n`);
    }
  };
  socket.on('data', read);
}

// Courier's imapd answers the login itself when it knows the tag.
function handOver(socket: Socket, root: DebianRoot, home: string, name: string, tag: string, rest: Buffer): void {
  const imapd = spawn(join(root.folder, 'usr/bin/imapd'), ['Maildir'], {
    cwd: home,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      LD_LIBRARY_PATH: root.libraries,
      HOME: home,
      PATH: '/usr/bin:/bin',
      AUTHENTICATED: name,
      AUTHADDR: name,
      IMAPLOGINTAG: tag,
      TCPREMOTEIP: '127.0.0.1',
      TCPREMOTEPORT: '1',
      IMAP_CAPABILITY: CAPABILITY,
      IMAP_KEYWORDS: '1',
      IMAP_USELOCKS: '0',
      IMAP_ENHANCEDIDLE: '0',
      IMAP_TRASHFOLDERNAME: 'Trash',
    },
  });
  imapd.stdin.on('error', () => socket.destroy());
  imapd.stdin.write(rest);
  socket.pipe(imapd.stdin);
  imapd.stdout.pipe(socket);
  socket.once('close', () => imapd.kill());
}
