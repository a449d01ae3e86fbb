import { defineScript, type RedisScript } from "../script.ts";

/**
 * Applies a step of hydration: all of it or nothing, and only under the current lease and from the stored cursor. A step
 * that ends where it begins has only what may be stored twice.
 *
 * KEYS: 1 hydrator of the partition, 2 raw stream, 3 analytics, 4 gaps, 5 quarantine, 6 ledgers, 7 index of totals,
 * 8 index of trade streams, then for each underlying and expiration two: its trade stream, its totals.
 * ARGV: 1 token, 2 cursor before, 3 cursor behind, 4 consumer group, 5 trades to keep per stream, 6 refusals and gaps to
 * keep, 7 the effects but for prints, 8 "1" for a deferred step, then for each pair of keys its prints.
 * The effects are JSON with nothing but text in it, since numbers would lose digits: `counters` name, increment, …;
 * `ledgers` connection, JSON, …; `gaps` and `quarantine` lists of field, value, …; `sides` texts; `moments` t, and ts or
 * "", …; `tails` lists of field, value, …; `expirations`, for each pair of keys: `name`, `until` (ms, the earliest end of its
 * keys), `totals` contract, sums, …. Prints are MessagePack, nine values of each without a list around them: sym, p, s, x,
 * q, delta, "" for what is absent, and places from 1 in `sides`, `moments` and `tails`.
 * Result: `applied`, `already`, `fenced`, or `moved` and the cursor.
 */
export const COMMIT_STEP: RedisScript = defineScript(
  "commit-step",
  `
local FIXED, FIXED_ARGS = 8, 8
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'stream') or require_type(KEYS[3], 'hash')
  or require_type(KEYS[4], 'stream') or require_type(KEYS[5], 'stream') or require_type(KEYS[6], 'hash')
  or require_type(KEYS[7], 'zset') or require_type(KEYS[8], 'zset')
for i = FIXED + 1, #KEYS, 2 do
  wrong = wrong or require_type(KEYS[i], 'stream') or require_type(KEYS[i + 1], 'hash')
end
if wrong then return wrong end

local held = redis.call('HMGET', KEYS[1], 'owner', 'token', 'cursor')
if not held[1] or held[2] ~= ARGV[1] then return {'fenced'} end
local prev, next = ARGV[2], ARGV[3]
if held[3] == next and prev ~= next then return {'already'} end
if not held[3] or not split_place(held[3]) then return value_error(KEYS[1], 'a lease and a cursor') end
if held[3] ~= prev then return {'moved', held[3]} end

local effects = cjson.decode(ARGV[7])
local counters = effects.counters
for i = 1, #counters, 2 do
  if not is_count(redis.call('HGET', KEYS[3], counters[i])) then return value_error(KEYS[3], 'whole numbers') end
end

-- In parts: what a call takes is bounded by Lua's stack.
local function set_all(key, pairs_of_fields)
  for i = 1, #pairs_of_fields, 1000 do
    redis.call('HSET', key, unpack(pairs_of_fields, i, math.min(i + 999, #pairs_of_fields)))
  end
end

local function append(fields, name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

-- Nothing below fails: from here on everything is written.
local now, call = now_ms(), redis.call
local DAY_MS = 86400000
local take, sides, moments, tails = cmsgpack.unpack_limit, effects.sides, effects.moments, effects.tails
for place, expiration in ipairs(effects.expirations) do
  local stream, totals_key = KEYS[FIXED + 2 * place - 1], KEYS[FIXED + 2 * place]
  local live_until = string.format('%.0f', math.max(tonumber(expiration['until']), now + DAY_MS))
  local trades, totals = ARGV[FIXED_ARGS + place], expiration.totals
  if trades ~= '' then
    local at, sym, p, s, x, q, delta, side_at, moment, tail = 0
    -- What it answers first is where the next print begins, and -1 behind the last one.
    while at >= 0 do
      at, sym, p, s, x, q, delta, side_at, moment, tail = take(trades, 9, at)
      local side, t, ts = sides[side_at], moments[2 * moment - 1], moments[2 * moment]
      local is_whole = x ~= '' and q ~= '' and ts ~= ''
      if is_whole and delta == '' then
        call('XADD', stream, '*', 'sym', sym, 'p', p, 's', s, 'x', x, 'q', q, 't', t, 'side', side, 'ts', ts,
          unpack(tails[tail]))
      elseif is_whole then
        call('XADD', stream, '*', 'sym', sym, 'p', p, 's', s, 'x', x, 'q', q, 't', t, 'side', side, 'delta', delta,
          'ts', ts, unpack(tails[tail]))
      else
        local fields = {'sym', sym, 'p', p, 's', s, 't', t, 'side', side, unpack(tails[tail])}
        if x ~= '' then append(fields, 'x', x) end
        if q ~= '' then append(fields, 'q', q) end
        if delta ~= '' then append(fields, 'delta', delta) end
        if ts ~= '' then append(fields, 'ts', ts) end
        call('XADD', stream, '*', unpack(fields))
      end
    end
    redis.call('XTRIM', stream, 'MAXLEN', '~', ARGV[5])
    redis.call('PEXPIREAT', stream, live_until)
    redis.call('ZADD', KEYS[8], live_until, expiration.name)
  end
  if #totals > 0 then
    set_all(totals_key, totals)
    redis.call('PEXPIREAT', totals_key, live_until)
    redis.call('ZADD', KEYS[7], live_until, expiration.name)
  end
end
if #effects.expirations > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', now)
  redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', now)
end
for i = 1, #effects.gaps do redis.call('XADD', KEYS[4], '*', unpack(effects.gaps[i])) end
if #effects.gaps > 0 then redis.call('XTRIM', KEYS[4], 'MAXLEN', '~', ARGV[6]) end
for i = 1, #effects.quarantine do redis.call('XADD', KEYS[5], '*', unpack(effects.quarantine[i])) end
if #effects.quarantine > 0 then redis.call('XTRIM', KEYS[5], 'MAXLEN', '~', ARGV[6]) end
set_all(KEYS[6], effects.ledgers)
for i = 1, #counters, 2 do redis.call('HINCRBY', KEYS[3], counters[i], counters[i + 1]) end

if ARGV[8] == '' then redis.call('HSET', KEYS[1], 'state_cursor', next) end
-- Nothing new was hydrated: what is said of the last step stays, however long ago that was.
if prev == next then return {'applied'} end
local next_ms, next_n = string.match(next, '^(%d+)-(%d+)$')
local seconds = string.format('%.3f', now / 1000)
redis.call('HSET', KEYS[1], 'cursor', next, 'cursor_ts', seconds)
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local newest_n = newest and tonumber(string.match(newest[1], '%d+$')) or 0
redis.call('HSET', KEYS[3], 'last_ts', seconds,
  'lag_ms', string.format('%.0f', math.max(0, now - tonumber(next_ms))),
  'lag_entries', string.format('%.0f', math.max(0, newest_n - tonumber(next_n))))
local moved = redis.pcall('XGROUP', 'SETID', KEYS[2], ARGV[4], next, 'ENTRIESREAD', next_n)
if moved.err then redis.pcall('XGROUP', 'CREATE', KEYS[2], ARGV[4], next, 'ENTRIESREAD', next_n) end
return {'applied'}
`,
);
