import type { BatchTally } from '../../src/engine/domain/batch-tally.ts';
import { isWatchable, typicalLag } from '../../src/engine/domain/freshness.ts';
import type { UserAddress } from '../../src/engine/domain/ids.ts';
import { addItems } from '../../src/engine/domain/items.ts';
import { type MigrationUser, isAtWork } from '../../src/engine/domain/migration-user.ts';
import type { UserProgress } from '../../src/engine/domain/progress.ts';
import { LOST_TO, NO_TIME, addTime } from '../../src/engine/domain/spent-time.ts';
import { timeOf, waitOf } from '../../src/engine/domain/user-wait.ts';
import { dataConsistencyScore, reasonsFromItems } from '../../src/engine/domain/score.ts';

/** What the sums of a batch have to be: every user looked at, one after the other. Lists in the order of their names. */
export function foldUsers(
  users: readonly MigrationUser[],
  progress: ReadonlyMap<UserAddress, UserProgress>,
  since: number,
): unknown {
  const own = users.flatMap((user) => progress.get(user.address) ?? []);
  const followed = users.flatMap((user) => (isWatchable(user) && user.freshness ? [user.freshness] : []));
  const lag = typicalLag(followed.flatMap((each) => each.lags).map((each) => Math.round(each / 100) * 100));
  const failed = users.filter((user) => ['Failed', 'IncrementalFailed'].includes(user.status) && user.error);
  const graded = users.flatMap((user) => {
    const mine = progress.get(user.address);
    if (mine === undefined || user.lastSuccessfulSyncAt === undefined) return [];
    const reasons = [...reasonsFromItems(mine.items, isAtWork(user.status)), ...mine.reasons];
    return [{ score: dataConsistencyScore(reasons, mine.items.source), reasons }];
  });
  return plain({
    statuses: countBy(users.map((user) => user.status)),
    items: addItems(own.map((each) => each.items)),
    bytesTransferred: own.reduce((sum, each) => sum + each.bytesTransferred, 0),
    counted: own.length,
    uncounted: users.filter(
      ({ address, status }) => !progress.has(address) && (isAtWork(status) || status === 'Queued'),
    ).length,
    provisioned: users.filter((user) => user.target !== undefined).length,
    ready: users.filter((user) => user.readyAt !== undefined || user.lastSuccessfulSyncAt !== undefined).length,
    warned: users.filter((user) => user.warnings.length > 0).length,
    scores: countBy(graded.map((each) => each.score)),
    reasons: [
      ...countBy(
        graded.flatMap((each) =>
          each.reasons.flatMap(({ kind, text, count }) => Array.from({ length: count }, () => `${kind}\n${text}`)),
        ),
      ),
    ].map(([name, count]) => ({ kind: name.split('\n')[0], count, text: name.split('\n')[1] })),
    failures: [...Map.groupBy(failed, (user) => user.error?.code)].map(([, group]) => {
      const sample = group.toSorted((a, b) => (a.address < b.address ? -1 : 1)).slice(0, 3);
      return { error: sample[0]?.error, count: group.length, sample: sample.map((user) => user.address) };
    }),
    time: users.map((user) => timeOf(user, progress.get(user.address))).reduce(addTime, NO_TIME),
    waiting: LOST_TO.flatMap((cause) => {
      const waits = users.flatMap((user) => waitOf(user, progress.get(user.address)) ?? []);
      const since = waits.filter((wait) => wait.cause === cause).map((wait) => Math.round(wait.since / 1000));
      return since.length === 0 ? [] : [[cause, { users: since.length, since: since.reduce((a, b) => a + b, 0) }]];
    }),
    took: [
      ...countBy(users.flatMap((user) => (user.firstSyncTook === undefined ? [] : [tookStep(user.firstSyncTook)]))),
    ].map(([step, count]) => [Math.exp(Number(step) * Math.log(1.1)) / 1000, count]),
    lastSyncedAt: greatest(users.flatMap((user) => user.lastSuccessfulSyncAt ?? [])),
    live:
      followed.length === 0
        ? undefined
        : {
            users: followed.length,
            equalAt: Math.min(...followed.map((each) => each.equalAt)),
            lagSeconds: lag === undefined ? undefined : lag / 1000,
          },
    running: users.flatMap((user) => {
      const mine = progress.get(user.address);
      return mine !== undefined && isAtWork(user.status) && mine.updatedAt >= since ? [mine] : [];
    }),
  });
}

/** A tally as the fold has it: comparable, whatever the order of its lists. */
export function foldedTally(tally: BatchTally): unknown {
  return plain(tally);
}

function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value, (_key, each: unknown) => sorted(each instanceof Map ? [...each] : each)));
}

function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function countBy<Name extends string>(names: readonly Name[]): ReadonlyMap<Name, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function tookStep(took: number): string {
  return String(Math.round(Math.log(took) / Math.log(1.1)));
}
