import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { type MailboxEditor, editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { generateMailbox } from '../../sandbox/source/generate-mail.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { BatchView, UserView } from '../../src/engine/views.ts';
import { checkNoWrites } from '../checker/check-manners.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { type ForeignItems, checkForeignItems, foreignItems } from '../checker/foreign-items.ts';
import { checkSourceUntouched, hashMaildir } from '../checker/hash-maildir.ts';
import { readExchangeStore } from '../checker/read-exchange-store.ts';
import { requestToken } from '../sandbox/exchange/exchange-fixture.ts';
import { syncAgain, viewOf } from '../support/sandbox-views.ts';

const MAILS = 60;
const USERS = [
  { name: 'info', mails: MAILS },
  { name: 'branch', mails: 5, wrongPassword: true },
  { name: 'leaver', mails: 5, withoutTarget: true },
] as const;

let world: SandboxWorld;
let foreign: ForeignItems;

beforeAll(async () => {
  world = await startSandbox({ users: USERS });
  await writeAsOwner('info', 'a mail that was in the target before');
  foreign = foreignItems(readExchangeStore(world.exchangeDirectory, addressOf('info')));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function mannersOf(user: string) {
  const id = world.exchange.mailboxes.users.find(({ address }) => address === addressOf(user))?.id ?? '';
  return world.exchange.manners.of(id);
}

/** What the owner of the target mailbox has there already. */
async function writeAsOwner(user: string, subject: string): Promise<void> {
  const { graphUrl, caFile } = world.exchange;
  trustLocalExchange(caFile);
  const answer = await fetch(`${graphUrl}/v1.0/users/${addressOf(user)}/messages`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await requestToken(world.exchange)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ subject, body: { contentType: 'text', content: 'mine' } }),
  });
  expect(answer.status).toBe(201);
}

function itemsInTarget(user: string): number {
  return world.exchange.mailboxes.folders(addressOf(user)).reduce((sum, folder) => sum + folder.items.length, 0);
}

async function editAs(user: string, change: (mailbox: MailboxEditor) => Promise<void>): Promise<void> {
  await using mailbox = await editMailbox(world.source, { name: user, password: passwordOf(user) });
  await change(mailbox);
}

describe('a migration by chat, bot and worker in two processes', () => {
  test('one command in the channel moves the mail, and its card keeps itself current', async () => {
    await world.startBellhop('worker');
    await world.startBellhop('bot');
    await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
    await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
    const before = await hashMaildir(world.source.mailHome('info'));
    const channel = world.teams.channel('Mail migration').id;

    const asked = await world.teams.say('operator-a', channel, '@Bellhop start batch demo');

    const card = await world.teams.waitFor(
      (message) => message.rootId === asked.id && JSON.stringify(message.cards).includes('Synced with errors'),
      60_000,
    );
    expect(card.editedAt).toBeDefined();
    expect((await checkMigration(planOf(world))).findings).toEqual([]);
    expect(checkSourceUntouched('info', before, await hashMaildir(world.source.mailHome('info')))).toEqual([]);
  });

  test('a failing user stops nobody, and each failure has code, cause and remedy', async () => {
    const branch = await viewOf<UserView>(world, 'status', addressOf('branch'));
    const leaver = await viewOf<UserView>(world, 'status', addressOf('leaver'));

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
    const batch = await viewOf<BatchView>(world, 'status', 'demo');
    const user = await viewOf<UserView>(world, 'status', addressOf('info'));

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
    const before = mannersOf('info');

    await syncAgain(world, 'info');

    expect(checkNoWrites(addressOf('info'), before, mannersOf('info'))).toEqual([]);
  });

  test('new mail at the source comes over at the next sync', async () => {
    const owner = addressOf('info');
    const arriving = generateMailbox({ owner, seed: 5, mails: 3, profile: 'quick', style: 'tiny', until: new Date() });
    await editAs('info', async (mailbox) => {
      for (const mail of arriving.mails()) await mailbox.append({ ...mail, folder: ['INBOX'] });
    });

    const user = await syncAgain(world, 'info');

    expect(user.items.copied).toBe(MAILS + 3);
    expect((await checkMigration(planOf(world))).findings).toEqual([]);
  });

  test('the state deleted, the same mail is adopted by its marker, never copied again', async () => {
    const before = itemsInTarget('info');
    world.forgetLedger();

    const user = await syncAgain(world, 'info');

    expect(itemsInTarget('info')).toBe(before);
    expect(user.items.copied).toBe(0);
    expect(user.items.adopted).toBe(user.items.source);
  });

  test('the target was never asked for more than four things at once, and never refused anything for haste', () => {
    const { maxConcurrency, throttled, insideRetryAfter } = mannersOf('info');

    expect(maxConcurrency).toBeLessThanOrEqual(4);
    expect(throttled + insideRetryAfter).toBe(0);
  });

  test('what was in the target before is as it was', () => {
    const now = readExchangeStore(world.exchangeDirectory, addressOf('info'));

    expect(foreign.size).toBe(1);
    expect(checkForeignItems(addressOf('info'), foreign, now)).toEqual([]);
  });

  test('no password is in Redis, in the ledger, in a log or in a card', () => {
    const cards = world.teams.messages(world.teams.channel('Mail migration').id);
    const everything = world.readEverythingStored() + JSON.stringify(cards);

    for (const { name } of USERS) {
      const password = passwordOf(name);
      for (const secret of [password, Buffer.from(password).toString('base64'), encodeURIComponent(password)]) {
        expect(everything.includes(secret)).toBe(false);
      }
    }
    expect(everything).toContain('info@contoso.example');
  });
});
