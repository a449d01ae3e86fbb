import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Lends the dirty contracts of an epoch.
 *
 * KEYS: 1 meta data, 2 dirty contracts, 3 dirty leases, 4 the last token. ARGV: 1 how long in ms, 2 what names of lent
 * contracts begin with.
 * Result: a token that no lease had before, as text, the contracts, and the token that was lent before, empty for none.
 */
export const TAKE_DIRTY: RedisScript = defineScript(
  "take-dirty",
  `${EPOCH_LUA}
local wrong = first_wrong({KEYS[2], 'set', KEYS[3], 'zset', KEYS[4], 'string'})
if wrong then return wrong end
local life, failed = life_of(KEYS[1])
if failed then return failed end
if not string.match(redis.call('GET', KEYS[4]) or '0', '^%d%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?$') then
  return value_error(KEYS[4], 'the token of a lease')
end
if life.active then
  wrong = take_back(KEYS[2], KEYS[3], ARGV[2], life.valid_until)
  if wrong then return wrong end
end
local token = digits(redis.call('INCR', KEYS[4]))
local previous = life.active and redis.call('HGET', KEYS[1], 'lent_token') or ''
if not life.active or redis.call('EXISTS', KEYS[2]) == 0 then return {token, {}, previous} end
local lent = ARGV[2] .. token
redis.call('RENAME', KEYS[2], lent)
redis.call('ZADD', KEYS[3], string.format('%.17g', now_ms() + tonumber(ARGV[1])), token)
redis.call('PEXPIREAT', KEYS[3], digits(life.valid_until))
redis.call('HSET', KEYS[1], 'lent_token', token)
return {token, redis.call('SMEMBERS', lent), previous}
`,
);
