import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Replaces records of an epoch, each only if its stored revision is still the one that its successor was made from.
 *
 * KEYS: 1 meta data, 2 had streamed updates, 3 dirty contracts, 4 dirty epochs, 5 clean epochs, 6 active epochs, 7 hold,
 * then the records.
 * ARGV: 1 id, 2 symbol in case that there is no such epoch, 3 what names of meta data begin with, 4 what names of records
 * begin with, 5 `1` where the values were streamed else `0`, 6 `1` where the feed has just brought one of them else `0`,
 * then for each record three: the revision that it must have, the new JSON or "" to leave it as it is, `1` to mark the
 * contract as dirty else `0`.
 * Result: `done`, or where nothing was done why: the epoch is `unreadable`, `superseded`, or `held`; the id of the active epoch of the symbol or "";
 * the places, from 0, of the records that have changed or gone and were left.
 */
export const MERGE_RECORDS: RedisScript = defineScript(
  "merge-records",
  `${EPOCH_LUA}
local FIRST_KEY, HEAD, WIDTH = 8, 6, 3
local wrong = first_wrong({
  KEYS[2], 'string', KEYS[3], 'set', KEYS[4], 'set', KEYS[5], 'set', KEYS[6], 'hash', KEYS[7], 'string'
})
if wrong then return wrong end
local life, failed = life_of(KEYS[1])
if failed then return failed end
local active_id, failed_active = active_of(KEYS[6], life.symbol or ARGV[2], ARGV[3])
if failed_active then return failed_active end
if not life.readable then return {'unreadable', active_id or '', {}} end
if not life.active then return {'superseded', active_id or '', {}} end
if redis.call('EXISTS', KEYS[7]) == 1 then return {'held', active_id or '', {}} end

local call, changed, is_changed = redis.call, {}, {}
for i = FIRST_KEY, #KEYS do
  local head = '{"rev":' .. ARGV[HEAD + 1 + (i - FIRST_KEY) * WIDTH] .. ','
  local found = redis.pcall('GETRANGE', KEYS[i], 0, #head - 1)
  if type(found) == 'table' then return require_type(KEYS[i], 'string') or found end
  if found ~= head then
    changed[#changed + 1] = i - FIRST_KEY
    is_changed[i] = true
  end
end
if ARGV[6] == '1' then call('HSET', KEYS[1], 'streamed_ts', seconds_of(now_ms())) end
local dirty = {}
for i = FIRST_KEY, #KEYS do
  if not is_changed[i] then
    local place = HEAD + 1 + (i - FIRST_KEY) * WIDTH
    if ARGV[place + 1] ~= '' then call('SET', KEYS[i], ARGV[place + 1], 'XX', 'KEEPTTL') end
    if ARGV[place + 2] == '1' then dirty[#dirty + 1] = string.sub(KEYS[i], #ARGV[4] + 1) end
  end
end
if #dirty > 0 then
  local valid_until = digits(life.valid_until)
  if ARGV[5] == '1' then call('SET', KEYS[2], '1', 'PXAT', valid_until) end
  call('SADD', KEYS[3], unpack(dirty))
  call('PEXPIREAT', KEYS[3], valid_until)
  call('SADD', KEYS[4], ARGV[1])
  call('SREM', KEYS[5], ARGV[1])
end
return {'done', active_id or '', changed}
`,
);
