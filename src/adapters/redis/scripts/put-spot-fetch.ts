import { defineScript, type RedisScript } from "../script.ts";
import { CONTEXT_LUA } from "./context-lua.ts";

const MAX_TRAIL = 300;

/**
 * Stores a fetch of spot values: those that are not older than what stands there, the map of all, the trails, the log,
 * the counts and the announcements, once per sequence of a producer.
 *
 * KEYS: 1 analytics, 2 log of fetches, 3 map of all, 4 symbols.
 * ARGV: 1 producer, 2 sequence, 3 what names of values begin with, 4 what names of trails begin with, 5 channel, 6 fetches
 * to keep, about, 7 receipt time for the log in seconds, 8 the same for the analytics, 9 payload, 10 size of the payload,
 * 11 errors, 12 latency in ms, empty where it is not known, then for each value five: symbol, its time in ns, receipt
 * time in seconds, member of the trail, JSON.
 * Result: how many values were older, or -1 where this sequence or a later one is stored and nothing was done.
 *
 * The map is put together from the texts of all symbols: what decodes and encodes JSON here would lose digits.
 */
export const PUT_SPOT_FETCH: RedisScript = defineScript(
  "put-spot-fetch",
  `${CONTEXT_LUA}
local HEAD, WIDTH = 12, 5
local analytics, log, map, index = unpack(KEYS)
local value_prefix, trail_prefix = ARGV[3], ARGV[4]
local wrong = require_type(analytics, 'hash') or require_type(log, 'stream') or require_type(map, 'string')
  or require_type(index, 'set')
if wrong then return wrong end
local stored, failed = stored_seq(analytics, ARGV[1])
if failed then return failed end
if tonumber(ARGV[2]) <= stored then return -1 end

local counts = {'frames', 1, 'bytes', ARGV[10], 'errors', ARGV[11]}
local symbols, is_known = redis.call('SMEMBERS', index), {}
for _, symbol in ipairs(symbols) do is_known[symbol] = true end
for i = HEAD + 1, #ARGV, WIDTH do
  local symbol = ARGV[i]
  if not is_known[symbol] then
    is_known[symbol] = true
    symbols[#symbols + 1] = symbol
  end
  counts[#counts + 1] = 'frames:' .. symbol
  counts[#counts + 1] = 1
  wrong = wrong or require_type(trail_prefix .. symbol, 'zset')
end
wrong = wrong or wrong_count(analytics, counts)
if wrong then return wrong end

local texts, times = {}, {}
for _, symbol in ipairs(symbols) do
  local key = value_prefix .. symbol
  wrong = require_type(key, 'string')
  if wrong then return wrong end
  local text = redis.call('GET', key)
  if text then
    local is_json, value = pcall(cjson.decode, text)
    local time = is_json and type(value) == 'table' and value.as_of_ns
    if type(time) ~= 'string' or not string.match(time, '^[1-9]%d*$') then return value_error(key, 'a spot value') end
    texts[symbol], times[symbol] = text, time
  end
end

local stale, fresh = 0, {}
for i = HEAD + 1, #ARGV, WIDTH do
  local symbol, time, ts, member, text = unpack(ARGV, i, i + WIDTH - 1)
  local before = times[symbol]
  -- Without leading zeros a longer text is a later time.
  if before and (#time < #before or (#time == #before and time < before)) then
    stale = stale + 1
  else
    texts[symbol], times[symbol] = text, time
    fresh[#fresh + 1] = {symbol = symbol, ts = ts, member = member, text = text}
  end
end

for _, value in ipairs(fresh) do redis.call('PUBLISH', ARGV[5], value.text) end
-- Nothing below fails: from here on everything is written.
count_all(analytics, counts)
redis.call('XADD', log, 'MAXLEN', '~', ARGV[6], '*', 'ts', ARGV[7], 'payload', ARGV[9])
for _, value in ipairs(fresh) do
  redis.call('SET', value_prefix .. value.symbol, value.text)
  redis.call('SADD', index, value.symbol)
  add_point(trail_prefix .. value.symbol, value.ts, value.member, ${MAX_TRAIL})
end
if #fresh > 0 then
  table.sort(symbols)
  local entries = {}
  for _, symbol in ipairs(symbols) do
    if texts[symbol] then entries[#entries + 1] = '"' .. symbol .. '":' .. texts[symbol] end
  end
  redis.call('SET', map, '{' .. table.concat(entries, ',') .. '}')
end
redis.call('HSET', analytics, 'last_ts', ARGV[8], 'latency_last_ms', ARGV[12], 'seq:' .. ARGV[1], ARGV[2])
if ARGV[12] == '' then redis.call('HDEL', analytics, 'latency_last_ms') end
return stale
`,
);
