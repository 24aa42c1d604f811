import type { Redis, Result } from 'ioredis';

/**
 * A record is stored as `<stamp> <JSON>`. The stamp is new with every write: a script that is sent again, because the
 * connection broke before its answer came, finds its own stamp and knows that its work is done.
 *
 * Every script ends with its events: a change and what happened are saved together or not at all.
 */
const APPEND_EVENTS = `
local function append(stream, from)
  for at = from, #ARGV do redis.call('XADD', stream, 'MAXLEN', '~', 1000000, '*', 'e', ARGV[at]) end
end`;

/** KEYS: hash, stream. ARGV: field, former record ('' when there is none), new record, event... Answers 1, or 0 on a conflict. */
const CHANGE_RECORD = `${APPEND_EVENTS}
local current = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if current == ARGV[3] then return 1 end
if current ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
append(KEYS[2], 4)
return 1`;

/**
 * KEYS: hash of users, list of the batch, stream. ARGV: number of users, then address and record of each, then event...
 * Answers the records of users that are there already.
 */
const ADD_USERS = `${APPEND_EVENTS}
local known, last = {}, 1 + 2 * tonumber(ARGV[1])
for at = 2, last, 2 do
  local current = redis.call('HGET', KEYS[1], ARGV[at])
  if not current then
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
    redis.call('RPUSH', KEYS[2], ARGV[at])
  elseif current ~= ARGV[at + 1] then
    known[#known + 1] = current
  end
end
append(KEYS[3], last + 1)
return known`;

/** KEYS: hash, stream. ARGV: field, value, event... Sets without comparing, for values only one writer has. */
const PUT_VALUE = `${APPEND_EVENTS}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
append(KEYS[2], 3)
return 1`;

/** KEYS: stream. ARGV: event... */
const PUBLISH = `${APPEND_EVENTS}
append(KEYS[1], 1)
return 1`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopChangeRecord(
      hash: string,
      stream: string,
      field: string,
      former: string,
      next: string,
      ...events: string[]
    ): Result<number, Context>;
    bellhopAddUsers(
      users: string,
      list: string,
      stream: string,
      count: number,
      ...rest: string[]
    ): Result<string[], Context>;
    bellhopPutValue(
      hash: string,
      stream: string,
      field: string,
      value: string,
      ...events: string[]
    ): Result<number, Context>;
    bellhopPublish(stream: string, ...events: string[]): Result<number, Context>;
  }
}

/** Teaches a connection these scripts; they are sent once and run by their hash afterwards. */
export function defineRecordScripts(redis: Redis): void {
  redis.defineCommand('bellhopChangeRecord', { numberOfKeys: 2, lua: CHANGE_RECORD });
  redis.defineCommand('bellhopAddUsers', { numberOfKeys: 3, lua: ADD_USERS });
  redis.defineCommand('bellhopPutValue', { numberOfKeys: 2, lua: PUT_VALUE });
  redis.defineCommand('bellhopPublish', { numberOfKeys: 1, lua: PUBLISH });
}
