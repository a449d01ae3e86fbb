import { defineScript, type RedisScript } from "../script.ts";

/**
 * Ends the staging of an epoch: it can be promoted. Without effect where the attempt is over; an epoch past its validity
 * is not staged.
 *
 * KEYS: 1 staged meta data, 2 contracts, 3 dirty contracts, 4 had streamed updates.
 * ARGV: 1 token of the attempt, 2 end of its validity in ms, 3 number of contracts, then names and values of the meta data.
 * Result: nil.
 */
export const FINISH_STAGING: RedisScript = defineScript(
  "finish-staging",
  `
local HEAD = 3
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'set') or require_type(KEYS[3], 'set')
  or require_type(KEYS[4], 'string')
if wrong then return wrong end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return false end
if now_ms() >= tonumber(ARGV[2]) then
  redis.call('UNLINK', unpack(KEYS))
  return false
end
if redis.call('SCARD', KEYS[2]) ~= tonumber(ARGV[3]) then return value_error(KEYS[2], 'the contracts just staged') end
redis.call('SET', KEYS[4], '0', 'PXAT', ARGV[2])
redis.call('HSET', KEYS[1], unpack(ARGV, HEAD + 1))
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
return false
`,
);
