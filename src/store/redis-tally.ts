import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  type BatchTally,
  FAILURE_SAMPLE,
  TALLY_VERSION,
  type TallyList,
  readTally,
  shareOf,
  stepBetween,
} from '../engine/domain/batch-tally.ts';
import type { FailureCode } from '../engine/domain/failure.ts';
import type { BatchName } from '../engine/domain/ids.ts';
import type { MigrationUser } from '../engine/domain/migration-user.ts';
import type { UserProgress } from '../engine/domain/progress.ts';
import { KEY } from './keys.ts';
import { readJson } from './read-json.ts';
import { KEPT_OF_USER, type TallyRows, defineTallyScripts, listKeys, stepArguments } from './tally-scripts.ts';

/** A user with its progress, and both as they are stored; "" is what is not there. */
export interface StoredUser {
  readonly user: MigrationUser;
  readonly userText: string;
  readonly progress: UserProgress | undefined;
  readonly progressText: string;
}

/** A user that changes while its progress stays. */
export interface UserChange {
  readonly before: StoredUser;
  readonly after: MigrationUser;
  readonly events: readonly string[];
}

/** Users and their progress, written together with the sums of their batch. */
export interface RedisTally {
  /** False when user or progress changed meanwhile: then nothing is written. */
  save(
    before: StoredUser,
    after: { readonly user: MigrationUser; readonly progress: UserProgress | undefined },
    events: readonly string[],
  ): Promise<boolean>;
  /** Many users of one batch, each for itself: answers which were written. */
  saveUsers(batch: BatchName, changes: readonly UserChange[]): Promise<readonly boolean[]>;
  remove(before: StoredUser, events: readonly string[]): Promise<boolean>;
  /** Users of one batch; answers those that were there already. */
  add(batch: BatchName, users: readonly MigrationUser[]): Promise<readonly (string | null)[]>;
  /** Sums and lists are there once this returns. */
  ready(batch: BatchName): Promise<void>;
  /** The sums, with the progress of those at work that wrote it after `since` (ms since 1970). */
  read(batch: BatchName, since: number): Promise<BatchTally>;
}

const WHOLE = `whole ${TALLY_VERSION}`;
const BUILDING = `building ${TALLY_VERSION} `;
const NOT_READY = -1;
/** Arguments of one script are bounded by Lua's stack. */
const PART = 1000;
/** Redis does nothing else while a script runs: this many users are a few milliseconds. */
const USERS_AT_ONCE = 100;

/**
 * Sums beside the users they are sums of. Nothing is written without them: whoever finds none, because the batch was
 * written by an older version, adds them up first. The same step that changes a user changes the sums.
 */
export function redisTally(redis: Redis): RedisTally {
  defineTallyScripts(redis);
  /** A process adds up a batch once at a time. */
  const building = new Map<BatchName, Promise<void>>();

  async function withSums<Reply>(batch: BatchName, run: () => Promise<Reply>, isMissing: (reply: Reply) => boolean) {
    for (;;) {
      const reply = await run();
      if (!isMissing(reply)) return reply;
      const running = building.get(batch) ?? build(batch).finally(() => building.delete(batch));
      building.set(batch, running);
      await running;
    }
  }

  async function build(batch: BatchName): Promise<void> {
    const tally = KEY.tally(batch);
    const state = await redis.bellhopBeginTally(tally, ...listKeys(batch), WHOLE, BUILDING, randomUUID());
    if (state === '') return;
    const put = (key: string, command: string, values: readonly string[]): Promise<number> =>
      redis.bellhopBuildTally(tally, key, state, command, ...values);
    const { amounts, places, strangers } = await addUp(batch);
    for (const [list, members] of places)
      for (const part of parts(members)) await put(KEY.tallyList(batch, list), 'ZADD', part.flat());
    for (const part of parts(strangers)) await put(KEY.progress(batch), 'HDEL', part);
    // The state is the last to be written, together with the amounts: before it, nobody reads or changes them.
    const values = [...amounts].flatMap(([name, amount]) => [name, String(amount)]);
    await put(tally, 'HSET', ['.state', WHOLE, ...values]);
  }

  async function addUp(batch: BatchName) {
    const [addresses, progress] = await Promise.all([
      redis.lrange(KEY.order(batch), 0, -1),
      redis.hgetall(KEY.progress(batch)),
    ]);
    const amounts = new Map<string, number>();
    const places = new Map<TallyList, [score: string, member: string][]>();
    const strangers = new Set(Object.keys(progress));
    for (const part of parts(addresses)) {
      for (const [at, text] of (await redis.hmget(KEY.users, ...part)).entries()) {
        if (text === null) continue;
        const own = progress[part[at] ?? ''];
        strangers.delete(part[at] ?? '');
        const share = shareOf(readJson<MigrationUser>(text), own === undefined ? undefined : readJson(own));
        for (const [name, amount] of share.amounts) amounts.set(name, (amounts.get(name) ?? 0) + amount);
        for (const [list, { score, member }] of share.places) {
          const members = places.get(list) ?? [];
          places.set(list, members);
          members.push([String(score), member]);
        }
      }
    }
    return { amounts, places, strangers: [...strangers] };
  }

  return {
    async save(before, after, events) {
      const { batch, address } = before.user;
      const step = stepBetween(shareOf(before.user, before.progress), shareOf(after.user, after.progress));
      const progressText = after.progress === undefined ? '' : JSON.stringify(after.progress);
      const values = [address, before.userText, before.progressText, JSON.stringify(after.user), progressText];
      const run = (): Promise<number> =>
        redis.bellhopSaveUser(
          ...[...keysOf(batch), KEY.events, ...listKeys(batch)],
          ...[WHOLE, ...values, ...stepArguments(step), ...events],
        );
      return (await withSums(batch, run, (reply) => reply === NOT_READY)) === 1;
    },

    async saveUsers(batch, changes) {
      const done: boolean[] = [];
      for (const some of parts(changes, USERS_AT_ONCE)) {
        const rows = some.flatMap(({ before: { user, userText, progress, progressText }, after, events }) => {
          const step = stepArguments(stepBetween(shareOf(user, progress), shareOf(after, progress)));
          const values = [user.address, userText, progressText, JSON.stringify(after)];
          return [...values, ...step, String(events.length), ...events];
        });
        const run = (): Promise<number[] | number> =>
          redis.bellhopSaveUsers(...[...keysOf(batch), KEY.events, ...listKeys(batch)], WHOLE, ...rows);
        const reply = await withSums(batch, run, (each) => each === NOT_READY);
        if (typeof reply !== 'number') done.push(...reply.map((each) => each === 1));
      }
      return done;
    },

    async remove({ user, userText, progress, progressText }, events) {
      const { batch, address } = user;
      const step = stepArguments(stepBetween(shareOf(user, progress), undefined));
      const run = (): Promise<number> =>
        redis.bellhopRemoveUser(
          ...[...keysOf(batch), KEY.events, ...listKeys(batch), KEY.order(batch), ...KEPT_OF_USER],
          ...[WHOLE, address, userText, progressText, ...step, ...events],
        );
      return (await withSums(batch, run, (reply) => reply === NOT_READY)) === 1;
    },

    async add(batch, users) {
      const rows = users.flatMap((user) => {
        const step = stepArguments(stepBetween(undefined, shareOf(user, undefined)));
        return [user.address, JSON.stringify(user), ...step];
      });
      const run = (): Promise<(string | null)[] | number> =>
        redis.bellhopAddUsers(...[...keysOf(batch), KEY.order(batch), ...listKeys(batch)], WHOLE, ...rows);
      const known = await withSums(batch, run, (reply) => reply === NOT_READY);
      return typeof known === 'number' ? [] : known;
    },

    async ready(batch) {
      const state = (): Promise<string | null> => redis.hget(KEY.tally(batch), '.state');
      await withSums(batch, state, (found) => found !== WHOLE);
    },

    async read(batch, since) {
      const run = (): Promise<TallyRows | null> =>
        redis.bellhopReadTally(
          ...[...keysOf(batch), KEY.order(batch), ...listKeys(batch)],
          ...[WHOLE, String(since), String(FAILURE_SAMPLE)],
        );
      const read = async () => toTally(await withSums(batch, run, (reply) => reply === null));
      const { tally, isSound } = await read();
      if (isSound) return tally;
      // An older version wrote meanwhile: it knows nothing of sums.
      await redis.hdel(KEY.tally(batch), '.state');
      return (await read()).tally;
    },
  };
}

function keysOf(batch: BatchName): readonly [string, string, string] {
  return [KEY.users, KEY.progress(batch), KEY.tally(batch)];
}

function toTally(rows: TallyRows | null): { readonly tally: BatchTally; readonly isSound: boolean } {
  const [pairs, [, synced], [, equal], followed, running, failed, users, progress] = rows ?? NO_ROWS;
  const amounts = new Map<string, number>();
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] ?? '';
    if (!name.startsWith('.')) amounts.set(name, Number(pairs[at + 1]));
  }
  const samples = new Map<FailureCode, MigrationUser[]>();
  for (const user of failed.flatMap((text) => (text === null ? [] : [readJson<MigrationUser>(text)]))) {
    if (user.error === undefined) continue;
    samples.set(user.error.code, [...(samples.get(user.error.code) ?? []), user]);
  }
  const tally = readTally(amounts, {
    lastSyncedAt: synced === undefined ? undefined : Number(synced),
    equalAt: equal === undefined ? undefined : Number(equal),
    followed,
    running: running.flatMap((text) => (text === null ? [] : [readJson<UserProgress>(text)])),
    samples,
  });
  const counted = [...tally.statuses.values()].reduce((sum, count) => sum + count, 0);
  return { tally, isSound: counted === users && tally.counted === progress };
}

const NO_ROWS: TallyRows = [[], [], [], 0, [], [], 0, 0];

function* parts<Item>(items: readonly Item[], size = PART): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
