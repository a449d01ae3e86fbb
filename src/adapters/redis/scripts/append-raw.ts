import { defineScript } from "../script.ts";

/**
 * Appends entries to the raw stream, those that are not there yet, with the counters of what they bring.
 *
 * KEYS: 1 raw stream, 2 its state, 3 producers, 4 when they were used, 5 analytics.
 * ARGV: 1 producer, 2 sequence of the first entry, 3 receipt time of the last frame in seconds or "", then for each entry
 * four: receipt time in seconds or "", payload, src, "" for a frame or `{kind}` or `{kind}\n{info as JSON}`.
 * Result: the producer's last stored sequence, as text.
 *
 * An id is `{ms}-{n}`, ms by the server's clock, never less than that of the entry before, and n one more than that of
 * the entry before: n counts the entries ever stored, from 1, so that the distance of two entries is a subtraction.
 */
export const APPEND_RAW = defineScript(
  "append-raw",
  `
local wrong = require_type(KEYS[1], 'stream') or require_type(KEYS[2], 'hash') or require_type(KEYS[3], 'hash')
  or require_type(KEYS[4], 'zset') or require_type(KEYS[5], 'hash')
if wrong then return wrong end

local producer, first, HEAD, WIDTH = ARGV[1], tonumber(ARGV[2]), 3, 4
local stored = tonumber(redis.call('HGET', KEYS[3], producer) or '0')
if not stored then return value_error(KEYS[3], 'sequences of producers') end
local count = (#ARGV - HEAD) / WIDTH
local last = first + count - 1
if count == 0 or last <= stored then return string.format('%.0f', stored) end

local now = now_ms()
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local newest_id = newest and newest[1] or redis.call('HGET', KEYS[2], 'last_removed')
local ms, n = now, 0
if newest_id then
  local newest_ms, newest_n = string.match(newest_id, '^(%d+)-(%d+)$')
  if not newest_ms then return value_error(KEYS[2], 'places in the raw stream') end
  ms, n = math.max(now, tonumber(newest_ms)), tonumber(newest_n)
end

local key, frames, bytes = KEYS[1], 0, 0
for i = HEAD + WIDTH * math.max(0, stored + 1 - first) + 1, #ARGV, WIDTH do
  local ts, payload, src, control = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  n = n + 1
  local id = string.format('%.0f-%.0f', ms, n)
  if control == '' then
    frames = frames + 1
    bytes = bytes + #payload
    if ts == '' then
      redis.call('XADD', key, id, 'payload', payload, 'src', src)
    else
      redis.call('XADD', key, id, 'ts', ts, 'payload', payload, 'src', src)
    end
  else
    local fields = {'payload', payload, 'src', src}
    local kind, info = string.match(control, '^([^\\n]*)\\n?(.*)$')
    if ts ~= '' then table.insert(fields, 1, ts) table.insert(fields, 1, 'ts') end
    table.insert(fields, 'kind') table.insert(fields, kind)
    if info ~= '' then table.insert(fields, 'info') table.insert(fields, info) end
    redis.call('XADD', key, id, unpack(fields))
  end
end

redis.call('HSET', KEYS[3], producer, string.format('%.0f', last))
redis.call('ZADD', KEYS[4], now, producer)
local WEEK_MS = 604800000
for _, name in ipairs(redis.call('ZRANGE', KEYS[4], '-inf', now - WEEK_MS, 'BYSCORE', 'LIMIT', 0, 10)) do
  redis.call('HDEL', KEYS[3], name)
  redis.call('ZREM', KEYS[4], name)
end
redis.call('PEXPIRE', KEYS[3], WEEK_MS)
redis.call('PEXPIRE', KEYS[4], WEEK_MS)
if frames > 0 then
  redis.call('HINCRBY', KEYS[2], 'bytes', bytes)
  redis.call('HINCRBY', KEYS[5], 'frames', frames)
  redis.call('HINCRBY', KEYS[5], 'bytes', bytes)
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[5], 'last_ts', ARGV[3]) end
end
return string.format('%.0f', last)
`,
);
