/**
 * What scripts on epochs have in common.
 *
 * - `digits(number)`: a whole number as text; `ms_of(seconds)`, `seconds_of(ms)`: times between text and number.
 * - `life_of(meta_key)`: whether an epoch is `readable` (promoted and not past its validity) and `active` (readable and
 *   not superseded), and when its validity ends; or an error to return. An unknown epoch is neither.
 * - `active_of(active_key, symbol, meta_prefix)`: the id of the active epoch, `false`, or an error as second value.
 * - `take_back(dirty_key, leases_key, lent_prefix, valid_until)`: makes the contracts of leases that ran out dirty again.
 *   Answers an error, before it changes anything, or nil.
 * - `first_wrong({key, type, ...})`: the first error of many `require_type`.
 */
export const EPOCH_LUA = `
local function digits(number) return string.format('%.0f', number) end
local function ms_of(seconds)
  local whole, point, fraction = string.match(seconds or '', '^(%d+)(%.?)(%d*)$')
  if not whole or (point == '') ~= (fraction == '') then return nil end
  return tonumber(whole) * 1000 + tonumber(string.sub(fraction .. '000', 1, 3))
end
local function seconds_of(ms)
  local text = string.gsub(string.format('%.0f.%03.0f', math.floor(ms / 1000), ms % 1000), '%.?0+$', '', 1)
  return text
end
local function first_wrong(wanted)
  for i = 1, #wanted, 2 do
    local wrong = require_type(wanted[i], wanted[i + 1])
    if wrong then return wrong end
  end
end
local function life_of(meta_key)
  local wrong = require_type(meta_key, 'hash')
  if wrong then return nil, wrong end
  local fields = redis.call('HMGET', meta_key, 'valid_until', 'superseded_ts', 'contract_count', 'symbol')
  local valid_until, count = ms_of(fields[1] or ''), tonumber(fields[3] or '')
  if not (valid_until and count and fields[4]) then
    if redis.call('EXISTS', meta_key) == 1 then return nil, value_error(meta_key, 'meta data of an epoch') end
    return { known = false, readable = false, active = false, valid_until = 0, count = 0 }
  end
  local readable = now_ms() < valid_until
  return {
    known = true, readable = readable, active = readable and not fields[2], valid_until = valid_until, count = count,
    symbol = fields[4]
  }
end
local function active_of(active_key, symbol, meta_prefix)
  local id = redis.call('HGET', active_key, symbol)
  if not id then return false end
  local life, wrong = life_of(meta_prefix .. id)
  if wrong then return nil, wrong end
  return life.readable and id
end
local function take_back(dirty_key, leases_key, lent_prefix, valid_until)
  local tokens = redis.call('ZRANGE', leases_key, '-inf', digits(now_ms()), 'BYSCORE')
  for _, token in ipairs(tokens) do
    local wrong = require_type(lent_prefix .. token, 'set')
    if wrong then return wrong end
  end
  for _, token in ipairs(tokens) do
    redis.call('SUNIONSTORE', dirty_key, dirty_key, lent_prefix .. token)
    redis.call('UNLINK', lent_prefix .. token)
    redis.call('ZREM', leases_key, token)
  end
  -- The union has lost the lifetime.
  if #tokens > 0 then redis.call('PEXPIREAT', dirty_key, digits(valid_until)) end
end
`;
