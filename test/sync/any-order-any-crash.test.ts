import {
  type Arbitrary,
  array,
  asyncProperty,
  boolean,
  assert as check,
  constantFrom,
  integer,
  option,
  record,
} from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { trustLocalExchange } from '../../sandbox/exchange/trust.ts';
import { type MailboxEditor, editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { type LocalPostgres, startLocalPostgres } from '../../sandbox/local-postgres.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import { readConfig } from '../../src/config.ts';
import { type UserAddress, parseBatchName, parseEndpointName, parseUserAddress } from '../../src/engine/domain/ids.ts';
import { addEndpoint } from '../../src/engine/endpoints.ts';
import { importUsers } from '../../src/engine/import-users.ts';
import type { World } from '../../src/engine/ports.ts';
import { applyDeletions } from '../../src/engine/removals.ts';
import { runSyncMailbox } from '../../src/engine/run-sync.ts';
import { NO_TIME, totalTime } from '../../src/engine/domain/spent-time.ts';
import { startBatch, syncNow } from '../../src/engine/batches.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import { postgresLedgers } from '../../src/store/postgres-ledger.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { Crash, type CrashPlan, crashingWorld } from '../support/crashing-world.ts';
import { plainMail } from '../support/plain-mail.ts';
import { keepingLog, systemClock } from '../store/local-redis.ts';

/** More of them: `SYNC_RUNS=500`. A run that failed is played again by what it prints: `SYNC_SEED=... SYNC_PATH=...`. */
const RUNS = Number(process.env['SYNC_RUNS'] ?? 12);
const { SYNC_SEED: SEED, SYNC_PATH: PATH } = process.env;
/** Mailboxes are used once: shrinking a failure takes some more. */
const MAILBOXES = RUNS * 2 + 20;
const FOLDERS = ['INBOX', 'Projects', 'Archive'] as const;
const NAME = { batch: parseBatchName('demo'), endpoint: parseEndpointName('sandbox') };
const OPERATOR = { id: 'operator', name: 'Operator A' };

interface Change {
  readonly what: 'append' | 'duplicate' | 'delete' | 'flag' | 'unflag' | 'move' | 'rename' | 'nest';
  readonly folder: (typeof FOLDERS)[number];
  /** Where a move goes. */
  readonly to: (typeof FOLDERS)[number];
  /** Which of the folder's messages. */
  readonly pick: number;
}

const folder = constantFrom(...FOLDERS);
const pick = integer({ min: 0, max: 50 });
const changes: Arbitrary<readonly Change[]> = array(
  record({
    what: constantFrom<Change['what']>(
      'append',
      'append',
      'duplicate',
      'delete',
      'flag',
      'unflag',
      'move',
      'rename',
      'nest',
    ),
    folder,
    to: folder,
    pick,
  }),
  { minLength: 1, maxLength: 6 },
);
const crash: Arbitrary<CrashPlan> = record({
  at: option(integer({ min: 0, max: 300 }), { nil: undefined, freq: 6 }),
  carriedOut: boolean(),
});
const rounds = array(record({ changes, crashes: array(crash, { maxLength: 2 }) }), { minLength: 1, maxLength: 3 });

let sandbox: SandboxWorld;
let opened: OpenWorld;
let postgres: LocalPostgres;
/** Every third mailbox has its ledger in Postgres. */
let inPostgres: World;
let current: World;
let next = 0;
let crashed = 0;
let startedAt = 0;
/** Passes of users at rest. */
let wholePasses = 0;

beforeAll(async () => {
  const users = Array.from({ length: MAILBOXES }, (_, at) => ({ name: `m${at}`, mails: 0 }));
  sandbox = await startSandbox({ users, timeScale: 200, throttling: false });
  trustLocalExchange(sandbox.environment['NODE_EXTRA_CA_CERTS'] ?? '');
  opened = await openWorld(readConfig(sandbox.environment, 'command'), systemClock, keepingLog());
  const { world } = opened;
  if (NAME.batch === undefined || NAME.endpoint === undefined) throw new Error('names are names');
  const { port } = sandbox.source;
  await addEndpoint(world, { name: NAME.endpoint, host: 'localhost', port, security: 'none' }, OPERATOR);
  const rows = users.map(({ name }) => `${addressOf(name)},${name},${passwordOf(name)}`);
  const csv = Buffer.from(['EmailAddress,UserName,Password', ...rows, ''].join('\n'));
  await importUsers(world, { batch: NAME.batch, endpoint: NAME.endpoint, csv }, OPERATOR);
  startedAt = systemClock.now();
  await startBatch(world, NAME.batch, OPERATOR);
  postgres = await startLocalPostgres();
  const { url } = postgres;
  inPostgres = { ...world, ledgers: postgresLedgers({ url, connections: 4, clock: systemClock, log: world.log }) };
});
afterAll(async () => {
  await inPostgres.ledgers[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

/** One pass; tells whether it came to its end. Jobs are run here, as a worker would: no queue is needed for that. */
async function pass(world: World, user: UserAddress): Promise<boolean> {
  try {
    do {
      for (let again: unknown = true; again !== undefined;)
        again = await runSyncMailbox(world, { user }, new AbortController().signal);
      // Others of the batch wait for their newest mail: the rest of this one is a sync of its own.
    } while ((await opened.world.store.user(user))?.status === 'Queued');
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  }
}

async function crashIn(plan: CrashPlan, user: UserAddress): Promise<void> {
  const dying = crashingWorld(current, plan);
  if (!(await pass(dying.world, user))) crashed += 1;
}

/** Folders that vanished with mail in them are asked about; here a person says yes. */
async function letGo(user: UserAddress): Promise<void> {
  const world = current;
  if ((await world.store.progress(user))?.findings?.RemovalHeld === undefined) return;
  await applyDeletions(world, { user }, OPERATOR);
  expect(await pass(world, user)).toBe(true);
}

/** The last pass, which nothing interrupts. Each moment has one cause: of all passes never more than passed, of this one all of it. */
async function lastPass(user: UserAddress): Promise<void> {
  const { store } = opened.world;
  const before = { known: await store.user(user), progress: await store.progress(user) };
  await syncNow(current, { user }, OPERATOR);
  const due = (await store.user(user))?.queuedAt ?? 0;

  expect(await pass(current, user)).toBe(true);

  const [known, progress] = [await store.user(user), await store.progress(user)];
  const told = totalTime(progress?.time ?? NO_TIME);
  expect(told).toBeLessThanOrEqual(systemClock.now() - startedAt);
  if (before.known?.status !== 'Synced' || known?.queuedAt !== due) return;
  expect(told - totalTime(before.progress?.time ?? NO_TIME)).toBe((progress?.updatedAt ?? 0) - due);
  wholePasses += 1;
}

/** How many mails a mailbox was given, and what its folders are called by now. */
interface Made {
  count: number;
  readonly paths: Map<Change['folder'], readonly string[]>;
}

function newlyMade(): Made {
  return { count: 0, paths: new Map(FOLDERS.map((name) => [name, [name]])) };
}

async function apply(mailbox: MailboxEditor, all: readonly Change[], made: Made): Promise<void> {
  for (const change of all) {
    const from = made.paths.get(change.folder) ?? [];
    if (change.what === 'rename' || change.what === 'nest') {
      if (change.folder === 'INBOX') continue;
      made.count += 1;
      const name = `${change.folder} ${made.count}`;
      const to = change.what === 'nest' ? [`Above ${made.count}`, name] : [name];
      if (change.what === 'nest') await mailbox.createFolder([`Above ${made.count}`]);
      await mailbox.renameFolder(from, to);
      made.paths.set(change.folder, to);
      continue;
    }
    if (change.what === 'append' || change.what === 'duplicate') {
      if (change.what === 'append') made.count += 1;
      await mailbox.append(plainMail(`mail-${made.count}`, from));
      continue;
    }
    const uids = await mailbox.uids(from);
    const uid = uids[change.pick % Math.max(1, uids.length)];
    if (uid === undefined) continue;
    if (change.what === 'delete') await mailbox.expunge(from, [uid]);
    else if (change.what === 'flag') await mailbox.setFlags(from, [uid], ['\\Flagged', '\\Seen']);
    else if (change.what === 'unflag') await mailbox.setFlags(from, [uid], [], ['\\Flagged']);
    else if (change.what === 'move' && change.to !== change.folder)
      await mailbox.move(from, [uid], made.paths.get(change.to) ?? []);
  }
}

test('any order of source changes, a crash at any call: the target ends equal, nothing is there twice', async () => {
  await check(
    asyncProperty(rounds, async (played) => {
      const name = `m${next}`;
      current = next % 3 === 2 ? inPostgres : opened.world;
      next += 1;
      const user = parseUserAddress(addressOf(name));
      if (user === undefined) throw new Error('an address is one');
      const made = newlyMade();
      await using mailbox = await editMailbox(sandbox.source, { name, password: passwordOf(name) });
      for (const path of FOLDERS) if (path !== 'INBOX') await mailbox.createFolder([path]);
      for (let at = 0; at < 8; at += 1)
        await apply(mailbox, [{ what: 'append', folder: FOLDERS[at % 3] ?? 'INBOX', to: 'INBOX', pick: 0 }], made);
      for (const round of played) {
        for (const plan of round.crashes) await crashIn(plan, user);
        await apply(mailbox, round.changes, made);
        for (const plan of round.crashes) {
          await syncNow(current, { user }, OPERATOR);
          await crashIn(plan, user);
        }
      }
      await lastPass(user);
      // Of a mailbox that was left as synced all times can be compared; by chance every one may have been left by a crash.
      if (wholePasses === 0) await lastPass(user);
      await letGo(user);

      const plan = planOf(sandbox);
      const own = plan.users.filter(({ login }) => login === name).map(({ owner: _owner, ...each }) => each);
      expect((await checkMigration({ ...plan, users: own })).findings).toEqual([]);
    }),
    {
      numRuns: RUNS,
      ...(PATH === undefined ? {} : { path: PATH }),
      ...(SEED === undefined ? {} : { seed: Number(SEED) }),
      endOnFailure: RUNS < 100,
    },
  );
  // A property about crashes that never happened would prove nothing.
  expect(crashed).toBeGreaterThan(RUNS / 4);
  expect(wholePasses).toBeGreaterThan(0);
}, 600_000);
