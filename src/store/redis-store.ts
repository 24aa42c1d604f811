import type { ChainableCommander, Redis } from 'ioredis';
import type { Actor } from '../engine/domain/actor.ts';
import type { Approval } from '../engine/domain/approval.ts';
import type { BatchCheck } from '../engine/domain/batch-check.ts';
import type { Cutover } from '../engine/domain/cutover.ts';
import type { MigrationEndpoint } from '../engine/domain/endpoint.ts';
import type { EndpointShares } from '../engine/domain/fair-shares.ts';
import type { EventBody, MigrationEvent } from '../engine/domain/events.ts';
import { chunks, chunksOf } from '../engine/domain/chunks.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { BatchName, EndpointName, UserAddress } from '../engine/domain/ids.ts';
import type { MigrationBatch } from '../engine/domain/migration-batch.ts';
import type { MigrationUser } from '../engine/domain/migration-user.ts';
import type { FolderBooks, SkippedItem, UserProgress } from '../engine/domain/progress.ts';
import type { Probe } from '../engine/domain/probe.ts';
import type { SyncForecast } from '../engine/domain/sync-forecast.ts';
import type { Clock, Decide, MigrationStore, SavedVerification, UserWithProgress } from '../engine/ports.ts';
import { KEY } from './keys.ts';
import { readJson } from './read-json.ts';
import { defineScripts } from './redis-scripts.ts';
import { type StoredUser, redisTally } from './redis-tally.ts';
import { listKeys } from './tally-scripts.ts';
import { waitingLanes } from './waiting-lanes.ts';

const CHUNK = 500;
/** Somebody else may change the same value again and again, but not this often. */
const TRIES = 500;
/** After so many tries in a row the next one waits a moment: of many that try at once, one gets through each time. */
const EAGER_TRIES = 5;

/** State in Redis. Values are JSON; a change is one script that compares the old value, sets the new one and appends the events. */
export function redisStore(redis: Redis, clock: Clock): MigrationStore {
  const scripts = defineScripts(redis);
  const tally = redisTally(redis);

  function stamp(events: readonly EventBody[], by: Actor | undefined): readonly string[] {
    const at = clock.now();
    return events.map((body) =>
      JSON.stringify({
        ...body,
        at,
        ...(by === undefined ? {} : { by: by.name, byId: by.id }),
      } satisfies MigrationEvent),
    );
  }

  /** Tries until nobody was faster. */
  async function untilDone<Value>(attempt: () => Promise<{ readonly done: Value } | undefined>): Promise<Value> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const result = await attempt();
      if (result !== undefined) return result.done;
      if (tries >= EAGER_TRIES) await clock.sleep(Math.random() * Math.min(tries, 50));
    }
    throw new MigrationError('TryAgain');
  }

  function change<Value>(
    hash: string,
    field: string,
    decide: Decide<Value>,
    by: Actor | undefined,
    missing: () => MigrationError,
  ): Promise<Value> {
    return untilDone(async () => {
      const before = await redis.hget(hash, field);
      if (before === null) throw missing();
      const current = readJson<Value>(before);
      const decision = decide(current);
      if (decision === undefined) return { done: current };
      const after = JSON.stringify(decision.to);
      const isDone = await scripts.compareAndSet({ hash, field, before, after, events: stamp(decision.events, by) });
      return isDone ? { done: decision.to } : undefined;
    });
  }

  async function storedUser(address: UserAddress): Promise<StoredUser | undefined> {
    const userText = await redis.hget(KEY.users, address);
    if (userText === null) return undefined;
    const user = readJson<MigrationUser>(userText);
    const progressText = (await redis.hget(KEY.progress(user.batch), address)) ?? '';
    return { user, userText, progressText, progress: optional(progressText === '' ? null : progressText) };
  }

  function changeUser(
    address: UserAddress,
    decide: Decide<MigrationUser>,
    by: Actor | undefined,
  ): Promise<MigrationUser> {
    return untilDone(async () => {
      const stored = await storedUser(address);
      if (stored === undefined) throw new MigrationError('UnknownUser', { address });
      const decision = decide(stored.user);
      if (decision === undefined) return { done: stored.user };
      const after = { user: decision.to, progress: stored.progress };
      return (await tally.save(stored, after, stamp(decision.events, by))) ? { done: decision.to } : undefined;
    });
  }

  // The progress of many users is read at once; whoever changes meanwhile takes the careful way.
  async function changeChunk(
    batch: BatchName,
    users: readonly MigrationUser[],
    decide: Decide<MigrationUser>,
    by: Actor | undefined,
  ): Promise<number> {
    const decisions = users.flatMap((user) => {
      const decision = decide(user);
      return decision === undefined ? [] : [{ user, decision }];
    });
    if (decisions.length === 0) return 0;
    const addresses = decisions.map(({ user }) => user.address);
    const texts = await redis.hmget(KEY.progress(batch), ...addresses);
    const changes = decisions.map(({ user, decision }, at) => {
      const progressText = texts[at] ?? '';
      const progress = optional<UserProgress>(progressText === '' ? null : progressText);
      const before = { user, userText: JSON.stringify(user), progress, progressText };
      return { before, after: decision.to, events: stamp(decision.events, by) };
    });
    const written = await tally.saveUsers(batch, changes);
    for (const [at, address] of addresses.entries()) if (written[at] !== true) await changeUser(address, decide, by);
    return decisions.length;
  }

  async function add(
    hash: string,
    field: string,
    value: unknown,
    events: readonly EventBody[],
    by: Actor,
  ): Promise<boolean> {
    return scripts.compareAndSet({ hash, field, before: '', after: JSON.stringify(value), events: stamp(events, by) });
  }

  async function* users(batch: BatchName): AsyncIterable<MigrationUser> {
    for await (const addresses of addressesOf(batch)) {
      for (const text of await redis.hmget(KEY.users, ...addresses)) {
        if (text !== null) yield readJson<MigrationUser>(text);
      }
    }
  }

  // Both in one transaction: a user that is synced never comes with the progress of a moment before.
  async function* usersWithProgress(batch: BatchName): AsyncIterable<UserWithProgress> {
    for await (const addresses of addressesOf(batch)) {
      const reading = redis
        .multi()
        .hmget(KEY.users, ...addresses)
        .hmget(KEY.progress(batch), ...addresses);
      const [found = [], progress = []] = repliesOf<(string | null)[]>(await reading.exec());
      for (const [at, text] of found.entries()) {
        if (text !== null) yield { user: readJson<MigrationUser>(text), progress: optional(progress[at] ?? null) };
      }
    }
  }

  // All addresses at one moment: read in pages, whoever moves up while others are removed would be left out.
  async function* addressesOf(batch: BatchName): AsyncIterable<readonly string[]> {
    yield* chunks(await redis.lrange(KEY.order(batch), 0, -1), CHUNK);
  }

  return {
    async endpoints() {
      return Object.values(await redis.hgetall(KEY.endpoints))
        .map((text) => readJson<MigrationEndpoint>(text))
        .sort(byName);
    },
    async endpoint(name: EndpointName) {
      return optional<MigrationEndpoint>(await redis.hget(KEY.endpoints, name));
    },
    async addEndpoint(endpoint, events, by) {
      if (!(await add(KEY.endpoints, endpoint.name, endpoint, events, by))) {
        throw new MigrationError('EndpointNameTaken', { endpoint: endpoint.name });
      }
    },

    async removeEndpoint(name, events, by) {
      await withEvents(redis.multi().hdel(KEY.endpoints, name).hdel(KEY.shares, name), stamp(events, by));
    },

    async batches() {
      const batches = Object.values(await redis.hgetall(KEY.batches)).map((text) => readJson<MigrationBatch>(text));
      return batches.sort((a, b) => a.createdAt - b.createdAt || byName(a, b));
    },
    async batch(name) {
      return optional<MigrationBatch>(await redis.hget(KEY.batches, name));
    },
    async addBatch(batch, events, by) {
      if (!(await add(KEY.batches, batch.name, batch, events, by)))
        throw new MigrationError('BatchNameTaken', { batch: batch.name });
    },
    async removeBatch(name, events, by) {
      const removal = redis.multi().hdel(KEY.batches, name).hdel(KEY.checks, name).hdel(KEY.cutovers, name);
      await withEvents(
        removal.del(KEY.order(name), KEY.progress(name), KEY.tally(name), ...listKeys(name)),
        stamp(events, by),
      );
    },
    changeBatch: (name, decide, by) =>
      change<MigrationBatch>(KEY.batches, name, decide, by, () => new MigrationError('UnknownBatch', { batch: name })),

    async user(address) {
      return optional<MigrationUser>(await redis.hget(KEY.users, address));
    },
    users,
    userCount: (batch) => redis.llen(KEY.order(batch)),
    async addUsers(added, events, by) {
      const known: MigrationUser[] = [];
      for (const [batch, users] of Map.groupBy(added, (user) => user.batch)) {
        for (const chunk of chunks(users, CHUNK)) {
          for (const text of await tally.add(batch, chunk))
            if (text !== null) known.push(readJson<MigrationUser>(text));
        }
      }
      await appendEvents(redis, stamp(events, by));
      return known;
    },
    async removeUser(address, events, by) {
      await untilDone(async () => {
        const stored = await storedUser(address);
        if (stored === undefined) return { done: undefined };
        return (await tally.remove(stored, stamp(events, by))) ? { done: undefined } : undefined;
      });
    },
    changeUser,
    async changeUsers(batch, decide, by) {
      let changed = 0;
      for await (const chunk of chunksOf(users(batch), CHUNK)) changed += await changeChunk(batch, chunk, decide, by);
      return changed;
    },

    async usersNamed(addresses) {
      if (addresses.length === 0) return [];
      const texts = await redis.hmget(KEY.users, ...addresses);
      return texts.flatMap((text) => (text === null ? [] : [readJson<MigrationUser>(text)]));
    },
    ...waitingLanes(redis, tally),
    async shares(endpoint) {
      return optional<EndpointShares>(await redis.hget(KEY.shares, endpoint));
    },
    async saveShares(endpoint, shares) {
      await redis.hset(KEY.shares, endpoint, JSON.stringify(shares));
    },

    async saveProgress(user, batch, progress) {
      await untilDone(async () => {
        const stored = await storedUser(user);
        // Whoever was removed meanwhile has no progress any more.
        if (stored === undefined || stored.user.batch !== batch) return { done: undefined };
        return (await tally.save(stored, { user: stored.user, progress }, [])) ? { done: undefined } : undefined;
      });
    },
    async progress(user) {
      const owner = optional<MigrationUser>(await redis.hget(KEY.users, user));
      if (owner === undefined) return undefined;
      return optional<UserProgress>(await redis.hget(KEY.progress(owner.batch), user));
    },
    usersWithProgress,
    tally: (batch, since) => tally.read(batch, since),
    async saveFolders(user, folders) {
      await redis.hset(KEY.folders, user, JSON.stringify(folders));
    },
    async folders(user) {
      return optional<readonly FolderBooks[]>(await redis.hget(KEY.folders, user)) ?? [];
    },
    async saveSkipped(user, items, events = [], by) {
      const saving = redis.multi();
      if (items.length === 0) saving.hdel(KEY.skipped, user);
      else saving.hset(KEY.skipped, user, JSON.stringify(items));
      await withEvents(saving, stamp(events, by));
    },
    async skipped(user) {
      return optional<readonly SkippedItem[]>(await redis.hget(KEY.skipped, user)) ?? [];
    },

    async approvals() {
      return Object.values(await redis.hgetall(KEY.approvals)).map((text) => readJson<Approval>(text));
    },
    async approval(id) {
      return optional<Approval>(await redis.hget(KEY.approvals, id));
    },
    async addApproval(approval, events, by) {
      if (!(await add(KEY.approvals, approval.id, approval, events, by))) throw new MigrationError('TryAgain');
    },
    changeApproval: (id, decide, by) =>
      change<Approval>(KEY.approvals, id, decide, by, () => new MigrationError('UnknownApproval', { id })),
    breakGlass: (id, decide, by) =>
      untilDone(async () => {
        // Read before the approvals: whoever breaks the glass in between makes this try come to nothing.
        const turn = { of: KEY.glass, before: (await redis.get(KEY.glass)) ?? '0' };
        const texts = await redis.hgetall(KEY.approvals);
        const before = texts[id];
        if (before === undefined) throw new MigrationError('UnknownApproval', { id });
        const all = Object.values(texts).map((text) => readJson<Approval>(text));
        const { to, events } = decide(readJson<Approval>(before), all);
        const set = { hash: KEY.approvals, field: id, before, after: JSON.stringify(to), turn };
        return (await scripts.compareAndSet({ ...set, events: stamp(events, by) })) ? { done: to } : undefined;
      }),

    async cutovers() {
      return Object.values(await redis.hgetall(KEY.cutovers)).map((text) => readJson<Cutover>(text));
    },
    async cutover(batch) {
      return optional<Cutover>(await redis.hget(KEY.cutovers, batch));
    },
    async addCutover(cutover, events, by) {
      if (!(await add(KEY.cutovers, cutover.batch, cutover, events, by)))
        throw new MigrationError('CutoverRunning', { batch: cutover.batch });
    },
    changeCutover: (batch, decide, by) =>
      change<Cutover>(KEY.cutovers, batch, decide, by, () => new MigrationError('CutoverUnknown', { batch })),
    async removeCutover(batch, events, by) {
      await withEvents(redis.multi().hdel(KEY.cutovers, batch), stamp(events, by));
    },

    async saveVerification(verification, events) {
      const saving = redis.multi().hset(KEY.verifications, verification.user, JSON.stringify(verification));
      await withEvents(saving, stamp(events, undefined));
    },
    async verification(user) {
      return optional<SavedVerification>(await redis.hget(KEY.verifications, user));
    },

    async saveProbe(probe, events) {
      const saving = redis.multi().hset(KEY.probes, probe.user, JSON.stringify(probe));
      await withEvents(saving, stamp(events, undefined));
    },
    async probe(user) {
      return optional<Probe>(await redis.hget(KEY.probes, user));
    },
    async saveForecast(forecast, events) {
      const saving = redis.multi().hset(KEY.forecasts, forecast.user, JSON.stringify(forecast));
      await withEvents(saving, stamp(events, undefined));
    },
    async forecast(user) {
      return optional<SyncForecast>(await redis.hget(KEY.forecasts, user));
    },

    async saveCheck(check, events) {
      await withEvents(redis.multi().hset(KEY.checks, check.batch, JSON.stringify(check)), stamp(events, undefined));
    },
    async check(batch) {
      return optional<BatchCheck>(await redis.hget(KEY.checks, batch));
    },
    async publish(events, by) {
      await appendEvents(redis, stamp(events, by));
    },
  };
}

async function appendEvents(redis: Redis, events: readonly string[]): Promise<void> {
  await Promise.all(events.map((event) => redis.xadd(KEY.events, '*', 'event', event)));
}

// In one transaction: nobody ever sees one without the other, and a process that dies leaves both or neither.
async function withEvents(change: ChainableCommander, events: readonly string[]): Promise<void> {
  for (const event of events) change.xadd(KEY.events, '*', 'event', event);
  await change.exec();
}

function repliesOf<Reply>(replies: readonly (readonly [Error | null, unknown])[] | null): readonly Reply[] {
  return (replies ?? []).map(([error, reply]) => {
    if (error !== null) throw error;
    return reply as Reply;
  });
}

function optional<Value>(text: string | null): Value | undefined {
  return text === null ? undefined : readJson<Value>(text);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
