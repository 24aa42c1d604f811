import type { Redis, Result } from 'ioredis';
import { TALLY_LISTS, type TallyStep } from '../engine/domain/batch-tally.ts';
import type { BatchName } from '../engine/domain/ids.ts';
import { KEY } from './keys.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopSaveUser(...args: string[]): Result<number, Context>;
    bellhopSaveUsers(...args: string[]): Result<number[] | number, Context>;
    bellhopAddUsers(...args: string[]): Result<(string | null)[] | number, Context>;
    bellhopRemoveUser(...args: string[]): Result<number, Context>;
    bellhopReadTally(...args: string[]): Result<TallyRows | null, Context>;
    bellhopBeginTally(...args: string[]): Result<string, Context>;
    bellhopBuildTally(...args: string[]): Result<number, Context>;
  }
}

/** What the reading script answers: amounts, latest sync, oldest equal time, how many are followed, progress of the running, failed users, users and progress there are. */
export type TallyRows = readonly [
  amounts: readonly string[],
  synced: readonly string[],
  equal: readonly string[],
  followed: number,
  running: readonly (string | null)[],
  failed: readonly (string | null)[],
  users: number,
  progress: number,
];

const LISTS = TALLY_LISTS.length;

// A step is applied to the sums of the batch: a count of amounts and their pairs, a count of places and their triples.
const APPLY = `
local function add(tally, name, amount)
  if redis.call('HINCRBY', tally, name, amount) == 0 then redis.call('HDEL', tally, name) end
end
local function place(lists, at)
  local list, score, member = KEYS[lists + tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2]
  if score == '' then redis.call('ZREM', list, member) else redis.call('ZADD', list, score, member) end
end
local function apply(tally, lists, at)
  for i = 1, tonumber(ARGV[at]) do add(tally, ARGV[at + i * 2 - 1], ARGV[at + i * 2]) end
  at = at + 1 + tonumber(ARGV[at]) * 2
  for i = 1, tonumber(ARGV[at]) do place(lists, at + i * 3 - 2) end
  return at + 1 + tonumber(ARGV[at]) * 3
end
local function ready(tally) return redis.call('HGET', tally, '.state') == ARGV[1] end
local function isStill(hash, field, value) return (redis.call('HGET', hash, field) or '') == value end
`;

/*
 * User, progress, sums and events change together, when user and progress still are what the step was computed from.
 * KEYS: users, progress, tally, events, lists. ARGV: state, address, user and progress before, user and progress after,
 * step, events. Answers 1, 0 when something changed meanwhile, -1 when there are no sums yet.
 */
const SAVE_USER = `${APPLY}
if not ready(KEYS[3]) then return -1 end
if not isStill(KEYS[1], ARGV[2], ARGV[3]) or not isStill(KEYS[2], ARGV[2], ARGV[4]) then return 0 end
if ARGV[5] ~= ARGV[3] then redis.call('HSET', KEYS[1], ARGV[2], ARGV[5]) end
if ARGV[6] ~= ARGV[4] then redis.call('HSET', KEYS[2], ARGV[2], ARGV[6]) end
for i = apply(KEYS[3], 4, 7), #ARGV do redis.call('XADD', KEYS[4], '*', 'event', ARGV[i]) end
return 1`;

/*
 * The same for many users whose progress stays, each for itself; their sums are written once. ARGV: state, then of each
 * user: address, user and progress before, user after, step, count of events, events. Answers 1 or 0 for each, or -1.
 */
const SAVE_USERS = `${APPLY}
if not ready(KEYS[3]) then return -1 end
local done, sums, i = {}, {}, 2
while i <= #ARGV do
  local isSame = isStill(KEYS[1], ARGV[i], ARGV[i + 1]) and isStill(KEYS[2], ARGV[i], ARGV[i + 2])
  if isSame then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 3]) end
  local at = i + 4
  for n = 1, tonumber(ARGV[at]) do
    local name = ARGV[at + n * 2 - 1]
    if isSame then sums[name] = (sums[name] or 0) + tonumber(ARGV[at + n * 2]) end
  end
  at = at + 1 + tonumber(ARGV[at]) * 2
  for n = 1, tonumber(ARGV[at]) do
    if isSame then place(4, at + n * 3 - 2) end
  end
  at = at + 1 + tonumber(ARGV[at]) * 3
  for n = 1, tonumber(ARGV[at]) do
    if isSame then redis.call('XADD', KEYS[4], '*', 'event', ARGV[at + n]) end
  end
  i = at + 1 + tonumber(ARGV[at])
  done[#done + 1] = isSame and 1 or 0
end
for name, amount in pairs(sums) do add(KEYS[3], name, string.format('%.0f', amount)) end
return done`;

// KEYS: users, progress, tally, events, lists, order, hashes by address. ARGV: state, address, user and progress before, step, events.
// An address is in the order once: the search ends there, which is soon when a batch is removed from its beginning.
const REMOVE_USER = `${APPLY}
if not ready(KEYS[3]) then return -1 end
if not isStill(KEYS[1], ARGV[2], ARGV[3]) or not isStill(KEYS[2], ARGV[2], ARGV[4]) then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('LREM', KEYS[${LISTS + 5}], 1, ARGV[2])
for i = ${LISTS + 6}, #KEYS do redis.call('HDEL', KEYS[i], ARGV[2]) end
for i = apply(KEYS[3], 4, 5), #ARGV do redis.call('XADD', KEYS[4], '*', 'event', ARGV[i]) end
return 1`;

// An address belongs to one batch. KEYS: users, progress, tally, order, lists. ARGV: state, then address, user, step of each.
// Answers the users that were there.
const ADD_USERS = `${APPLY}
if not ready(KEYS[3]) then return -1 end
local known, i = {}, 2
while i <= #ARGV do
  local address = ARGV[i]
  local amounts = tonumber(ARGV[i + 2])
  if redis.call('HSETNX', KEYS[1], address, ARGV[i + 1]) == 1 then
    redis.call('RPUSH', KEYS[4], address)
    redis.call('HDEL', KEYS[2], address)
    known[#known + 1] = false
    i = apply(KEYS[3], 4, i + 2)
  else
    known[#known + 1] = redis.call('HGET', KEYS[1], address)
    local places = i + 3 + amounts * 2
    i = places + 1 + tonumber(ARGV[places]) * 3
  end
end
return known`;

// One moment of everything. KEYS: users, progress, tally, order, lists. ARGV: state, since when progress counts as running, sample.
const READ_TALLY = `
if redis.call('HGET', KEYS[3], '.state') ~= ARGV[1] then return false end
local amounts = redis.call('HGETALL', KEYS[3])
local running, failed = {}, {}
for _, address in ipairs(redis.call('ZRANGEBYSCORE', KEYS[7], ARGV[2], '+inf')) do
  running[#running + 1] = redis.call('HGET', KEYS[2], address)
end
for i = 1, #amounts, 2 do
  if string.sub(amounts[i], 1, 7) == 'failed:' then
    local code = string.sub(amounts[i], 8)
    local sample = redis.call('ZRANGEBYLEX', KEYS[8], '[' .. code .. '\\n', '(' .. code .. '\\11', 'LIMIT', 0, ARGV[3])
    for _, member in ipairs(sample) do
      failed[#failed + 1] = redis.call('HGET', KEYS[1], string.sub(member, #code + 2))
    end
  end
end
return { amounts, redis.call('ZREVRANGE', KEYS[5], 0, 0, 'WITHSCORES'), redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES'),
  redis.call('ZCARD', KEYS[6]), running, failed, redis.call('LLEN', KEYS[4]), redis.call('HLEN', KEYS[2]) }`;

/*
 * Whoever finds no sums begins to add them up; others join under the same id. Meanwhile nothing is written, so that all of
 * them find the same. KEYS: tally, lists. ARGV: state, prefix of the states of building, a new id. Answers the id, or ''.
 */
const BEGIN_TALLY = `
local state = redis.call('HGET', KEYS[1], '.state') or ''
if state == ARGV[1] then return '' end
if string.sub(state, 1, #ARGV[2]) == ARGV[2] then return state end
for i = 1, #KEYS do redis.call('DEL', KEYS[i]) end
redis.call('HSET', KEYS[1], '.state', ARGV[2] .. ARGV[3])
return ARGV[2] .. ARGV[3]`;

// A part of it, while it still is being built. KEYS: tally, key. ARGV: id, command, its arguments.
const BUILD_TALLY = `
if redis.call('HGET', KEYS[1], '.state') ~= ARGV[1] then return 0 end
redis.call(ARGV[2], KEYS[2], unpack(ARGV, 3))
return 1`;

/** Defines the scripts on a connection. */
export function defineTallyScripts(redis: Redis): void {
  redis.defineCommand('bellhopSaveUser', { numberOfKeys: LISTS + 4, lua: SAVE_USER });
  redis.defineCommand('bellhopSaveUsers', { numberOfKeys: LISTS + 4, lua: SAVE_USERS });
  redis.defineCommand('bellhopAddUsers', { numberOfKeys: LISTS + 4, lua: ADD_USERS });
  redis.defineCommand('bellhopRemoveUser', { numberOfKeys: LISTS + 5 + KEPT_OF_USER.length, lua: REMOVE_USER });
  redis.defineCommand('bellhopReadTally', { numberOfKeys: LISTS + 4, lua: READ_TALLY });
  redis.defineCommand('bellhopBeginTally', { numberOfKeys: LISTS + 1, lua: BEGIN_TALLY });
  redis.defineCommand('bellhopBuildTally', { numberOfKeys: 2, lua: BUILD_TALLY });
}

export function listKeys(batch: BatchName): readonly string[] {
  return TALLY_LISTS.map((list) => KEY.tallyList(batch, list));
}

/** Everything kept of one user beside itself and its progress. */
export const KEPT_OF_USER = [KEY.folders, KEY.skipped, KEY.verifications, KEY.forecasts, KEY.probes] as const;

/** A step as arguments of a script. */
export function stepArguments({ amounts, places }: TallyStep): readonly string[] {
  return [
    String(amounts.length),
    ...amounts.flatMap(([name, difference]) => [name, String(difference)]),
    String(places.length),
    ...places.flatMap(([list, score, member]) => [
      String(TALLY_LISTS.indexOf(list) + 1),
      score === undefined ? '' : String(score),
      member,
    ]),
  ];
}
