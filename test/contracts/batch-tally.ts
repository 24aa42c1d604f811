import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { failure } from '../../src/engine/domain/failure.ts';
import { NO_ITEMS } from '../../src/engine/domain/items.ts';
import { type MigrationUser, USER_TRANSITIONS, type UserStatus } from '../../src/engine/domain/migration-user.ts';
import { NO_TIME } from '../../src/engine/domain/spent-time.ts';
import type { UserProgress } from '../../src/engine/domain/progress.ts';
import type { MigrationStore } from '../../src/engine/ports.ts';
import { foldUsers, foldedTally } from './fold-users.ts';
import { OPERATOR, address, batchName, sampleProgress, sampleUser } from './sample-records.ts';

const SINCE = 1_790_000_005_000;
const STATUSES = Object.keys(USER_TRANSITIONS) as UserStatus[];
const BATCHES = ['one', 'two'];

const status = fc.constantFrom(...STATUSES);
const who = fc.integer({ min: 0, max: 7 });
const small = fc.nat({ max: 90 });
const time = fc.integer({ min: SINCE - 9000, max: SINCE + 9000 });

const change: fc.Arbitrary<Partial<MigrationUser>> = fc.record(
  {
    status,
    target: fc.constant({ id: 't', displayName: 'T', kind: 'user' as const }),
    error: fc.constantFrom(failure('CredentialMissing'), failure('TargetThrottled'), failure('MailboxFull')),
    lastSuccessfulSyncAt: time,
    freshness: fc.record({ equalAt: time, lags: fc.array(fc.nat({ max: 9000 }), { maxLength: 4 }) }),
    queuedAt: time,
    begun: fc.record({ at: time, waited: small.map((slot) => ({ ...NO_TIME, slot })) }),
    delayedUntil: time,
    firstSyncTook: fc.integer({ min: 1, max: 9_000_000 }),
    warnings: fc.constantFrom([], ['w']),
  },
  { requiredKeys: ['status', 'warnings'] },
);

const progress: fc.Arbitrary<UserProgress> = fc
  .record({
    copied: small,
    skipped: small,
    pending: small,
    at: time,
    text: fc.constantFrom('a header', '__proto__', ':\n'),
  })
  .map(({ copied, skipped, pending, at, text }): UserProgress => ({
    ...sampleProgress(copied),
    items: { ...NO_ITEMS, source: copied + skipped + pending, copied, skipped, pending },
    reasons: copied % 3 === 0 ? [] : [{ kind: 'metadata', count: copied, text: text.trim() }],
    updatedAt: at,
    ...(copied % 2 === 0 ? {} : { time: { ...NO_TIME, source: copied * 31, slot: pending } }),
  }));

type Act = (store: MigrationStore) => Promise<unknown>;
const named = (at: number) => address(`user${at}@contoso.example`);
const batchOf = (at: number) => batchName(BATCHES[at % BATCHES.length] ?? 'one');

function add(at: number, more: Partial<MigrationUser>): Act {
  return (store) => store.addUsers([sampleUser(named(at), batchOf(at), more)], [], OPERATOR);
}

function alter(at: number, more: Partial<MigrationUser>): Act {
  const altered = (user: MigrationUser) => ({ ...sampleUser(user.address, user.batch, more), epoch: user.epoch + 1 });
  return (store) => store.changeUser(named(at), (user) => ({ to: altered(user), events: [] })).catch(unlessUnknown);
}

function alterAll(at: number, to: UserStatus): Act {
  return (store) =>
    store.changeUsers(batchOf(at), (user) => ({ to: { ...user, status: to }, events: [] })).catch(unlessUnknown);
}

// What people and workers do, to users that may be there or not.
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(who, change).map(([at, more]) => add(at, more)),
  fc.tuple(who, change).map(([at, more]) => alter(at, more)),
  fc.tuple(who, status).map(([at, to]) => alterAll(at, to)),
  {
    weight: 2,
    arbitrary: fc.tuple(who, progress).map(
      ([at, next]): Act =>
        (store) =>
          store.saveProgress(named(at), batchOf(at), next),
    ),
  },
  who.map(
    (at): Act =>
      (store) =>
        store.removeUser(named(at), []),
  ),
);

/** The sums of a batch are those of its users, whatever happens, also several things at once. */
export function batchTallyContract(open: () => Promise<{ readonly store: MigrationStore } & AsyncDisposable>): void {
  test('the sums of a batch are those of its users after anything, also when it happens at the same time', async () => {
    const acts = fc.array(fc.tuple(act, fc.boolean()), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(acts, async (list) => {
        await using world = await open();
        const waiting: Promise<unknown>[] = [];
        for (const [run, atOnce] of list) {
          waiting.push(run(world.store));
          if (atOnce) continue;
          await Promise.all(waiting.splice(0));
        }
        await Promise.all(waiting);
        await expectExact(world.store);
      }),
      { numRuns: 40 },
    );
  });
}

/** Every batch of the suite, compared with a fold over its users. */
export async function expectExact(store: MigrationStore): Promise<void> {
  for (const name of BATCHES.map(batchName)) {
    const both = await Array.fromAsync(store.usersWithProgress(name));
    const users = both.map(({ user }) => user);
    const progress = both.flatMap((each) =>
      each.progress === undefined ? [] : [[each.user.address, each.progress] as const],
    );
    const folded = foldUsers(users, new Map(progress), SINCE);
    expect(foldedTally(await store.tally(name, SINCE))).toEqual(folded);
  }
}

function unlessUnknown(error: unknown): void {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'UnknownUser') throw error;
}
