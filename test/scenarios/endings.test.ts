import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { BatchView, StatusView, UserView } from '../../src/engine/views.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { plainMail } from '../support/plain-mail.ts';
import { userWhen, viewOf } from '../support/sandbox-views.ts';
import { waitUntil } from '../support/wait-until.ts';

let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({
    users: [
      { name: 'info', mails: 20 },
      { name: 'sales', mails: 20 },
      { name: 'late', mails: 5 },
    ],
  });
  await world.startBellhop('bot,worker');
  await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
  await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'demo');
  for (const { name } of world.users) await userWhen(world, name, 'Synced');
});
afterAll(() => world[Symbol.asyncDispose]());

async function newMail(user: string, subject: string): Promise<void> {
  await using mailbox = await editMailbox(world.source, { name: user, password: passwordOf(user) });
  await mailbox.append(plainMail(subject, ['INBOX']));
}

function subjectsInTarget(user: string): readonly string[] {
  return world.exchange.mailboxes
    .folders(addressOf(user))
    .flatMap((folder) => folder.items.map((item) => item.subject));
}

function itemsInTarget(user: string): number {
  return world.exchange.mailboxes.folders(addressOf(user)).reduce((sum, folder) => sum + folder.items.length, 0);
}

const isGone = (user: string): Promise<boolean> =>
  world.bellhop('status', addressOf(user), '--json').then(({ error }) => error.includes('UnknownUser'));

test('remove user -> a last sync brings what came since, then the user is gone and its mail stays', async () => {
  await newMail('late', 'last-moment');

  await world.bellhop('remove', 'user', addressOf('late'));

  await waitUntil(
    () => isGone('late'),
    (gone) => gone,
  );
  expect(subjectsInTarget('late')).toContain('last-moment');
  expect((await viewOf<BatchView>(world, 'status', 'demo')).totalCount).toBe(2);
});

test('remove user whose last sync fails -> it stays, with the error; sync=no removes it without one', async () => {
  const file = join(world.directory, 'wrong.csv');
  writeFileSync(file, `EmailAddress,UserName,Password\n${addressOf('late')},late,${passwordOf('late')}\n`);
  await world.bellhop('import', file, 'batch=again', 'endpoint=sandbox');
  await world.bellhop('start', 'batch', 'again');
  const before = itemsInTarget('late');
  await userWhen(world, 'late', 'Synced');
  expect(itemsInTarget('late')).toBe(before);
  writeFileSync(file, `EmailAddress,UserName,Password\n${addressOf('late')},late,not-the-password\n`);
  await world.bellhop('import', file, 'batch=again', 'endpoint=sandbox');

  await world.bellhop('remove', 'user', addressOf('late'));

  const failed = await userWhen(world, 'late', 'IncrementalFailed');
  expect(failed.error?.code).toBe('ImapAuthenticationException');
  // A wrong password is not tried again and again: the account would be locked.
  expect(failed.nextSyncTime).toBeNull();
  await world.bellhop('remove', 'user', addressOf('late'), 'sync=no');
  expect(await isGone('late')).toBe(true);
  expect(itemsInTarget('late')).toBe(before);
});

test('complete batch -> the last sync comes first, and no password is kept', async () => {
  await newMail('info', 'before-the-end');

  const asked = await viewOf<BatchView>(world, 'complete', 'batch', 'demo');

  expect(['Completing', 'Completed']).toContain(asked.status);
  await userWhen(world, 'info', 'Completed');
  await userWhen(world, 'sales', 'Completed');
  expect(subjectsInTarget('info')).toContain('before-the-end');
  expect(await viewOf<BatchView>(world, 'status', 'demo')).toMatchObject({ status: 'Completed', finalizedCount: 2 });
  expect((await world.bellhop('sync', 'now', addressOf('info'))).error).toContain('ActionNotPossible');
  const plan = planOf(world);
  const kept = { ...plan, users: plan.users.filter(({ login }) => login !== 'late') };
  expect((await checkMigration(kept)).findings).toEqual([]);
});

test('remove endpoint -> refused while a batch uses it', async () => {
  expect((await world.bellhop('remove', 'endpoint', 'sandbox')).error).toContain('EndpointInUse');
});

test('remove batch -> batch and users are gone, the mail stays, and the endpoint is free', async () => {
  const before = itemsInTarget('info');

  await world.bellhop('remove', 'batch', 'demo', 'sync=no');
  await world.bellhop('remove', 'batch', 'again');

  expect((await viewOf<StatusView>(world, 'status')).batches).toEqual([]);
  expect(itemsInTarget('info')).toBe(before);
  expect((await world.bellhop('remove', 'endpoint', 'sandbox')).code).toBe(0);
  expect(await viewOf<UserView[]>(world, 'endpoints')).toEqual([]);
});
