import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalDovecot, startLocalDovecot } from '../../sandbox/source/local-dovecot.ts';
import { mailOwner } from '../../sandbox/source/dovecot-config.ts';
import { ImapFlow } from 'imapflow';
import { startLocalCourier } from '../../sandbox/source/local-courier.ts';
import { startLocalCyrus } from '../../sandbox/source/local-cyrus.ts';
import type { LocalMailServer } from '../../sandbox/source/local-mail-server.ts';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import { toMigrationError } from '../../src/engine/domain/failure.ts';
import type { SourceMailbox } from '../../src/engine/ports.ts';
import { imapConnector } from '../../src/imap/imap-connector.ts';
import { endpointName } from '../contracts/sample-records.ts';
import { systemClock, temporaryDirectory } from '../store/local-redis.ts';
import { type Scripted, startScriptedImap } from '../support/scripted-imap.ts';
import { unlimitedSlots } from '../support/unlimited-slots.ts';

const ADMIN = { name: 'admin', password: 'admin-not-a-real-password' };
const never = new AbortController().signal;
const connector = imapConnector({ clock: systemClock, slots: unlimitedSlots, allowHosts: ['localhost'] });

let stack: AsyncDisposableStack;
let directory: string;
let dovecot: LocalDovecot;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  directory = stack.use(await temporaryDirectory()).path;
  const shared = join(directory, 'shared');
  // One folder a user and one a folder of it, as an administrator of a server with shared mailboxes sees them.
  for (const [folder, subject] of [
    ['.anna', 'anna-inbox'],
    ['.anna.Sent', 'anna-sent'],
    ['.anna.Projekte.2020', 'anna-project'],
    ['.annabel', 'annabel-inbox'],
    ['.annabel.Sent', 'annabel-sent'],
  ] as const)
    // prettier-ignore
    writeMail(join(shared, folder), subject);
  const { uid, gid } = mailOwner();
  for (const each of ['', ...readdirSync(shared, { recursive: true, encoding: 'utf8' })])
    chownSync(join(shared, each), uid, gid);
  dovecot = stack.use(
    await startLocalDovecot({
      ...{ directory: join(directory, 'dovecot'), users: [ADMIN], separator: '.', prefix: 'INBOX.' },
      extraConfig: `namespace users {
  type = public
  separator = .
  prefix = users.
  location = maildir:${shared}
  subscriptions = no
}`,
    }),
  );
});
afterAll(() => stack[Symbol.asyncDispose]());

function writeMail(maildir: string, subject: string): void {
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, name), { recursive: true, mode: 0o777 });
  writeFileSync(join(maildir, 'cur', `1700000000.${subject}:2,S`), `Subject: ${subject}\r\n\r\nhello\r\n`);
}

function open(server: Pick<LocalMailServer, 'port'>, userRoot: string): Promise<SourceMailbox> {
  const endpoint: MigrationEndpoint = {
    ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login: 'plain' },
    ...{ initial: 1, incremental: 1 },
  };
  return connector.connect(endpoint, { userName: ADMIN.name, password: ADMIN.password, userRoot }, never);
}

/** Where each folder goes, and the subjects in it. */
async function contentsOf(mailbox: SourceMailbox): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const folder of await mailbox.listFolders()) {
    const name = `${folder.segments.join(' > ')}${folder.specialUse === undefined ? '' : ` (${folder.specialUse})`}`;
    if (!folder.selectable) continue;
    const selected = await mailbox.select(folder);
    const subjects = await selected.summaries(await selected.uids());
    found[name] = [...subjects.values()].map(({ subject = '' }) => subject);
  }
  return found;
}

describe('Dovecot with a public namespace beside "INBOX."', () => {
  test.each(['users.anna', '/users/anna', 'users/anna/'])(
    'UserRoot %s: the mail of one user, as its own',
    async (root) => {
      await using mailbox = await open(dovecot, root);

      expect(await contentsOf(mailbox)).toEqual({
        'INBOX (inbox)': ['anna-inbox'],
        'Sent (sent)': ['anna-sent'],
        'Projekte > 2020': ['anna-project'],
      });
    },
  );

  test("a user whose name begins alike is somebody else, and the login's own inbox is nobody's", async () => {
    await using mailbox = await open(dovecot, 'users.annabel');

    expect(await contentsOf(mailbox)).toEqual({
      'INBOX (inbox)': ['annabel-inbox'],
      'Sent (sent)': ['annabel-sent'],
    });
  });

  test.each(['users.berta', '/', 'users.ann'])(
    'a UserRoot that is not there is named, and nothing is read: %s',
    async (root) => {
      await expect(open(dovecot, root)).rejects.toMatchObject({ code: 'UserRootMissing' });
    },
  );

  test('the names stay right over a broken connection', async () => {
    await using mailbox = await open(dovecot, 'users.anna');
    const sent = (await mailbox.listFolders()).find((folder) => folder.specialUse === 'sent');
    if (sent === undefined) throw new Error('there is Sent');
    const selected = await mailbox.select(sent);
    const metas = await selected.metadata(await selected.uids());
    await dovecot.doveadm('kick', ADMIN.name);

    expect((await selected.contents(metas)).map(({ outcome }) => outcome)).toEqual(['read']);
  });
});

test('a root with the delimiter in front, and INBOX below a root that holds nothing (as Oracle and Courier share mailboxes)', async () => {
  const lists = [
    'LIST (\\Noselect \\HasChildren) "/" "/users/anna"',
    'LIST (\\HasNoChildren) "/" "/users/anna/INBOX"',
    'LIST (\\HasNoChildren) "/" "/users/anna/Sent"',
  ];
  const examined: string[] = [];
  const answer = (command: string): Scripted | undefined => {
    if (/^LIST "" ""/i.test(command)) return { lines: ['LIST (\\Noselect) "/" ""'] };
    if (/^LIST .*users/i.test(command)) return { lines: lists };
    if (/^(LIST|LSUB)/i.test(command)) return { lines: ['LIST () "/" INBOX'] };
    if (!/^EXAMINE/i.test(command)) return undefined;
    examined.push(command);
    return { lines: ['0 EXISTS', 'OK [UIDVALIDITY 7] ok', 'OK [UIDNEXT 1] ok'] };
  };
  await using server = await startScriptedImap(answer);
  await using mailbox = await open(server, '/users/anna');

  expect(Object.keys(await contentsOf(mailbox)).toSorted()).toEqual(['INBOX (inbox)', 'Sent (sent)']);
  expect(examined.toSorted()).toEqual([
    expect.stringMatching(/"?\/users\/anna\/INBOX"?$/),
    expect.stringMatching(/"?\/users\/anna\/Sent"?$/),
  ]);
});

test('what cannot be looked for is no crash', async () => {
  await using server = await startScriptedImap((command) =>
    /^LIST "?users/i.test(command) ? { end: 'NO' } : undefined,
  );

  const error = await open(server, 'users.x').catch((reason: unknown) => toMigrationError(reason));

  expect(error).toMatchObject({ code: expect.stringMatching(/SourceProtocolError|UserRootMissing/) });
});

test('Courier: no sign-in for others, but shared folders, and UserRoot says which are whose', async (context) => {
  const courier = await startLocalCourier({
    ...{ directory: join(directory, 'courier'), users: [ADMIN], sharedFolders: ['anna', 'anna.Sent', 'annabel'] },
  });
  if (courier === undefined) return context.skip();
  await using server = courier;
  for (const [folder, subject] of [
    ['.anna', 'anna-inbox'],
    ['.anna.Sent', 'anna-sent'],
    ['.annabel', 'other'],
  ] as const)
    // prettier-ignore
    writeMail(join(directory, 'courier', 'shared-users', folder), subject);
  await using mailbox = await open(server, 'shared/users/anna');

  expect(await contentsOf(mailbox)).toEqual({ 'INBOX (inbox)': ['anna-inbox'], 'Sent (sent)': ['anna-sent'] });
});

test('Cyrus: an administrator that was given rights sees user.anna, and that is whose mail is read', async (context) => {
  const anna = { name: 'anna', password: 'anna-not-a-real-password' };
  const proxy = { name: 'proxy', password: 'proxy-not-a-real-password' };
  const cyrus = await startLocalCyrus({ directory: join(directory, 'cyrus'), users: [ADMIN, anna], proxy });
  if (cyrus === undefined) return context.skip();
  await using server = cyrus;
  const endpoint: MigrationEndpoint = {
    ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login: 'plain' },
    ...{ initial: 1, incremental: 1, admin: 'authzid:proxy' },
  };
  const own = new ImapFlow({
    ...{ host: 'localhost', port: server.port, secure: false, doSTARTTLS: false, logger: false },
    auth: { user: anna.name, pass: anna.password },
  });
  await own.connect();
  for (const folder of ['INBOX.Sent', 'INBOX.Projekte']) await own.mailboxCreate(folder);
  for (const [folder, subject] of [
    ['INBOX', 'anna-inbox'],
    ['INBOX.Sent', 'anna-sent'],
  ] as const)
    // prettier-ignore
    await own.append(folder, Buffer.from(`Subject: ${subject}\r\n\r\nhello\r\n`));
  for (const folder of ['INBOX', 'INBOX.Sent', 'INBOX.Projekte']) {
    const rights = ['SETACL', [folder, ADMIN.name, 'lrs'].map((value) => ({ type: 'STRING', value }))] as const;
    (
      await (own as unknown as { exec: (...args: readonly unknown[]) => Promise<{ next(): void }> }).exec(...rights)
    ).next();
  }
  await own.logout();
  const expected = { 'INBOX (inbox)': ['anna-inbox'], 'Sent (sent)': ['anna-sent'], Projekte: [] };

  await using byRoot = await open(server, 'user.anna');
  expect(await contentsOf(byRoot)).toEqual(expected);
  // The same by authorization identity: whoever signs in, it is anna's mailbox.
  await using byProxy = await connector.connect(endpoint, { userName: 'anna', password: proxy.password }, never);
  expect(await contentsOf(byProxy)).toEqual(expected);
});
