import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/engine/domain/canonical-json.ts';
import { type AuditEntry, sealEntry } from '../../src/engine/domain/audit-entry.ts';
import { redisAuditLog } from '../../src/store/redis-audit-log.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { auditLogContract, readChain } from '../contracts/audit-log.ts';
import { OPERATOR, batchName } from '../contracts/sample-records.ts';
import { type LocalRedis, localRedis, systemClock } from './local-redis.ts';

const AUDIT = '{bellhop}:audit';
const EVENTS = '{bellhop}:events';

let local: LocalRedis;
beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

async function open() {
  await local.redis.flushall();
  return {
    store: redisStore(local.redis, systemClock),
    audit: redisAuditLog(local.redis),
    async [Symbol.asyncDispose]() {},
  };
}

auditLogContract('Redis', open);

const batch = batchName('sales-1');
type Opened = Awaited<ReturnType<typeof open>>;

async function publish({ store }: Opened, from: number, to: number): Promise<void> {
  for (let count = from; count < to; count += 1) await store.publish([{ type: 'UsersAdded', batch, count }], OPERATOR);
}

async function startAppender(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, '../support/append-audit.ts');
  const appender = spawn(process.execPath, [script, local.handle.options.path ?? ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (appender.stdout !== null) await once(appender.stdout, 'data');
  return appender;
}

describe('exactly once, whatever dies', () => {
  test('two processes append, one after the other is killed and replaced: no entry twice, none left out', async () => {
    await using world = await open();
    const appenders = [await startAppender(), await startAppender()];
    try {
      for (let round = 0; round < 5; round += 1) {
        await publish(world, round * 120, round * 120 + 60);
        const victim = appenders.shift();
        const ended = victim === undefined ? undefined : once(victim, 'exit');
        victim?.kill('SIGKILL');
        await publish(world, round * 120 + 60, round * 120 + 120);
        await ended;
        appenders.push(await startAppender());
      }
      await world.audit.catchUp();
    } finally {
      for (const each of appenders) each.kill('SIGKILL');
    }

    const { entries, problems } = await readChain(world.audit);
    expect(problems).toEqual([]);
    expect(entries.map(({ details }) => details['count'])).toEqual(Array.from({ length: 600 }, (_, at) => at));
  });

  test('Redis is killed in the middle: the chain goes on where it was', async () => {
    await using world = await open();
    await publish(world, 0, 50);
    await world.audit.catchUp();
    await publish(world, 50, 80);
    const catching = world.audit.catchUp();
    await local.kill();
    await catching;
    await publish(world, 80, 100);
    await world.audit.catchUp();

    const { entries, problems } = await readChain(world.audit);
    expect(problems).toEqual([]);
    expect(entries.map(({ details }) => details['count'])).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });
});

describe('SEC26: whoever can write to Redis is found out', () => {
  test('an altered entry is named', async () => {
    await using world = await open();
    await publish(world, 0, 6);
    await world.audit.catchUp();
    await rewrite((lines) => lines.map((line, at) => (at === 3 ? line.replace('"count":3', '"count":33') : line)));

    expect((await readChain(world.audit)).problems).toEqual(['4: it is not what its hash says']);
  });

  test('an entry that was altered and hashed again does not fit its neighbour', async () => {
    await using world = await open();
    await publish(world, 0, 6);
    await world.audit.catchUp();
    await rewrite((lines) => {
      const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
      const [one, two] = [entries[2], entries[3]];
      if (one === undefined || two === undefined) return lines;
      const { seq: _seq, previous: _previous, hash: _hash, nth, ...draft } = two;
      const forged = sealEntry({ ...draft, by: { id: 'x', name: 'Somebody Else' } }, nth, one);
      return lines.with(3, canonicalJson(forged));
    });

    expect((await readChain(world.audit)).problems).toEqual([
      '5: it does not follow entry 4: another one was before it',
    ]);
  });

  test('a removed entry leaves a gap', async () => {
    await using world = await open();
    await publish(world, 0, 6);
    await world.audit.catchUp();
    await local.redis.xdel(AUDIT, '3-0');

    expect((await readChain(world.audit)).problems[0]).toBe('4: entry 3 before it is missing');
  });

  test('a removed tail is not what the head says, and nothing is appended to it', async () => {
    await using world = await open();
    await publish(world, 0, 6);
    await world.audit.catchUp();
    await local.redis.xdel(AUDIT, '6-0');
    await publish(world, 6, 7);

    await expect(world.audit.catchUp()).rejects.toMatchObject({ code: 'RecordDamaged' });
  });

  test('events deleted before the chain had them are told', async () => {
    await using world = await open();
    await publish(world, 0, 3);
    await world.audit.catchUp();
    await publish(world, 3, 7);
    const ids = (await local.redis.xrange(EVENTS, '-', '+')).map(([id]) => id);
    await local.redis.xdel(EVENTS, ids[4] ?? '', ids[6] ?? '');

    await world.audit.catchUp();

    const { entries, problems } = await readChain(world.audit);
    expect(problems).toEqual([]);
    expect(entries.map(({ type }) => type)).toEqual([...Array.from({ length: 5 }, () => 'UsersAdded'), 'EventsLost']);
  });

  test('events that expire after the chain had them change nothing', async () => {
    await using world = await open();
    await publish(world, 0, 20);
    const head = await world.audit.catchUp();
    await local.redis.xtrim(EVENTS, 'MAXLEN', 0);

    expect(await world.audit.catchUp()).toEqual(head);
    expect((await readChain(world.audit)).entries).toHaveLength(20);
  });

  test('a damaged event stands in the chain as one', async () => {
    await using world = await open();
    await local.redis.xadd(EVENTS, '*', 'event', '{"type":');
    await publish(world, 0, 1);

    await world.audit.catchUp();

    expect((await readChain(world.audit)).entries).toMatchObject([{ type: 'EventDamaged' }, { type: 'UsersAdded' }]);
  });
});

/** Writes the whole chain anew, as somebody with access to Redis could. */
async function rewrite(change: (lines: readonly string[]) => readonly string[]): Promise<void> {
  const lines = (await local.redis.xrange(AUDIT, '-', '+')).map(([, fields]) => fields[1] ?? '');
  await local.redis.del(AUDIT);
  for (const [at, line] of change(lines).entries()) await local.redis.xadd(AUDIT, `${at + 1}-0`, 'entry', line);
}
