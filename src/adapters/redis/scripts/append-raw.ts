import { defineScript, type RedisScript } from "../script.ts";
import { PRODUCERS_LUA } from "./producers-lua.ts";

/**
 * Appends entries to the raw stream, those that are not there yet, with the counters of what they bring.
 *
 * KEYS: 1 raw stream, 2 its state, 3 producers, 4 when they were used, 5 analytics, 6 connections.
 * ARGV: 1 producer, 2 sequence of the first entry, 3 where the entries leave their connections, as JSON: name and tail
 * of each in turn, a tail being its highest epoch and the latest receipt time of that in seconds or "", with a space
 * between; 4 the control entries as JSON: their places, from 1, then their kinds, then what they tell as JSON or "", or ""
 * where all are frames; then for each entry three: receipt time in seconds or "", payload, src.
 * Result: the producer's last stored sequence, as text.
 *
 * An id is `{ms}-{n}`, ms by the server's clock, never less than that of the entry before, and n one more than that of
 * the entry before: n counts the entries ever stored, from 1, so that the distance of two entries is a subtraction.
 */
export const APPEND_RAW: RedisScript = defineScript(
  "append-raw",
  `${PRODUCERS_LUA}
local wrong = require_type(KEYS[1], 'stream') or require_type(KEYS[2], 'hash') or require_type(KEYS[3], 'hash')
  or require_type(KEYS[4], 'zset') or require_type(KEYS[5], 'hash') or require_type(KEYS[6], 'hash')
if wrong then return wrong end

local producer, first, HEAD, WIDTH = ARGV[1], tonumber(ARGV[2]), 4, 3
local stored, failed = sequence_of(KEYS[3], producer)
if failed then return failed end
local count = (#ARGV - HEAD) / WIDTH
local last = first + count - 1
if count == 0 or last <= stored then return string.format('%.0f', stored) end

local now = now_ms()
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local newest_id = newest and newest[1] or redis.call('HGET', KEYS[2], 'last_removed')
local ms, n = now, 0
if newest_id then
  local newest_ms, newest_n = split_place(newest_id)
  if not newest_ms then return value_error(newest and KEYS[1] or KEYS[2], 'places in the raw stream') end
  ms, n = math.max(now, newest_ms), newest_n
end
if not is_count(redis.call('HGET', KEYS[2], 'bytes')) then return value_error(KEYS[2], 'whole numbers') end
local sums = redis.call('HMGET', KEYS[5], 'frames', 'bytes')
if not is_count(sums[1]) or not is_count(sums[2]) then return value_error(KEYS[5], 'whole numbers') end

local controls = {}
if ARGV[4] ~= '' then
  local given = cjson.decode(ARGV[4])
  for i = 1, #given, 3 do controls[given[i]] = {given[i + 1], given[i + 2]} end
end

local skipped = math.max(0, stored + 1 - first)
local function split_tail(text)
  local epoch, seconds = string.match(text, '^(%d+) ([%d.]*)$')
  -- One without a time stands before all others.
  return tonumber(epoch), tonumber(seconds) or seconds == '' and 0 or nil
end
local function is_later(tail, before)
  if not before then return true end
  local epoch, seconds = split_tail(tail)
  local before_epoch, before_seconds = split_tail(before)
  return epoch > before_epoch or (epoch == before_epoch and seconds > before_seconds)
end
local tails = cjson.decode(ARGV[3])
-- Of a call that is stored in part only the rest counts.
if skipped > 0 then
  local latest = {}
  for place = skipped + 1, count do
    local at = HEAD + WIDTH * place - 2
    local name, epoch = string.match(ARGV[at + 2], '^(.+)/(%d+)/%d+$')
    local tail = epoch .. ' ' .. ARGV[at]
    if is_later(tail, latest[name]) then latest[name] = tail end
  end
  tails = {}
  for name, tail in pairs(latest) do tails[#tails + 1], tails[#tails + 2] = name, tail end
end
local later_tails = {}
for i = 1, #tails, 2 do
  local name, tail = tails[i], tails[i + 1]
  local before = redis.call('HGET', KEYS[6], name)
  local epoch, seconds = split_tail(before or '0 ')
  if not (epoch and seconds) then return value_error(KEYS[6], 'epochs and receipt times of connections') end
  if is_later(tail, before) then later_tails[name] = tail end
end

-- The first id is written out; behind it the server counts on within the same millisecond, which costs less.
local key, call = KEYS[1], redis.call
local id, following = string.format('%.0f-%.0f', ms, n + 1), string.format('%.0f-*', ms)
local frames, bytes, last_ts = 0, 0, ''
for place = skipped + 1, count do
  local at = HEAD + WIDTH * place - 2
  local ts, payload, src, control = ARGV[at], ARGV[at + 1], ARGV[at + 2], controls[place]
  if control then
    local fields = {'payload', payload, 'src', src, 'kind', control[1]}
    if ts ~= '' then table.insert(fields, 1, ts) table.insert(fields, 1, 'ts') end
    if control[2] ~= '' then table.insert(fields, 'info') table.insert(fields, control[2]) end
    call('XADD', key, id, unpack(fields))
  else
    frames = frames + 1
    bytes = bytes + #payload
    if ts == '' then
      call('XADD', key, id, 'payload', payload, 'src', src)
    else
      last_ts = ts
      call('XADD', key, id, 'ts', ts, 'payload', payload, 'src', src)
    end
  end
  id = following
end

for name, tail in pairs(later_tails) do redis.call('HSET', KEYS[6], name, tail) end
note_sequence(KEYS[3], KEYS[4], producer, last, now)
if frames > 0 then
  -- Somebody else may have emptied the stream.
  if not newest then redis.call('HSET', KEYS[2], 'bytes', '0') end
  redis.call('HINCRBY', KEYS[2], 'bytes', bytes)
  redis.call('HINCRBY', KEYS[5], 'frames', frames)
  redis.call('HINCRBY', KEYS[5], 'bytes', bytes)
  if last_ts ~= '' then redis.call('HSET', KEYS[5], 'last_ts', last_ts) end
end
return string.format('%.0f', last)
`,
);
