import type { Redis, Result } from 'ioredis';

/**
 * The ceilings of one mailbox, kept by one script on the clock of Redis, so that it does not matter how workers' clocks
 * go. It leaves a place (if one is given), then tries to enter (if a lease is given).
 *
 * Exchange counts requests and uploaded bytes over sliding windows we cannot see, at some moment between our sending
 * and its answer. So a request is booked from entering until one whole window after *leaving*: leaving books it anew
 * in the slot of that moment. Windows are kept in 60 slots, and slot 61 is still counted: whatever window of its length
 * the server looks at, all of its requests are in ours. The same holds for requests whose worker died: their bookings
 * stay, their places run out.
 *
 * KEYS: hash of what was spent, sorted set of places.
 * ARGV: 1 lease to leave or '', 2 its bytes, 3 its request slot, 4 its byte slot,
 *       5 lease to enter or '', 6 its bytes, 7 places, 8 ms a place lasts,
 *       9 requests, 10 ms of a request slot, 11 bytes, 12 ms of a byte slot, 13 ms of rest asked for or 0.
 * Answers: why not ('' = entered, or nothing was asked), ms to wait, request slot, byte slot.
 */
const BUDGET = `
local SLOTS = 60
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local spent, places = KEYS[1], KEYS[2]
local rslot, bslot = math.floor(now / ARGV[10]), math.floor(now / ARGV[12])
local sum = redis.call('HMGET', spent, 'r', 'b', 'rs', 'bs', 'rest')

local function get(at) return tonumber(sum[at]) or 0 end
local total = { r = get(1), b = get(2) }

local function sweep(kind, swept, slot)
  if swept == slot then return end
  local fields, old = redis.call('HGETALL', spent), {}
  for at = 1, #fields, 2 do
    local name = fields[at]
    if string.sub(name, 1, 2) == kind .. ':' and tonumber(string.sub(name, 3)) < slot - SLOTS then
      total[kind] = total[kind] - tonumber(fields[at + 1])
      old[#old + 1] = name
    end
  end
  if #old > 0 then redis.call('HDEL', spent, unpack(old)) end
  if total[kind] < 0 then total[kind] = 0 end
  redis.call('HSET', spent, kind, total[kind], kind .. 's', slot)
end
sweep('r', get(3), rslot)
sweep('b', get(4), bslot)

local function book(kind, slot, amount)
  if amount == 0 then return end
  redis.call('HINCRBY', spent, kind .. ':' .. slot, amount)
  total[kind] = redis.call('HINCRBY', spent, kind, amount)
end

local function rebook(kind, from, to, amount)
  from = tonumber(from)
  if from == to or amount == 0 then return end
  if redis.call('HEXISTS', spent, kind .. ':' .. from) == 1 then book(kind, from, -amount) end
  book(kind, to, amount)
end

local function free(kind, slot, width, ceiling, amount)
  local missing = total[kind] + amount - ceiling
  if missing <= 0 or total[kind] == 0 then return 0 end
  for at = slot - SLOTS, slot do
    missing = missing - (tonumber(redis.call('HGET', spent, kind .. ':' .. at)) or 0)
    if missing <= 0 then return (at + SLOTS + 1) * width - now end
  end
  return (SLOTS + 1) * width
end

if ARGV[1] ~= '' and redis.call('ZREM', places, ARGV[1]) == 1 then
  rebook('r', ARGV[3], rslot, 1)
  rebook('b', ARGV[4], bslot, tonumber(ARGV[2]))
end
local rest = get(5)
if tonumber(ARGV[13]) > 0 then
  rest = math.max(rest, now + tonumber(ARGV[13]))
  redis.call('HSET', spent, 'rest', rest)
end

local function keep()
  local longest = math.max(ARGV[10], ARGV[12]) * (SLOTS + 2)
  redis.call('PEXPIRE', spent, math.ceil(math.max(longest, rest - now)))
end

local function refuse(why, wait)
  keep()
  return { why, math.max(1, math.ceil(wait)), 0, 0 }
end

if ARGV[5] == '' then keep() return { '', 0, 0, 0 } end
-- Sent again after a broken connection: it is in already.
if redis.call('ZSCORE', places, ARGV[5]) then return { '', 0, rslot, bslot } end
if rest > now then return refuse('rest', rest - now) end
redis.call('ZREMRANGEBYSCORE', places, '-inf', now)
if redis.call('ZCARD', places) >= tonumber(ARGV[7]) then return refuse('places', 0) end
local bytes = tonumber(ARGV[6])
local wait = math.max(free('r', rslot, ARGV[10], tonumber(ARGV[9]), 1), free('b', bslot, ARGV[12], tonumber(ARGV[11]), bytes))
if wait > 0 then return refuse('window', wait) end
book('r', rslot, 1)
book('b', bslot, bytes)
redis.call('ZADD', places, now + ARGV[8], ARGV[5])
redis.call('PEXPIRE', places, ARGV[8])
keep()
return { '', 0, rslot, bslot }`;

export type BudgetAnswer = [why: string, wait: number, requestSlot: number, byteSlot: number];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopBudget(spent: string, places: string, ...args: (string | number)[]): Result<BudgetAnswer, Context>;
  }
}

/** Slots a window is kept in; the script knows the same number. */
export const SLOTS = 60;

/** Length of a slot in ms: whole, because slots are numbered by it. */
export function slotLength(windowMs: number): number {
  return Math.max(1, Math.ceil(windowMs / SLOTS));
}

/** Teaches a connection the script. */
export function defineBudgetScript(redis: Redis): void {
  redis.defineCommand('bellhopBudget', { numberOfKeys: 2, lua: BUDGET });
}
