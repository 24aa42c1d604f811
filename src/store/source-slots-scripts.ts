/*
 * The clock of all scripts is Redis' own. A learned cap is kept as { cap, at, rest, said }: `cap` connections were there
 * when the server refused one more at `at`; one more is tried each probe interval after it. `rest`: nobody before then.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function known(field, probe, memory)
  local text = redis.call('HGET', KEYS[1], field)
  if not text then return nil end
  local row = cjson.decode(text)
  if math.max(row.at, row.rest) + memory < now then redis.call('HDEL', KEYS[1], field) return nil end
  if row.cap > 0 then row.now = row.cap + math.floor((now - row.at) / probe) end
  return row
end`;

/*
 * KEYS: what was learned, then the places of each scope (zset; member: holder).
 * ARGV: holder, prefix of the keys that say which processes are alive, probe interval, memory, then field and preset cap
 * (0: none) of each scope. Answers { 0 (entered), or ms to wait (negative: no place, ask soon); the scope that is full }.
 */
export const ENTER_SOURCE = `${NOW}
for i = 2, #KEYS do
  local cap = tonumber(ARGV[2 * i + 2])
  local row = known(ARGV[2 * i + 1], tonumber(ARGV[3]), tonumber(ARGV[4]))
  if row and row.rest > now then return { row.rest - now, i - 1 } end
  if row and row.now and (cap == 0 or row.now < cap) then cap = row.now end
  if cap > 0 and redis.call('ZCARD', KEYS[i]) >= cap then
    for _, place in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do
      if redis.call('EXISTS', ARGV[2] .. string.sub(place, 1, 36)) == 0 then redis.call('ZREM', KEYS[i], place) end
    end
    if redis.call('ZCARD', KEYS[i]) >= cap then return { -1, i - 1 } end
  end
end
for i = 2, #KEYS do
  redis.call('ZADD', KEYS[i], now, ARGV[1])
  redis.call('PEXPIRE', KEYS[i], 604800000)
end
return { 0, 0 }`;

/*
 * KEYS as above, then the mailbox that was refused last. ARGV: the scope that is full (1: the endpoint, 2: the login, 0: none, the server is busy), probe interval,
 * memory, rest, the server's words, holder, then the field of each scope. Answers ms nobody tries again, or 0.
 * The place is left in the same step: of ten refused at once each sees one less.
 * A mailbox of an administrator that is refused may be full by itself: its owner's own programs are connected. The
 * administrator's cap is lowered when another mailbox is refused shortly after.
 */
export const REFUSED_BY_SOURCE = `${NOW}
local scope, probe, memory, rest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function write(field, row)
  redis.call('HSET', KEYS[1], field, cjson.encode({ cap = row.cap, at = row.at, rest = row.rest, said = ARGV[5] }))
  redis.call('PEXPIRE', KEYS[1], memory * 2)
end
local function lower(i)
  local others = redis.call('ZCARD', KEYS[i + 1])
  local row = known(ARGV[6 + i], probe, memory)
  local cap = math.max(1, others)
  if row and row.now and row.now < cap then cap = row.now end
  write(ARGV[6 + i], { cap = cap, at = now, rest = others > 0 and 0 or now + rest })
  return others > 0 and 0 or rest
end
local function pause(i)
  local row = known(ARGV[6 + i], probe, memory) or { cap = 0, at = now }
  write(ARGV[6 + i], { cap = row.cap, at = row.at, rest = now + rest })
  return rest
end
local own, suspect = #KEYS - 2, KEYS[#KEYS]
for i = 1, own do redis.call('ZREM', KEYS[i + 1], ARGV[6]) end
if scope == 0 then return pause(own) end
if scope == 1 or own == 2 then return lower(scope) end
if redis.call('ZCARD', KEYS[own + 1]) > 0 then return lower(own) end
local before = redis.call('GET', suspect)
redis.call('SET', suspect, ARGV[6 + own], 'PX', rest * 2)
if before and before ~= ARGV[6 + own] then return lower(2) end
return pause(own)`;

/** KEYS: what was learned. ARGV: probe interval, memory. Answers each cap as JSON. */
export const LEARNED_CAPS = `${NOW}
local found = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  local row = known(field, tonumber(ARGV[1]), tonumber(ARGV[2]))
  if row and row.now then
    local scope = cjson.decode(field)
    found[#found + 1] = cjson.encode({ kind = scope[1], name = scope[2], connections = row.now, learnedAt = row.at, said = row.said })
  end
end
return found`;
