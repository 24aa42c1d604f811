import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalDovecot, startLocalDovecot } from '../sandbox/source/local-dovecot.ts';
import type { Course, Measurement } from './measure-bellhop.ts';

/** A peer, run as its documentation says; its code is no part of this project. */
interface Peer {
  readonly name: string;
  readonly program: string;
  command(course: Course, target: LocalDovecot, state: string): readonly string[];
}

/** What Debian packages: isync, interimap, Dovecot's own doveadm. imapsync runs when it is on the PATH. */
export const PEERS: readonly Peer[] = [
  {
    name: 'dsync',
    program: 'doveadm',
    command: ({ source, user }, target) => ['doveadm', '-c', join(target.settings.folder, 'dovecot.conf'), '-o', 'imapc_host=127.0.0.1', '-o', `imapc_port=${source.port}`, '-o', `imapc_user=${user.name}`, '-o', `imapc_password=${user.password}`, '-o', 'imapc_features=rfc822.size fetch-headers', '-o', 'mail_prefetch_count=20', 'backup', '-R', '-u', user.name, 'imapc:'], // prettier-ignore
  },
  {
    name: 'interimap',
    program: 'interimap',
    command({ source, user }, target, state) {
      const side = (port: number): string =>
        `type = imap\nSTARTTLS = NO\nhost = 127.0.0.1\nport = ${port}\nusername = ${user.name}\npassword = ${user.password}\n`;
      writeFileSync(
        join(state, 'rc'),
        `database = ${state}/db.sqlite\nlist-reference=\n[local]\n${side(target.port)}[remote]\n${side(source.port)}`,
        { mode: 0o600 },
      );
      return ['interimap', '--config', join(state, 'rc'), '-q'];
    },
  },
  {
    name: 'mbsync',
    program: 'mbsync',
    command({ source, user }, target, state) {
      const account = (name: string, port: number): string =>
        `IMAPAccount ${name}\nHost 127.0.0.1\nPort ${port}\nUser ${user.name}\nPass ${user.password}\nSSLType None\nAuthMechs LOGIN\nTimeout 120\n\nIMAPStore ${name}\nAccount ${name}\n\n`;
      const channel = `Channel m\nFar :a:\nNear :b:\nPatterns *\nCreate Near\nSync Pull\nCopyArrivalDate yes\nSyncState ${state}/\n`;
      writeFileSync(join(state, 'rc'), account('a', source.port) + account('b', target.port) + channel, {
        mode: 0o600,
      });
      return ['mbsync', '-c', join(state, 'rc'), 'm'];
    },
  },
  {
    name: 'imapsync',
    program: 'imapsync',
    command: ({ source, user }, target, state) => ['imapsync', '--host1', '127.0.0.1', '--port1', String(source.port), '--user1', user.name, '--password1', user.password, '--host2', '127.0.0.1', '--port2', String(target.port), '--user2', user.name, '--password2', user.password, '--nossl1', '--nossl2', '--notls1', '--notls2', '--noreleasecheck', '--nolog', '--tmpdir', state], // prettier-ignore
  },
];

/** A peer with an empty Dovecot of its own as its target; undefined when it is not installed. */
export interface PeerRun extends AsyncDisposable {
  /** One run under GNU time; resolves with its seconds. */
  run(): Promise<number>;
  /** What lies in the target. */
  held(): Promise<{ readonly items: number; readonly bytes: number }>;
  /** Bytes the tool held at most in its latest run. */
  peakRss(): number;
  /** Seconds of CPU its latest run took; its servers' are not in it. */
  cpu(): number;
}

export async function openPeer(peer: Peer, course: Course): Promise<PeerRun | undefined> {
  if (spawnSync('which', [peer.program]).status !== 0 || spawnSync('which', ['time']).status !== 0) return undefined;
  const directory = join(course.directory, peer.name);
  const target = await startLocalDovecot({
    directory: join(directory, 'target'),
    users: [course.user],
    ...course.servers,
    format: 'mdbox',
    durable: true,
  });
  const state = join(directory, 'state');
  mkdirSync(state, { recursive: true });
  const command = peer.command(course, target, state);
  const report = join(directory, 'time');
  return {
    async run() {
      const begin = performance.now();
      await new Promise((resolve) =>
        spawn('/usr/bin/time', ['-o', report, '-f', '%M %U %S', ...command], { stdio: 'ignore' }).once('exit', resolve),
      );
      return (performance.now() - begin) / 1000;
    },
    async held() {
      const status = await target.doveadm(
        '-f',
        'tab',
        'mailbox',
        'status',
        '-u',
        course.user.name,
        'messages vsize',
        '*',
      );
      const rows = status
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t'));
      const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
      return { items: sum(1), bytes: sum(2) };
    },
    peakRss: () => (reported(report)[0] ?? Number.NaN) * 1024,
    cpu: () => (reported(report)[1] ?? Number.NaN) + (reported(report)[2] ?? Number.NaN),
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

/** First run of a peer; undefined when it is not installed. */
export async function measurePeer(peer: Peer, course: Course): Promise<Measurement | undefined> {
  await using opened = await openPeer(peer, course);
  if (opened === undefined) return undefined;
  const seconds = await opened.run();
  return { tool: peer.name, seconds, ...(await opened.held()), peakRss: opened.peakRss(), cpu: opened.cpu() };
}

function reported(report: string): readonly number[] {
  return (readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '').split(' ').map(Number);
}
