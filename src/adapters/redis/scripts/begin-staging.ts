import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Begins to stage an epoch. What was staged under its id cannot be promoted any more, and other attempts to stage it end.
 *
 * KEYS: 1 meta data, 2 staged meta data, 3 contracts, 4 dirty contracts, 5 had streamed updates.
 * ARGV: 1 token of the attempt, 2 end of its validity in ms.
 * Result: the number of contracts that were staged before and have to be cleared, or -1 where the epoch was promoted.
 */
export const BEGIN_STAGING: RedisScript = defineScript(
  "begin-staging",
  `${EPOCH_LUA}
local wrong = first_wrong({KEYS[1], 'hash', KEYS[2], 'hash', KEYS[3], 'set', KEYS[4], 'set', KEYS[5], 'string'})
if wrong then return wrong end
if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
redis.call('UNLINK', KEYS[2], KEYS[4], KEYS[5])
redis.call('HSET', KEYS[2], 'token', ARGV[1])
-- A draft past its validity still clears what was staged before it.
redis.call('PEXPIREAT', KEYS[2], digits(math.max(tonumber(ARGV[2]), now_ms() + 60000)))
return redis.call('SCARD', KEYS[3])
`,
);
