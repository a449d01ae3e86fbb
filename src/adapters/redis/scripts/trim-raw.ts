import { defineScript, type RedisScript } from "../script.ts";

/**
 * Removes the oldest entries of the raw stream, a bounded number of them, so that nobody waits long.
 *
 * KEYS: 1 raw stream, 2 its state.
 * ARGV: 1 cursor of the slowest reader, 2 entries to keep at least, 3 bytes of payload to hold at most, 4 age in ms up to
 * which entries are kept or "", 5 how many entries to look at.
 * Result: removed, first and last id that the slowest reader had not read ("" where there is none), 1 if there is more to do.
 *
 * Entries go while the slowest reader has read them and there are too many or they are too old, and beyond that while
 * they hold too many bytes.
 */
export const TRIM_RAW: RedisScript = defineScript(
  "trim-raw",
  `
local wrong = require_type(KEYS[1], 'stream') or require_type(KEYS[2], 'hash')
if wrong then return wrong end

local slowest, keep, max_bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local oldest_ms = ARGV[4] ~= '' and now_ms() - tonumber(ARGV[4]) or 0
local length = redis.call('XLEN', KEYS[1])
local held = redis.call('HGET', KEYS[2], 'bytes')
if not is_count(held) then return value_error(KEYS[2], 'whole numbers') end
local bytes = tonumber(held or '0')
if length == 0 then
  -- Somebody else emptied the stream.
  if bytes > 0 then redis.call('HSET', KEYS[2], 'bytes', '0') end
  return {0, '', '', 0}
end

-- Ids number the entries: where the first one there does not follow the last one removed, somebody else removed what lay
-- between them, unread as far as we know. What is left is taken to be of the same size.
local _, known_n = split_place(redis.call('HGET', KEYS[2], 'last_removed') or '0-0')
local first_ms, first_n = split_place(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][1])
local _, newest_n = split_place(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1])
if known_n and first_n and newest_n and first_n > known_n + 1 and newest_n > known_n then
  bytes = math.floor(bytes * length / (newest_n - known_n))
  redis.call('HSETNX', KEYS[2], 'first_removed', string.format('%.0f-%.0f', first_ms, known_n + 1))
  redis.call('HSET', KEYS[2], 'last_removed', string.format('%.0f-%.0f', first_ms, first_n - 1),
    'bytes', string.format('%.0f', bytes))
end

local removed, first_id, last_id, unread_from, unread_to = 0, nil, nil, '', ''
local limit = tonumber(ARGV[5])
-- In small parts: only what is looked at is copied.
local done, after = false, '-'
while not done and removed < limit do
  local part = redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', 64)
  if #part == 0 then break end
  for _, entry in ipairs(part) do
    local id, fields = entry[1], entry[2]
    local read = not is_before(slowest, id)
    local old = tonumber(string.match(id, '^%d+')) < oldest_ms
    if not ((read and (length - removed > keep or old)) or bytes > max_bytes) or removed >= limit then
      done = true
      break
    end
    local payload, control = '', false
    for i = 1, #fields, 2 do
      if fields[i] == 'payload' then payload = fields[i + 1] end
      if fields[i] == 'kind' then control = true end
    end
    if not control then bytes = bytes - #payload end
    if not read then
      if unread_from == '' then unread_from = id end
      unread_to = id
    end
    first_id = first_id or id
    last_id = id
    removed = removed + 1
  end
  if last_id then after = '(' .. last_id end
end
if removed == 0 then return {0, '', '', 0} end

redis.call('XTRIM', KEYS[1], 'MAXLEN', length - removed)
if removed == length then bytes = 0 end
redis.call('HSETNX', KEYS[2], 'first_removed', first_id)
redis.call('HSET', KEYS[2], 'last_removed', last_id, 'bytes', string.format('%.0f', math.max(0, bytes)))
return {removed, unread_from, unread_to, removed >= limit and 1 or 0}
`,
  // It makes room.
  ["allow-oom"],
);
