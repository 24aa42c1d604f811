import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendMail, withSource } from '../../sandbox/source/append-mail.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { BatchView, UserView } from '../../src/engine/views.ts';
import { checkMigration, isClean } from '../checker/check-migration.ts';
import { hashMaildir } from '../checker/hash-maildir.ts';
import { waitUntil } from '../support/wait-until.ts';

const USERS = [
  { name: 'info', mails: 60 },
  { name: 'branch', mails: 5, wrongPassword: true },
  { name: 'leaver', mails: 5, withoutTarget: true },
] as const;

let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({ users: USERS });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function view<View>(...words: readonly string[]): Promise<View> {
  const { out, error } = await world.bellhop(...words, '--json');
  if (out === '') throw new Error(error);
  return JSON.parse(out) as View;
}

function sourceOf(user: string) {
  return {
    host: 'localhost',
    port: world.source.tlsPort,
    ca: readFileSync(world.source.caFile, 'utf8'),
    user,
    password: passwordOf(user),
  };
}

async function check(user: string) {
  return checkMigration({
    source: sourceOf(user),
    store: join(world.directory, 'exchange', 'store'),
    address: addressOf(user),
  });
}

/** Syncs a user and waits until that sync is over. */
async function syncAgain(user: string): Promise<UserView> {
  const before = await view<UserView>('status', addressOf(user));
  await world.bellhop('sync', 'now', addressOf(user));
  return waitUntil(
    () => view<UserView>('status', addressOf(user)),
    (now) => now.status === 'Synced' && now.lastSuccessfulSyncTime !== before.lastSuccessfulSyncTime,
  );
}

describe('a migration by chat, bot and worker in two processes', () => {
  test('one command in the channel moves the mail, and its card keeps itself current', async () => {
    await world.startBellhop('worker');
    await world.startBellhop('bot');
    await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
    await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
    const before = hashMaildir(world.source.maildir('info'));
    const [operator] = world.teams.people;

    const asked = await world.teams.say(operator ?? expect.fail(), world.teams.channel.id, 'start batch demo');

    const card = await world.teams.waitFor(
      (message) => message.rootId === asked.id && JSON.stringify(message.attachments).includes('Synced with errors'),
      60_000,
    );
    expect(card.editedAt).toBeDefined();
    expect(await check('info')).toMatchObject({
      source: 60,
      target: 60,
      missing: [],
      surplus: [],
      doubled: [],
      wrong: [],
    });
    expect(hashMaildir(world.source.maildir('info'))).toBe(before);
  });

  test('a failing user stops nobody, and each failure has code, cause and remedy', async () => {
    const branch = await view<UserView>('status', addressOf('branch'));
    const leaver = await view<UserView>('status', addressOf('leaver'));

    expect(branch.status).toBe('Failed');
    expect(branch.error?.code).toBe('ImapAuthenticationException');
    expect(branch.error?.message).toContain(
      'The username or password for this account is incorrect, or IMAP access is disabled.',
    );
    expect(leaver.error?.code).toBe('MigrationRecipientNotFoundException');
    expect(leaver.error?.message).toBe(
      `A recipient wasn't found for "${addressOf('leaver')}" on the target. Create a recipient of the appropriate type for this migration on the target and try again.`,
    );
    expect(leaver.error?.remedy).toContain('sync now');
  });

  test('the books balance in every view', async () => {
    const batch = await view<BatchView>('status', 'demo');
    const user = await view<UserView>('status', addressOf('info'));

    for (const { items } of [batch, user]) {
      expect(items.source).toBe(
        items.copied + items.adopted + items.excluded + items.skipped + items.failed + items.pending,
      );
    }
    expect(batch.totalCount).toBe(
      batch.syncedCount +
        batch.failedCount +
        batch.activeCount +
        batch.pendingCount +
        batch.stoppedCount +
        batch.finalizedCount,
    );
    expect(user.folders.reduce((sum, folder) => sum + folder.sourceItems, 0)).toBe(user.items.source);
  });

  test('a second run with nothing changed writes nothing', async () => {
    const mailbox =
      [...world.exchange.store.users.values()].find((user) => user.address === addressOf('info'))?.id ?? '';
    const before = world.exchange.manners(mailbox);

    await syncAgain('info');

    expect(world.exchange.manners(mailbox).writes).toBe(before.writes);
  });

  test('new mail at the source comes over at the next sync', async () => {
    await appendMail(sourceOf('info'), addressOf('info'), 3);

    const user = await syncAgain('info');

    expect(user.items.copied).toBe(63);
    expect(isClean(await check('info'))).toBe(true);
  });

  test('mail that left the source is booked, not lost: the books balance and the target keeps it', async () => {
    const left = await withSource(sourceOf('info'), async (client) => {
      const { exists } = await client.mailboxOpen('INBOX');
      await client.messageDelete('1:2');
      // EXPUNGE takes along what was flagged \\Deleted before.
      const status = await client.status('INBOX', { messages: true });
      return exists - (status === false ? 0 : (status.messages ?? 0));
    });

    const user = await syncAgain('info');

    expect(left).toBeGreaterThanOrEqual(2);
    expect(user.items).toMatchObject({ source: 63 - left, copied: 63 - left, goneAtSource: left });
    expect((await check('info')).missing).toEqual([]);
  });

  test('the state deleted, the same mail is adopted by its marker, never copied again', async () => {
    const mailbox =
      [...world.exchange.store.users.values()].find((user) => user.address === addressOf('info'))?.id ?? '';
    const before = world.exchange.store.items.size;
    await world.forgetLedger();

    const user = await syncAgain('info');

    expect(world.exchange.store.items.size).toBe(before);
    expect(user.items.copied).toBe(0);
    expect(user.items.adopted).toBe(user.items.source);
    expect(world.exchange.manners(mailbox).refused).toBe(0);
  });

  test('the target was never asked for more than four things at once, and never while it rested', () => {
    for (const user of world.exchange.store.users.values()) {
      const { mostConcurrent, duringRest, refused } = world.exchange.manners(user.id);

      expect(mostConcurrent).toBeLessThanOrEqual(4);
      expect(duringRest + refused).toBe(0);
    }
  });

  test('no password is in Redis, in the ledger, in a log or in a card', async () => {
    const everything =
      world.readEverythingStored() + JSON.stringify(world.teams.conversations.messages(world.teams.channel.id));

    for (const { name } of USERS) {
      const password = passwordOf(name);
      for (const secret of [password, Buffer.from(password).toString('base64'), encodeURIComponent(password)]) {
        expect(everything.includes(secret)).toBe(false);
      }
    }
    expect(everything).toContain('info@contoso.example');
  });
});
