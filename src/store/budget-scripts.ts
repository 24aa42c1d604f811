import type { Redis, Result } from 'ioredis';
import { KEY } from './keys.ts';
import type { BudgetLimits } from './budget-limits.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopEnter(...keysAndArguments: (string | number)[]): Result<number, Context>;
    bellhopRest(rest: string, ms: number): Result<number, Context>;
    bellhopThrottled(...keysAndArguments: (string | number)[]): Result<number, Context>;
  }
}

/** A place whose holder died is free again after this; longer than any request may take. */
const PLACE_LIFETIME = 600_000;
/** Windows are counted in slices. */
const SLICES = 100;
/**
 * A request is counted for so many slices longer than its window. It reaches the server later than it was counted here,
 * and a server that counts in steps of its own keeps it longer: a refusal costs more than these two percent.
 */
const LATER = 3;
/** What a refusal leaves of a budget, and what is left of it at least. */
const CUT = 0.7;
const LEAST = 0.1;
/** Refusals of requests that were under way together are one refusal (ms). */
const ONE_REFUSAL = 1_000;
/** So many mailboxes refused within one window of the tenant: it is not the mailboxes that are over their limits. */
const MANY_MAILBOXES = 5;

// Redis' own clock counts: the clocks of workers differ.
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

// The share of its ceilings a budget may use: cut by a refusal, growing back by itself, never above 1.
const SHARE = `
local function share(key, recovery)
  local kept = redis.call('HMGET', key, 'share', 'at')
  if not kept[1] then return 1 end
  return math.min(1, tonumber(kept[1]) + (now - tonumber(kept[2])) / recovery)
end
`;

// What was spent in the last window, by slice.
const SPENT = `
local function spentSince(key, kind, window, slices, later)
  local slice = window / slices
  local all, sum, counted = redis.call('HGETALL', key), 0, {}
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 1) == kind then
      local at = tonumber(string.sub(all[i], 2))
      if at > now - window - slice * later then
        local amount = tonumber(all[i + 1])
        sum = sum + amount
        counted[#counted + 1] = { at, amount }
      else
        redis.call('HDEL', key, all[i])
      end
    end
  end
  return sum, counted
end
`;

/*
 * KEYS: rest-until, places (member: holder, score: expiry), spent and share of the mailbox; spent and share of the tenant.
 * ARGV: holder, upload bytes, places, requests, request window, bytes, byte window, tenant's requests, tenant's window,
 * recovery, place lifetime, slices, slices counted longer, prefix of the keys that say which processes are alive, how many
 * requests. A holder begins with the id of its process: the places of a dead one are free.
 * Answers 0 (entered), or ms to wait (negative: no place was free, ask soon).
 */
const ENTER = `${NOW}${SHARE}${SPENT}
local rest = tonumber(redis.call('GET', KEYS[1]) or '0')
if rest > now then return rest - now end
local recovery, slices, later = tonumber(ARGV[10]), tonumber(ARGV[12]), tonumber(ARGV[13])
local own, all = share(KEYS[4], recovery), share(KEYS[6], recovery)

redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
for _, place in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if redis.call('EXISTS', ARGV[14] .. string.sub(place, 1, 36)) == 0 then redis.call('ZREM', KEYS[2], place) end
end
if redis.call('ZCARD', KEYS[2]) >= math.ceil(tonumber(ARGV[3]) * own) then return -5 end

local function wait(key, kind, amount, limit, window)
  local sum, counted = spentSince(key, kind, window, slices, later)
  if sum + amount <= limit or sum == 0 then return 0 end
  table.sort(counted, function(a, b) return a[1] < b[1] end)
  for i = 1, #counted do
    sum = sum - counted[i][2]
    if sum + amount <= limit then return math.max(1, math.ceil(counted[i][1] + window + window / slices * later - now)) end
  end
  return window
end
local function spend(key, kind, amount, window)
  local slice = window / slices
  redis.call('HINCRBY', key, kind .. string.format('%.0f', math.floor(now / slice) * slice), amount)
  redis.call('PEXPIRE', key, math.ceil(window * 3))
end

local upload, requestWindow, byteWindow = tonumber(ARGV[2]), tonumber(ARGV[5]), tonumber(ARGV[7])
local tenantWindow, count = tonumber(ARGV[9]), tonumber(ARGV[15])
local longest = math.max(
  wait(KEYS[3], 'r', count, tonumber(ARGV[4]) * own, requestWindow),
  upload > 0 and wait(KEYS[3], 'b', upload, tonumber(ARGV[6]) * own, byteWindow) or 0,
  wait(KEYS[5], 'r', count, tonumber(ARGV[8]) * all, tenantWindow))
if longest > 0 then return longest end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[11]), ARGV[1])
redis.call('PEXPIRE', KEYS[2], tonumber(ARGV[11]))
if upload > 0 then spend(KEYS[3], 'b', upload, byteWindow) end
spend(KEYS[3], 'r', count, math.max(requestWindow, 1))
spend(KEYS[5], 'r', count, tenantWindow)
return 0`;

// The longest rest counts.
const REST = `${NOW}
local untilThen = now + tonumber(ARGV[1])
if untilThen <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', untilThen), 'PX', tonumber(ARGV[1]) + 1000)
return 1`;

/*
 * KEYS: share of the mailbox, share and spent of the tenant, zset of refused mailboxes (score: when).
 * ARGV: mailbox, ms of rest, recovery, ms in which refusals are one, cut, least, tenant's requests, tenant's window,
 * slices, slices counted longer, how many mailboxes are many.
 * The tenant's ceiling is far above what is asked for: it is cut down from what was really asked for in its last window.
 */
const THROTTLED = `${NOW}${SHARE}${SPENT}
local recovery, least = tonumber(ARGV[3]), tonumber(ARGV[6])
local function cut(key, from, deaf)
  if now < tonumber(redis.call('HGET', key, 'deaf') or '0') then return end
  local left = math.max(least, from * tonumber(ARGV[5]))
  redis.call('HSET', key, 'share', left, 'at', string.format('%.0f', now), 'deaf', string.format('%.0f', now + deaf))
  redis.call('PEXPIRE', key, math.ceil(recovery))
end
cut(KEYS[1], share(KEYS[1], recovery), math.max(tonumber(ARGV[2]), tonumber(ARGV[4])))

local window = tonumber(ARGV[8])
redis.call('ZADD', KEYS[4], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - window)
redis.call('PEXPIRE', KEYS[4], math.ceil(window * 2))
if redis.call('ZCARD', KEYS[4]) < tonumber(ARGV[11]) then return 0 end
local used = spentSince(KEYS[3], 'r', window, tonumber(ARGV[9]), tonumber(ARGV[10])) / tonumber(ARGV[7])
least = 1 / tonumber(ARGV[7])
cut(KEYS[2], math.min(share(KEYS[2], recovery), used), window)
return 1`;

/** What is taken of a budget in one step. */
interface BudgetLoad {
  readonly uploadBytes: number;
  readonly requests: number;
}

export interface BudgetScripts {
  /** 0: entered. Otherwise ms to wait; negative when only a place was missing. */
  enter(budget: string, holder: string, load: BudgetLoad, limits: BudgetLimits): Promise<number>;
  leave(budget: string, holder: string): Promise<void>;
  rest(budget: string, ms: number): Promise<void>;
  throttled(budget: string, ms: number, limits: BudgetLimits): Promise<void>;
}

/** What is asked of the budget in one step, defined on a connection. `timeScale` shortens our own times in a sandbox. */
export function budgetScripts(redis: Redis, timeScale: number): BudgetScripts {
  redis.defineCommand('bellhopEnter', { numberOfKeys: 6, lua: ENTER });
  redis.defineCommand('bellhopRest', { numberOfKeys: 1, lua: REST });
  redis.defineCommand('bellhopThrottled', { numberOfKeys: 4, lua: THROTTLED });
  const tenant = KEY.tenantBudget;

  return {
    enter: (budget, holder, { uploadBytes, requests }, limits) =>
      redis.bellhopEnter(
        ...['rest', 'places', 'spent', 'share'].map((name) => part(budget, name)),
        ...[`${tenant}:spent`, `${tenant}:share`],
        ...[holder, uploadBytes, limits.places],
        ...[limits.requests, limits.requestWindow / timeScale, limits.bytes, limits.byteWindow / timeScale],
        ...[limits.tenantRequests, limits.tenantWindow / timeScale, limits.recovery / timeScale],
        ...[PLACE_LIFETIME, SLICES, LATER, KEY.alive, requests],
      ),
    async leave(budget, holder) {
      await redis.zrem(part(budget, 'places'), holder);
    },
    async rest(budget, ms) {
      await redis.bellhopRest(part(budget, 'rest'), Math.ceil(ms));
    },
    async throttled(budget, ms, limits) {
      await redis.bellhopThrottled(
        ...[part(budget, 'share'), `${tenant}:share`, `${tenant}:spent`, `${tenant}:refused`],
        ...[budget, ms, limits.recovery / timeScale, ONE_REFUSAL / timeScale, CUT, LEAST],
        ...[limits.tenantRequests, limits.tenantWindow / timeScale, SLICES, LATER, MANY_MAILBOXES],
      );
    },
  };
}

function part(budget: string, name: string): string {
  return `${KEY.budget(budget)}:${name}`;
}
