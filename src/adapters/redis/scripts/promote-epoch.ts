import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/** How long a superseded epoch can be read, ms. */
export const GRACE_MS = 300_000;
const META_LIFE_MS = 86_400_000;
const MAX_TIMELINE = 1_000;

/**
 * Makes a staged epoch the active one: the active id, the meta data of both, the timeline, the lists of dirty epochs and
 * the announcement, in one step. Its contracts were marked as dirty when they were staged.
 *
 * KEYS: 1 active epochs, 2 dirty epochs, 3 clean epochs, 4 timeline, 5 its meta data; of the staged epoch 6 staged meta
 * data, 7 meta data, 8 contracts, 9 dirty contracts; of the expected epoch, if one is expected, 10 contracts, 11 had
 * streamed updates, 12 dirty contracts, 13 dirty leases, 14 hold.
 * ARGV: 1 id of the staged epoch, 2 its symbol, 3 "" or "=" and the id of the expected epoch, 4 until when the records of
 * that live at least, in ms, 5 what names of meta data begin with, 6 what names of its lent contracts begin with, 7
 * channel, 8 the hold under which the values of the predecessor were carried over, 9 the token of the attempt to stage
 * that they were carried into.
 * Result: 1 element `lost`, nothing has changed; or `unprepared`, likewise, where the symbol is another, the records of
 * the predecessor do not live for as long as it must be readable, or they may have changed since their values were
 * carried over; or 3 elements, `promoted`, end of the predecessor's
 * validity before and now, in ms, both 0 where it could not be read.
 */
export const PROMOTE_EPOCH: RedisScript = defineScript(
  "promote-epoch",
  `${EPOCH_LUA}
local active, dirty_epochs, clean_epochs, timeline, timeline_meta, staged, meta, contracts, dirty = unpack(KEYS)
local next_id, symbol, meta_prefix = ARGV[1], ARGV[2], ARGV[5]
local expected = ARGV[3] ~= '' and string.sub(ARGV[3], 2)
local previous_contracts, leases, hold = KEYS[10], KEYS[13], KEYS[14]
local wrong = first_wrong({
  active, 'hash', dirty_epochs, 'set', clean_epochs, 'set', timeline, 'list', timeline_meta, 'hash', staged, 'hash',
  meta, 'hash', contracts, 'set', dirty, 'set'
})
if wrong then return wrong end
if expected then
  wrong = first_wrong({previous_contracts, 'set', leases, 'zset', hold, 'string'})
  if wrong then return wrong end
end

local fields = redis.call('HMGET', staged, 'contract_count', 'symbol', 'valid_until', 'created_ts', 'forced',
  'dormant_count')
if not fields[1] or redis.call('EXISTS', meta) == 1 then return {'lost'} end
for i = 2, 6 do
  if not fields[i] then return value_error(staged, 'meta data of an epoch') end
end
local count, valid_until, created, forced, dormant = tonumber(fields[1]), ms_of(fields[3]), fields[4], fields[5], fields[6]
if not count or not valid_until then return value_error(staged, 'meta data of an epoch') end
if fields[2] ~= symbol then return {'unprepared'} end
local now = now_ms()
if now >= valid_until then return {'lost'} end
if redis.call('SCARD', contracts) ~= count then return value_error(contracts, 'the contracts of a staged epoch') end

local last = redis.call('HGET', active, symbol)
local life = { known = false, readable = false, valid_until = 0, count = 0 }
if last then
  life, wrong = life_of(meta_prefix .. last)
  if wrong then return wrong end
end
if expected ~= last and (expected or life.readable) then return {'lost'} end

local previous_until, added, removed = life.valid_until, count, 0
if life.readable then
  previous_until = now + ${GRACE_MS}
  if previous_until > tonumber(ARGV[4]) then return {'unprepared'} end
  if ARGV[8] == '' or redis.call('GET', hold) ~= ARGV[8] or redis.call('HGET', staged, 'token') ~= ARGV[9] then return {'unprepared'} end
  local kept = redis.call('SINTERCARD', 2, contracts, previous_contracts)
  added, removed = count - kept, life.count - kept
end

-- First, since the server may refuse it.
redis.call('PUBLISH', ARGV[7], table.concat({
  '{"symbol":', cjson.encode(symbol), ',"epoch":', cjson.encode(next_id),
  ',"previous":', last and cjson.encode(last) or 'null', ',"added":', digits(added), ',"removed":', digits(removed),
  ',"forced":', forced == '1' and 'true' or 'false', '}'
}))

if life.known then
  local previous = meta_prefix .. last
  redis.call('HSET', previous, 'superseded_ts', seconds_of(now), 'valid_until', seconds_of(previous_until))
  redis.call('PEXPIREAT', previous, digits(now + ${META_LIFE_MS}))
  local known = redis.call('HMGET', previous, 'valid_until', 'superseded_ts', 'contract_count', 'streamed_ts',
    'geometry_hash')
  redis.call('HSET', timeline_meta, last, table.concat({known[1], known[2], known[3], known[4] or '', known[5] or ''}, '|'))
end
if life.readable then
  local at = digits(previous_until)
  for _, token in ipairs(redis.call('ZRANGE', leases, 0, -1)) do redis.call('PEXPIREAT', ARGV[6] .. token, at) end
  for i = 10, 13 do redis.call('PEXPIREAT', KEYS[i], at) end
  redis.call('UNLINK', hold)
end
if last then
  redis.call('SREM', dirty_epochs, last)
  redis.call('SREM', clean_epochs, last)
end

redis.call('RENAME', staged, meta)
redis.call('HDEL', meta, 'token')
redis.call('PERSIST', meta)
redis.call('HSET', active, symbol, next_id)
redis.call('SADD', count > 0 and dirty_epochs or clean_epochs, next_id)
redis.call('RPUSH', timeline, table.concat({created, next_id, 'forced=' .. forced, 'dormant=' .. dormant}, '|'))
while redis.call('LLEN', timeline) > ${MAX_TIMELINE} do
  local id = string.match(redis.call('LPOP', timeline), '^[^|]*|(.*)|forced=[01]|dormant=%d+$')
  if id then redis.call('HDEL', timeline_meta, id) end
end
return {'promoted', life.readable and digits(life.valid_until) or '0', digits(life.readable and previous_until or 0)}
`,
);
