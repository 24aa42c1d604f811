import type { Redis } from 'ioredis';
import type { EventBody } from '../engine/domain/events.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, Decide, Decision } from '../engine/ports.ts';
import { stampEvents } from './event-codec.ts';
import { KEYS } from './keys.ts';
import { type Codec, decode } from './record-codecs.ts';
import { ask, stateUnavailable } from './redis-failure.ts';

/** A hash of records that change by comparing and setting, each change together with its events. */
export interface RecordTable<Value> {
  all(): Promise<readonly Value[]>;
  get(field: string): Promise<Value | undefined>;
  getMany(fields: readonly string[]): Promise<readonly (Value | undefined)[]>;
  /** False when the name is taken. */
  add(field: string, value: Value, events: readonly EventBody[], by: string): Promise<boolean>;
  /** The value after the change, or undefined when there is no such record. Throws TryAgain when others are always faster. */
  change(field: string, decide: Decide<Value>, by?: string): Promise<Value | undefined>;
  /** Changes many records, each by itself, in few round trips; returns how many changed. */
  changeMany(fields: readonly string[], decide: Decide<Value>, by?: string): Promise<number>;
  /** A record as it is stored, with a new stamp. */
  encode(value: Value): string;
  decode(record: string): Value;
}

export interface TableSettings<Value> {
  readonly redis: Redis;
  readonly hash: string;
  readonly codec: Codec<Value>;
  readonly clock: Clock;
  /** Makes stamps no other process makes. */
  readonly newStamp: () => string;
}

/** Somebody wins every round: with fewer than so many writers of one record nobody loses them all. */
const ROUNDS = 200;
const CHUNK = 500;

export function recordTable<Value>({ redis, hash, codec, clock, newStamp }: TableSettings<Value>): RecordTable<Value> {
  const encode = (value: Value): string => `${newStamp()} ${JSON.stringify(value)}`;
  const read = (record: string): Value => decode(codec, record.slice(record.indexOf(' ') + 1));
  const write = (field: string, former: string, next: string, events: readonly EventBody[], by?: string) =>
    [hash, KEYS.events, field, former, next, ...stampEvents(events, clock.now(), by)] as const;

  async function change(field: string, decide: Decide<Value>, by?: string): Promise<Value | undefined> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const former = await ask(redis.hget(hash, field));
      if (former === null) return undefined;
      const current = read(former);
      const decision = decide(current);
      if (decision === undefined) return current;
      const changed = await ask(
        redis.bellhopChangeRecord(...write(field, former, encode(decision.to), decision.events, by)),
      );
      if (changed === 1) return decision.to;
    }
    throw new MigrationError('TryAgain');
  }

  async function changeChunk(fields: readonly string[], decide: Decide<Value>, by?: string): Promise<number> {
    const formers = await ask(redis.hmget(hash, ...fields));
    const sent: string[] = [];
    const pipeline = redis.pipeline();
    for (const [at, field] of fields.entries()) {
      const former = formers[at];
      const decision = former === null || former === undefined ? undefined : decide(read(former));
      if (former === null || former === undefined || decision === undefined) continue;
      pipeline.bellhopChangeRecord(...write(field, former, encode(decision.to), decision.events, by));
      sent.push(field);
    }
    if (sent.length === 0) return 0;
    const answers = (await ask(pipeline.exec())) ?? [];
    let changed = 0;
    for (const [at, field] of sent.entries()) {
      const [error, answer] = answers[at] ?? [];
      if (error !== null && error !== undefined) throw stateUnavailable(error);
      changed += answer === 1 || (await changedAlone(field, decide, by)) ? 1 : 0;
    }
    return changed;
  }

  // Somebody was faster: decided again, on what is there now.
  async function changedAlone(field: string, decide: Decide<Value>, by?: string): Promise<boolean> {
    let last: Decision<Value> | undefined;
    await change(field, (current) => (last = decide(current)), by);
    return last !== undefined;
  }

  return {
    encode,
    decode: read,
    change,
    async all() {
      return (await ask(redis.hvals(hash))).map(read);
    },
    async get(field) {
      const record = await ask(redis.hget(hash, field));
      return record === null ? undefined : read(record);
    },
    async getMany(fields) {
      if (fields.length === 0) return [];
      const records = await ask(redis.hmget(hash, ...fields));
      return records.map((record) => (record === null ? undefined : read(record)));
    },
    async add(field, value, events, by) {
      return (await ask(redis.bellhopChangeRecord(...write(field, '', encode(value), events, by)))) === 1;
    },
    async changeMany(fields, decide, by) {
      let changed = 0;
      for (let at = 0; at < fields.length; at += CHUNK)
        changed += await changeChunk(fields.slice(at, at + CHUNK), decide, by);
      return changed;
    },
  };
}
