import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editMailbox } from '../../../sandbox/source/edit-mailbox.ts';
import { fillMailbox } from '../../../sandbox/source/fill-mailbox.ts';
import { generateMailbox } from '../../../sandbox/source/generate-mail.ts';
import type { GeneratedMail } from '../../../sandbox/source/generate-mail.ts';
import { startLocalDovecot } from '../../../sandbox/source/local-dovecot.ts';
import type { LocalDovecot, LocalDovecotOptions } from '../../../sandbox/source/local-dovecot.ts';
import { opensslSigner } from '../../../sandbox/source/openssl-signer.ts';
import { startSourceWorld } from '../../../sandbox/source/source-world.ts';

const OWNER = 'lager@contoso.example';
const LOGIN = { name: OWNER, password: 'colon:and blank' };
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bh-dovecot-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a local Dovecot', () => {
  test('serves its users over TLS with its own CA, and lets the master user in as anybody', async () => {
    await using server = await start('tls', { masterUser: { name: 'master', password: 'm' } });

    for (const auth of [LOGIN, { name: `${OWNER}*master`, password: 'm' }]) {
      await using client = await logIn(server, auth.name, auth.password);
      expect(client.usable).toBe(true);
    }
    await expect(logIn(server, OWNER, 'wrong')).rejects.toMatchObject({ authenticationFailed: true });
  });

  test('answers wrong passwords at once, unless real delays are wanted', async () => {
    await using server = await start('delays');
    const begin = performance.now();

    for (let tries = 0; tries < 4; tries += 1) await logIn(server, OWNER, 'wrong').catch(() => undefined);

    // Dovecot's own delays would be 1.5 s and more each.
    expect(performance.now() - begin).toBeLessThan(4000);
  });

  test('stops what an earlier run left behind in its folder', async () => {
    const left = await start('stale');
    const pid = await readFile(join(left.settings.folder, 'run', 'master.pid'), 'utf8');

    await using next = await start('stale');

    expect(await readFile(join(next.settings.folder, 'run', 'master.pid'), 'utf8')).not.toBe(pid);
    await expectClosed(left.port);
  });

  test('ends when its parent is killed', async () => {
    const code = `
      const { startLocalDovecot } = await import(process.argv[1]);
      const server = await startLocalDovecot({ directory: process.argv[2], users: [] });
      console.log(server.port);
      setInterval(() => undefined, 1000);`;
    const module = new URL('../../../sandbox/source/local-dovecot.ts', import.meta.url).href;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code, module, join(directory, 'orphan')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await once(parent.stdout, 'data');

    parent.kill('SIGKILL');

    await expectClosed(Number(String(port)));
  });
});

describe('filled mailboxes', () => {
  test.each([
    ['maildir', { format: 'maildir' }, 'german'],
    ['mdbox', { format: 'mdbox' }, 'german'],
    ['dots', { separator: '.', prefix: 'INBOX.', plugins: ['listescape'] }, 'slashes'],
  ] as const)('%s: every byte, flag and date comes back over IMAP', async (name, options, style) => {
    await using server = await start(`fill-${name}`, options);
    const mailbox = generateMailbox({ owner: OWNER, seed: 3, mails: 120, profile: 'quick', style });
    const mails = [...mailbox.mails()];

    const filled = await fillMailbox(server, OWNER, mailbox.folders, mails);

    expect(filled).toMatchObject({ mails: 120, folders: mailbox.folders.length });
    expect(await readAll(server)).toEqual(mails.map(describeMail).sort());
  });

  test('can be edited by their owner afterwards', async () => {
    await using server = await start('edit', { separator: '.', prefix: 'INBOX.' });
    await using editor = await editMailbox(server, LOGIN);
    const raw = Buffer.from('Message-ID: <one@example.com>\r\nSubject: One\r\n\r\nText\r\n');
    const internalDate = new Date('2020-02-02T02:02:02Z');

    const uid = await editor.append({ folder: ['INBOX'], raw, flags: ['\\Seen'], internalDate });
    await editor.append({ folder: ['Größe'], raw, flags: [], internalDate });
    await editor.setFlags(['INBOX'], [uid], ['\\Flagged', '$Label1'], ['\\Seen']);
    await editor.move(['INBOX'], await editor.uids(['INBOX'], '<one@example.com>'), ['Größe']);
    await editor.expunge(['Größe'], [1]);
    await editor.renameFolder(['Größe'], ['Maß']);

    expect(await editor.uids(['INBOX'])).toEqual([]);
    const [only, ...more] = await readAll(server);
    expect(more).toEqual([]);
    expect(JSON.parse(only ?? '')).toMatchObject({ folder: ['Maß'], flags: ['$Label1', '\\Flagged'] });
  });
});

test('a signature by openssl is one that openssl accepts', async () => {
  using signer = opensslSigner();
  expect(signer).toBeDefined();
  const content = Buffer.from('Content-Type: text/plain\r\n\r\nSigned\r\n');
  const file = join(directory, 'content');
  await import('node:fs/promises').then(({ writeFile }) => writeFile(file, content));

  const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-content', file, '-noverify'];
  const verified = execFileSync('openssl', verify, { input: signer?.sign(content), stdio: ['pipe', 'pipe', 'ignore'] });

  expect(verified).toEqual(content);
});

test('the source world has five mailboxes on two servers, and keeps its mail over a restart', async () => {
  const options = { directory: join(directory, 'world'), mails: 60 };
  const first = await startSourceWorld(options);
  const summary = first.users.map(({ name, mails, bytes, folders }) => ({ name, mails, bytes, folders }));
  await first.stop();

  await using second = await startSourceWorld(options);

  expect(summary.map(({ mails }) => mails)).toEqual([30, 15, 9, 5, 1]);
  expect(second.users.map(({ name, mails, bytes, folders }) => ({ name, mails, bytes, folders }))).toEqual(summary);
});

function start(name: string, options: Partial<LocalDovecotOptions> = {}): Promise<LocalDovecot> {
  return startLocalDovecot({ directory: join(directory, name), users: [LOGIN], ...options });
}

async function logIn(server: LocalDovecot, user: string, pass: string): Promise<ImapFlow & AsyncDisposable> {
  const ca = await readFile(server.caFile);
  const options = { host: server.host, port: server.tlsPort, secure: true, tls: { ca }, logger: false as const };
  const client = new ImapFlow({ ...options, auth: { user, pass } });
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.logout() });
}

async function readAll(server: LocalDovecot): Promise<readonly string[]> {
  await using client = await logIn(server, LOGIN.name, LOGIN.password);
  const prefix = server.settings.prefix;
  const found: string[] = [];
  for (const { path, flags } of await client.list()) {
    if (flags.has('\\Noselect')) continue;
    const { exists } = await client.mailboxOpen(path, { readOnly: true });
    if (exists === 0) continue;
    const names = path === 'INBOX' ? path : path.slice(path.startsWith(prefix) ? prefix.length : 0);
    for await (const mail of client.fetch('1:*', { source: true, flags: true, internalDate: true })) {
      found.push(
        describeMail({
          folder: names.split(server.settings.separator),
          raw: mail.source ?? Buffer.alloc(0),
          flags: [...(mail.flags ?? [])].filter((flag) => flag !== '\\Recent'),
          internalDate: new Date(mail.internalDate ?? 0),
        }),
      );
    }
  }
  return found.sort();
}

function describeMail({
  folder,
  raw,
  flags,
  internalDate,
}: Pick<GeneratedMail, 'folder' | 'raw' | 'flags' | 'internalDate'>): string {
  return JSON.stringify({ folder, internalDate, flags: [...flags].sort(), raw: raw.toString('latin1') });
}

async function expectClosed(port: number): Promise<void> {
  const end = performance.now() + 10_000;
  while (performance.now() < end && (await accepts(port))) await delay(50);
  expect(await accepts(port)).toBe(false);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
