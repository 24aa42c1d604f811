import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../sandbox/local-postgres.ts';
import type { LedgerEntry, LedgerKey } from '../../src/engine/ports.ts';
import { postgresLedgers } from '../../src/store/postgres-ledger.ts';
import { ledgerContract } from '../contracts/ledger.ts';
import { keepingLog, systemClock } from './local-redis.ts';

const KEY: LedgerKey = { targetMailboxId: 'mailbox-1', sourceHost: 'imap.contoso.example', login: 'a@contoso.example' };

let local: LocalPostgres;
beforeAll(async () => {
  local = await startLocalPostgres();
});
afterAll(() => local[Symbol.asyncDispose]());

/** A worker's ledgers, as one of several. */
function connect(url = local.url) {
  const log = keepingLog();
  const ledgers = postgresLedgers({ url, connections: 4, clock: systemClock, log });
  return { log, ledgers, [Symbol.asyncDispose]: () => ledgers[Symbol.asyncDispose]() };
}

async function open() {
  await local.sql('DROP SCHEMA IF EXISTS bellhop CASCADE');
  return connect();
}

const entry = (uid: number, state: LedgerEntry['state'] = 'intended') => ({ uid, state, flags: '', size: 1, at: 1 });

ledgerContract('Postgres', open);

test('workers that start at once make the tables once', async () => {
  await using first = await open();
  const others = Array.from({ length: 6 }, () => connect());

  const opened = await Promise.allSettled(
    [first, ...others].map(({ ledgers }, at) => ledgers.open({ ...KEY, login: `user${at}` }, 1)),
  );

  await Promise.all(others.map((each) => each[Symbol.asyncDispose]()));
  expect(opened.filter((each) => each.status === 'rejected')).toEqual([]);
  expect(await local.sql('SELECT count(*) FROM bellhop.mailbox')).toBe('7');
});

test('P8: tables of a newer version are left alone, with a clear text', async () => {
  await using world = await open();
  await world.ledgers.examine();
  await local.sql('UPDATE bellhop.version SET version = 99');
  await using newer = connect();

  const opened = newer.ledgers.open(KEY, 1);

  await expect(opened).rejects.toMatchObject({ code: 'LedgerUnavailable' });
  await expect(opened).rejects.toMatchObject({ details: { detail: expect.stringContaining('newer') as unknown } });
});

test('P3: while a worker writes, another takes the mailbox: from then on nothing of the first arrives', async () => {
  await using first = await open();
  await using second = connect();
  await using former = await first.ledgers.open(KEY, 1);
  const writing = Array.from({ length: 200 }, (_, at) => former.record('INBOX', '1', [entry(at + 1)]));
  const settled = Promise.allSettled(writing);
  await writing[20];

  await using present = await second.ledgers.open(KEY, 2);
  const taken = await present.states('INBOX', '1');

  const outcomes = await settled;
  expect(await present.states('INBOX', '1')).toEqual(taken);
  expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(taken.length);
  await expect(former.ensureHeld()).rejects.toMatchObject({ code: 'MailboxTakenOver' });
  await expect(present.ensureHeld()).resolves.toBeUndefined();
});

test('P1: a server that crashes while it is written to: whatever was acknowledged is there, and writing goes on', async () => {
  await using world = await open();
  await using ledger = await world.ledgers.open(KEY, 1);
  const acknowledged: number[] = [];
  const over = new AbortController();
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let uid = lane + 1; !over.signal.aborted; uid += 4) {
      await ledger.record('INBOX', '1', [entry(uid)]);
      acknowledged.push(uid);
    }
  });
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(50);

  await local.kill();
  const before = acknowledged.length;
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 50);
  over.abort();
  await Promise.all(lanes);

  const known = new Set((await ledger.states('INBOX', '1')).map(([uid]) => uid));
  expect(acknowledged.filter((uid) => !known.has(uid))).toEqual([]);
});

test('D1: a server that is gone is LedgerUnavailable, and used again when it is back', async () => {
  await using world = await open();
  await using ledger = await world.ledgers.open(KEY, 1);
  await local.stop();

  const refused = await ledger.record('INBOX', '1', [entry(1)]).catch((error: unknown) => error);
  const unseen = await world.ledgers.examine().catch((error: unknown) => error);
  await local.start();

  expect(refused).toMatchObject({ code: 'LedgerUnavailable', details: { detail: 'Postgres failed (ECONNREFUSED)' } });
  expect(unseen).toMatchObject({ code: 'LedgerUnavailable' });
  await ledger.record('INBOX', '1', [entry(2)]);
  expect(await ledger.states('INBOX', '1')).toEqual([[2, 'intended', '']]);
  expect(await world.ledgers.examine()).toMatchObject({
    kind: 'postgres',
    version: expect.stringMatching(/^\d/) as unknown,
  });
});

test('P4: a worker can leave although the server answers nothing any more', async () => {
  const world = await open();
  const ledger = await world.ledgers.open(KEY, 1);
  const frozen = await local.freeze();
  const pending = ledger.record('INBOX', '1', [entry(1)]).catch((error: unknown) => error);

  // Sent, and never answered.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const begin = performance.now();
  await world[Symbol.asyncDispose]();
  const outcome = await pending;
  const took = performance.now() - begin;
  frozen.goOn();

  expect(outcome).toMatchObject({ code: 'LedgerUnavailable' });
  expect(took).toBeLessThan(3_000);
});

test.each([
  [
    'a wrong password',
    (url: string) => url.replace(local.password, 'wrong-not-a-real-password'),
    'refuses the password',
  ],
  ['a database that is not there', (url: string) => `${url}x`, 'has no such database'],
])('%s is said at once, in words without the password', async (_title, spoil, words) => {
  await using world = connect(spoil(local.url));

  const error = await world.ledgers.examine().catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'LedgerUnavailable', details: { detail: `Postgres ${words}` } });
  const told = JSON.stringify([error, String(error), world.log.lines]);
  expect(told).not.toContain('not-a-real-password');
});

test('TLS is what the URL says: the server is checked, and another one refused', async () => {
  await local.sql('DROP SCHEMA IF EXISTS bellhop CASCADE');
  await using safe = connect(`${local.url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(local.caFile)}`);
  await using doubting = connect(`${local.url}?sslmode=verify-full`);

  await safe.ledgers.examine();
  const refused = await doubting.ledgers.examine().catch((error: unknown) => error);

  expect(
    await local.sql(
      `SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'bellhop'`,
    ),
  ).toBe('t');
  expect(refused).toMatchObject({ code: 'LedgerUnavailable' });
});

test('settings under which acknowledged writes may be lost are said loudly', async () => {
  await using world = connect();

  await world.ledgers.examine();

  expect(world.log.lines.join('\n')).toContain('Postgres may lose what it acknowledged');
});
