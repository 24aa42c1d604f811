import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Redis, Result } from 'ioredis';
import { MigrationError } from '../engine/domain/failure.ts';
import type { BudgetPlace, Clock, TargetBudget } from '../engine/ports.ts';
import { KEY } from './keys.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopEnter(rest: string, places: string, spent: string, ...args: (string | number)[]): Result<number, Context>;
    bellhopRest(rest: string, ms: number): Result<number, Context>;
  }
}

/** Ceilings of one mailbox (Graph throttling limits, Outlook service: per app and mailbox). Windows in ms, bytes of uploads. */
export interface BudgetLimits {
  readonly places: number;
  readonly requests: number;
  readonly requestWindow: number;
  readonly bytes: number;
  readonly byteWindow: number;
}

export const PUBLISHED_LIMITS: BudgetLimits = {
  places: 4,
  requests: 10_000,
  requestWindow: 600_000,
  bytes: 150_000_000,
  byteWindow: 300_000,
};

/** A place whose holder died is free again after this; longer than any request may take. */
const PLACE_LIFETIME = 600_000;
/** A longer wait than this is not waited out: the worker turns to another mailbox. */
const PATIENCE = 5_000;
/** A process says that it is alive this often; one that was silent for three times as long is dead. */
const HEARTBEAT = 2_000;
/** Windows are counted in slices: the sum over a window is never below the true sliding sum. */
const SLICES = 60;

/*
 * KEYS: rest-until, zset of places (member: holder, score: expiry), hash of spent amounts by slice.
 * ARGV: holder, upload bytes, places, requests, request window, bytes, byte window, place lifetime, slices, prefix of the
 * keys that say which processes are alive. A holder begins with the id of its process: the places of a dead one are free.
 * Answers 0 (entered), or ms to wait (negative: no place was free, ask soon). The clock is Redis' own: workers' clocks may differ.
 */
const ENTER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rest = tonumber(redis.call('GET', KEYS[1]) or '0')
if rest > now then return rest - now end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
for _, place in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if redis.call('EXISTS', ARGV[10] .. string.sub(place, 1, 36)) == 0 then redis.call('ZREM', KEYS[2], place) end
end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return -5 end

local spent = redis.call('HGETALL', KEYS[3])
local function wait(kind, amount, limit, window)
  local slice = window / tonumber(ARGV[9])
  local since = now - window - slice
  local sum, slices = 0, {}
  for i = 1, #spent, 2 do
    if string.sub(spent[i], 1, 1) == kind then
      local at = tonumber(string.sub(spent[i], 2))
      if at > since then sum = sum + tonumber(spent[i + 1]); slices[#slices + 1] = { at, tonumber(spent[i + 1]) }
      else redis.call('HDEL', KEYS[3], spent[i]) end
    end
  end
  if sum + amount <= limit or sum == 0 then return 0, math.floor(now / slice) * slice end
  table.sort(slices, function(a, b) return a[1] < b[1] end)
  for i = 1, #slices do
    sum = sum - slices[i][2]
    if sum + amount <= limit then return math.max(1, slices[i][1] + window + slice - now) end
  end
  return window
end

local upload = tonumber(ARGV[2])
local requestWait, requestSlice = wait('r', 1, tonumber(ARGV[4]), tonumber(ARGV[5]))
local byteWait, byteSlice = wait('b', upload, tonumber(ARGV[6]), tonumber(ARGV[7]))
if requestWait > 0 or byteWait > 0 then return math.max(requestWait, byteWait) end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[8]), ARGV[1])
redis.call('PEXPIRE', KEYS[2], tonumber(ARGV[8]))
redis.call('HINCRBY', KEYS[3], 'r' .. string.format('%.0f', requestSlice), 1)
if upload > 0 then redis.call('HINCRBY', KEYS[3], 'b' .. string.format('%.0f', byteSlice), upload) end
redis.call('PEXPIRE', KEYS[3], math.max(tonumber(ARGV[5]), tonumber(ARGV[7])) * 2)
return 0`;

// The longest rest counts, by Redis' own clock.
const REST = `
local time = redis.call('TIME')
local untilThen = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
if untilThen <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', untilThen), 'PX', tonumber(ARGV[1]) + 1000)
return 1`;

/** The budget of every target mailbox, shared by all workers through Redis. `timeScale` shortens the windows in a sandbox. */
export function redisBudget(redis: Redis, clock: Clock, limits: BudgetLimits, timeScale: number): TargetBudget {
  redis.defineCommand('bellhopEnter', { numberOfKeys: 3, lua: ENTER });
  redis.defineCommand('bellhopRest', { numberOfKeys: 1, lua: REST });
  const processId = randomUUID();
  let beatAt = Number.NEGATIVE_INFINITY;
  let beating = 0;
  /** What this process was told itself, in effect before Redis has heard of it (ms since 1970 by mailbox). */
  const resting = new Map<string, number>();

  function restOf(mailboxId: string): number {
    const ms = (resting.get(mailboxId) ?? 0) - clock.now();
    if (ms <= 0) resting.delete(mailboxId);
    return Math.max(0, ms);
  }

  // Beats while places are held; a process without requests need not be known.
  async function beat(): Promise<void> {
    beatAt = clock.now();
    await redis.set(KEY.alive + processId, '1', 'PX', HEARTBEAT * 3);
  }

  function keepBeating(): void {
    if (beating === 0) return;
    setTimeout(
      () =>
        void beat()
          .catch(() => undefined)
          .then(keepBeating),
      HEARTBEAT,
    ).unref();
  }

  async function tryEnter(mailboxId: string, holder: string, uploadBytes: number): Promise<number> {
    const key = KEY.budget(mailboxId);
    const { places, requests, requestWindow, bytes, byteWindow } = limits;
    return redis.bellhopEnter(
      `${key}:rest`,
      `${key}:places`,
      `${key}:spent`,
      ...[
        holder,
        uploadBytes,
        places,
        requests,
        requestWindow / timeScale,
        bytes,
        byteWindow / timeScale,
        PLACE_LIFETIME,
        SLICES,
        KEY.alive,
      ],
    );
  }

  return {
    async enter(mailboxId, uploadBytes, signal, watch): Promise<BudgetPlace> {
      const holder = `${processId}/${randomUUID()}`;
      if (clock.now() - beatAt > HEARTBEAT) await beat();
      for (;;) {
        signal.throwIfAborted();
        const answer = restOf(mailboxId) || (await tryEnter(mailboxId, holder, uploadBytes));
        if (answer === 0) {
          // One turn of the loop: an answer that is already here is heard before the next request is sent.
          await setImmediate();
          if (restOf(mailboxId) === 0) break;
          await redis.zrem(`${KEY.budget(mailboxId)}:places`, holder);
          continue;
        }
        if (answer > PATIENCE) throw new MigrationError('TargetThrottled', {}, { retryAt: clock.now() + answer });
        const wait = (): Promise<void> => clock.sleep(Math.abs(answer), signal);
        await (watch === undefined ? wait() : watch.during('budget', wait));
      }
      beating += 1;
      if (beating === 1) keepBeating();
      let inside = true;
      return {
        async leave() {
          if (!inside) return;
          inside = false;
          beating -= 1;
          await redis.zrem(`${KEY.budget(mailboxId)}:places`, holder);
        },
      };
    },

    async rest(mailboxId, ms) {
      resting.set(mailboxId, Math.max(resting.get(mailboxId) ?? 0, clock.now() + ms));
      await redis.bellhopRest(`${KEY.budget(mailboxId)}:rest`, Math.ceil(ms));
    },
  };
}

/** No limits at all: for measuring the rest of the way against a local target. */
export function unlimitedBudget(): TargetBudget {
  const place: BudgetPlace = { leave: async () => undefined };
  return { enter: async () => place, rest: async () => undefined };
}
