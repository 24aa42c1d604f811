import { createHash, randomUUID } from 'node:crypto';
import type { Redis, Result } from 'ioredis';
import { z } from 'zod';
import { MigrationError } from '../engine/domain/failure.ts';
import type { LearnedCap, SlotRequest, SlotScope } from '../engine/domain/source-slots.ts';
import type { Clock, SourcePlace, SourceSlots } from '../engine/ports.ts';
import { KEY } from './keys.ts';
import { lifeSign } from './life-sign.ts';
import { ENTER_SOURCE, LEARNED_CAPS, REFUSED_BY_SOURCE } from './source-slots-scripts.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopEnterSource(...args: (string | number)[]): Result<[wait: number, scope: number], Context>;
    bellhopRefusedBySource(...args: (string | number)[]): Result<number, Context>;
    bellhopLearnedCaps(key: string, probe: number, memory: number): Result<string[], Context>;
  }
}

/** A longer wait than this is not waited out: the worker turns to another mailbox. */
const PATIENCE = 2_000;
const ASK_AGAIN = 100;
/** When a worker without a place asks for it again. */
const COME_BACK = 8_000;
/** A server that refused is tried with one connection more after so long. */
const PROBE_AFTER = 900_000;
/** What a server said this long ago is forgotten. */
const MEMORY = 86_400_000;
/** Who was refused although none of our connections is in the way rests so long. */
const REST = 60_000;

const LEARNED = z.object({
  kind: z.enum(['endpoint', 'login', 'mailbox']),
  name: z.string(),
  connections: z.number(),
  learnedAt: z.number(),
  said: z.string(),
});

/** The connections of all workers to the sources, counted in Redis. `timeScale` shortens the waits in a sandbox. */
export function redisSourceSlots(redis: Redis, clock: Clock, timeScale: number): SourceSlots & AsyncDisposable {
  redis.defineCommand('bellhopEnterSource', { lua: ENTER_SOURCE });
  redis.defineCommand('bellhopRefusedBySource', { lua: REFUSED_BY_SOURCE });
  redis.defineCommand('bellhopLearnedCaps', { numberOfKeys: 1, lua: LEARNED_CAPS });
  const life = lifeSign(redis, clock);
  const scaled = (ms: number): number => Math.ceil(ms / timeScale);
  const [probe, memory, rest] = [scaled(PROBE_AFTER), scaled(MEMORY), scaled(REST)];
  const comeBack = COME_BACK / timeScale;

  return {
    async enter(request, signal): Promise<SourcePlace> {
      const holder = `${life.processId}/${randomUUID()}`;
      const keys = keysOf(request);
      const until = clock.now() + PATIENCE;
      await life.say(Number.NEGATIVE_INFINITY);
      for (;;) {
        signal.throwIfAborted();
        const caps = request.scopes.flatMap(({ cap = 0, ...scope }) => [fieldOf(scope), cap]);
        const [wait, scope] = await redis.bellhopEnterSource(
          keys.length,
          ...keys,
          ...[holder, KEY.alive, probe, memory, ...caps],
        );
        if (wait === 0) break;
        if (clock.now() + Math.max(wait, ASK_AGAIN) > until) throw noPlace(request, scope, wait);
        await clock.sleep(Math.max(wait, ASK_AGAIN), signal);
      }
      life.hold(1);
      let inside = true;
      const leave = async (): Promise<void> => {
        if (!inside) return;
        inside = false;
        life.hold(-1);
        await Promise.all(keys.slice(1).map((key) => redis.zrem(key, holder)));
      };
      return {
        leave,
        async refused(why, said) {
          const at = ['endpoint', 'login'].indexOf(why);
          const fields = request.scopes.map((scope) => fieldOf(scope));
          const last = `${keys.at(2)}:refused`;
          const args = [at + 1, probe, memory, rest, said.slice(0, 200), holder, ...fields];
          const wait = await redis.bellhopRefusedBySource(keys.length + 1, ...keys, last, ...args);
          await leave();
          return clock.now() + (wait > 0 ? wait : comeBack);
        },
      };
    },

    async learned(server) {
      const rows = await redis.bellhopLearnedCaps(`${KEY.slots(server)}:learned`, probe, memory);
      const caps = rows.flatMap((row): LearnedCap[] => {
        const parsed = LEARNED.safeParse(JSON.parse(row));
        return parsed.success ? [parsed.data] : [];
      });
      return caps.toSorted((a, b) => b.learnedAt - a.learnedAt);
    },

    async [Symbol.asyncDispose]() {
      life.stop();
    },
  };

  function noPlace(request: SlotRequest, scope: number, wait: number): MigrationError {
    const { kind, name } = request.scopes[scope - 1] ?? { kind: 'endpoint', name: '' };
    const details = { host: request.server, who: kind === 'endpoint' ? 'the server' : `the login ${name}` };
    return new MigrationError('SourceBusy', details, { retryAt: clock.now() + (wait > 0 ? wait : comeBack) });
  }
}

// The first key holds what was learned of the server, the others the places of one scope each.
function keysOf({ server, scopes }: SlotRequest): readonly string[] {
  const key = KEY.slots(server);
  return [`${key}:learned`, ...scopes.map((scope) => `${key}:${nameOf(scope)}`)];
}

// Logins come from files: of any length, with any characters.
function nameOf({ kind, name }: SlotScope): string {
  return kind === 'endpoint' ? kind : `${kind}:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

function fieldOf({ kind, name }: SlotScope): string {
  return JSON.stringify([kind, name]);
}
