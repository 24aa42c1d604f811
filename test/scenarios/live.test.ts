import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BellhopProcess } from '../../sandbox/bellhop-process.ts';
import { type MailboxEditor, editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { BatchView, UserView } from '../../src/engine/views.ts';
import { plainMail } from '../support/plain-mail.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Resolves once it is so; the deadline is far above what it takes. */
function until(isSo: () => boolean): Promise<boolean> {
  return waitUntil(async () => isSo(), Boolean, 30_000);
}

const INBOX = ['INBOX'];

function placesOf(world: SandboxWorld, name: string): ReadonlyMap<string, string> {
  const folders = world.exchange.mailboxes.folders(addressOf(name));
  return new Map(
    folders.flatMap((folder) => folder.items.map((item) => [item.subject, folder.path.join('/')] as const)),
  );
}

async function startLive(
  names: readonly string[],
  endpoint: readonly string[],
): Promise<{ world: SandboxWorld; running: BellhopProcess }> {
  const world = await startSandbox({ users: names.map((name) => ({ name, mails: 12, style: 'tiny' as const })) });
  const running = await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`, ...endpoint);
  await world.bellhop('create', 'batch', 'pilot', 'endpoint=sandbox', 'every=live');
  await world.bellhop('import', world.csvFile, 'batch=pilot', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'pilot');
  for (const name of names) await userWhen(world, name, 'Synced');
  return { world, running };
}

describe('one live mailbox', () => {
  let world: SandboxWorld;
  let source: MailboxEditor;
  beforeAll(async () => {
    ({ world } = await startLive(['info'], []));
    source = await editMailbox(world.source, { name: 'info', password: passwordOf('info') });
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });
  const uidOf = async (folder: readonly string[], name: string): Promise<number> =>
    (await source.uids(folder, `<${name}@fabrikam.example>`))[0] ?? expect.fail(`${name} is not at the source`);

  const CHANGES: readonly (readonly [title: string, change: () => Promise<unknown>, arrived: () => boolean])[] = [
    [
      'new mail in the inbox',
      () => source.append(plainMail('hello', INBOX)),
      () => placesOf(world, 'info').get('hello') === 'Inbox',
    ],
    [
      'new mail in a new folder',
      () => source.append(plainMail('plan', ['Projects'])),
      () => placesOf(world, 'info').get('plan') === 'Projects',
    ],
    [
      'a mail moved',
      async () => source.move(INBOX, [await uidOf(INBOX, 'hello')], ['Projects']),
      () => placesOf(world, 'info').get('hello') === 'Projects',
    ],
    [
      'a mail marked as read',
      async () => source.setFlags(['Projects'], [await uidOf(['Projects'], 'plan')], ['\\Seen']),
      () =>
        world.exchange.mailboxes
          .folders(addressOf('info'))
          .some((folder) => folder.items.some((item) => item.subject === 'plan' && item.isRead)),
    ],
    [
      'a mail deleted for good',
      async () => source.expunge(['Projects'], [await uidOf(['Projects'], 'plan')]),
      () => placesOf(world, 'info').get('plan') === 'Deleted Items',
    ],
    [
      'a folder renamed',
      () => source.renameFolder(['Projects'], ['Plans']),
      () => placesOf(world, 'info').get('hello') === 'Plans',
    ],
  ];

  test.each(CHANGES)('%s arrives without anybody asking', async (_title, change, arrived) => {
    await change();

    await until(arrived);
  });

  test('how close the target follows is a figure of the user and of the batch', async () => {
    const user = await waitUntil(
      () => statusOf(world),
      (view) => view.live !== null,
    );
    const batch = await viewOf<BatchView>(world, 'status', 'pilot');

    expect(user.live?.lagSeconds).toBeGreaterThan(0);
    expect(Date.parse(user.live?.equalDateTime ?? '')).toBeGreaterThan(Date.parse(user.lastSuccessfulSyncTime ?? ''));
    expect(batch.live).toMatchObject({ userCount: 1 });
  });

  test('nothing changed: nothing is synced again and again', async () => {
    const equalAt = ({ live }: UserView): number => Date.parse(live?.equalDateTime ?? '');
    const before = await waitUntil(
      () => statusOf(world),
      (view) => equalAt(view) > Date.parse(view.lastSuccessfulSyncTime ?? ''),
    );

    const later = await waitUntil(
      () => statusOf(world),
      (view) => equalAt(view) > equalAt(before) + 3_000,
    );

    expect(later.lastSuccessfulSyncTime).toBe(before.lastSuccessfulSyncTime);
  });

  test('a stopped batch is left alone, a resumed one is followed again', async () => {
    await world.bellhop('stop', 'batch', 'pilot');
    await userWhen(world, 'info', 'Stopped');
    await source.append(plainMail('while stopped', INBOX));
    expect((await statusOf(world)).live).toBeNull();
    await world.bellhop('resume', 'batch', 'pilot');
    await until(() => placesOf(world, 'info').has('while stopped'));
    await userWhen(world, 'info', 'Synced');
    await source.append(plainMail('after that', INBOX));

    await until(() => placesOf(world, 'info').has('after that'));
  });

  test('a password that is refused is tried once, reported, and not hammered', async () => {
    const file = join(world.directory, 'wrong.csv');
    writeFileSync(file, `EmailAddress,UserName,Password\n${addressOf('info')},info,another-wrong-one\n`);
    await world.bellhop('import', file, 'batch=pilot', 'endpoint=sandbox');

    // Looked at when the connection is given up at the end of its turn.
    const user = await userWhen(world, 'info', 'IncrementalFailed', 120_000);

    expect(user.error?.code).toBe('ImapAuthenticationException');
    expect(user.live).toBeNull();
  }, 150_000);
});

function statusOf(world: SandboxWorld): Promise<UserView> {
  return viewOf<UserView>(world, 'status', addressOf('info'));
}

describe('more live mailboxes than connections', () => {
  const NAMES = ['one', 'two', 'three', 'four', 'five'];
  let world: SandboxWorld;
  let running: BellhopProcess;
  beforeAll(async () => {
    ({ world, running } = await startLive(NAMES, ['live=2', 'incremental=1']));
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('all are followed in turn', async () => {
    for (const name of NAMES) {
      await using source = await editMailbox(world.source, { name, password: passwordOf(name) });
      await source.append(plainMail(`for ${name}`, INBOX));
    }

    for (const name of NAMES) await until(() => placesOf(world, name).has(`for ${name}`));
    expect((await viewOf<BatchView>(world, 'status', 'pilot')).live?.userCount).toBe(NAMES.length);
  });

  test('the worker is killed: the next one follows on', async () => {
    await running.stop('SIGKILL');
    await using source = await editMailbox(world.source, { name: 'one', password: passwordOf('one') });
    await source.append(plainMail('after the kill', INBOX));
    await world.startBellhop('worker');

    await waitUntil(async () => placesOf(world, 'one').has('after the kill'), Boolean, 90_000);
  }, 120_000);
});
