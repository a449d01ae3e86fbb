import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Ends a lease of dirty contracts with its work done. An active epoch with nothing left to do becomes a clean one.
 *
 * KEYS: 1 meta data, 2 dirty contracts, 3 dirty leases, 4 dirty epochs, 5 clean epochs. ARGV: 1 id, 2 token, 3 what names
 * of lent contracts begin with.
 * Result: 1, or 0 where the lease is not there any more.
 */
export const SETTLE_DIRTY: RedisScript = defineScript(
  "settle-dirty",
  `${EPOCH_LUA}
local wrong = first_wrong({KEYS[2], 'set', KEYS[3], 'zset', KEYS[4], 'set', KEYS[5], 'set'})
if wrong then return wrong end
local life, failed = life_of(KEYS[1])
if failed then return failed end
if not life.readable then return 0 end
wrong = take_back(KEYS[2], KEYS[3], ARGV[3], life.valid_until)
if wrong then return wrong end
if redis.call('ZREM', KEYS[3], ARGV[2]) == 0 then return 0 end
redis.call('UNLINK', ARGV[3] .. ARGV[2])
if life.active and redis.call('EXISTS', KEYS[2], KEYS[3]) == 0 then
  redis.call('SREM', KEYS[4], ARGV[1])
  redis.call('SADD', KEYS[5], ARGV[1])
end
return 1
`,
);
