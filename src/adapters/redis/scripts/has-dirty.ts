import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Whether an epoch has dirty contracts, those of leases that ran out among them. One that is not active leaves the list
 * of dirty epochs.
 *
 * KEYS: 1 meta data, 2 dirty contracts, 3 dirty leases, 4 dirty epochs. ARGV: 1 id, 2 what names of lent contracts begin
 * with. Result: 1 or 0.
 */
export const HAS_DIRTY: RedisScript = defineScript(
  "has-dirty",
  `${EPOCH_LUA}
local wrong = first_wrong({KEYS[2], 'set', KEYS[3], 'zset', KEYS[4], 'set'})
if wrong then return wrong end
local life, failed = life_of(KEYS[1])
if failed then return failed end
if not life.active then
  redis.call('SREM', KEYS[4], ARGV[1])
  return 0
end
wrong = take_back(KEYS[2], KEYS[3], ARGV[2], life.valid_until)
if wrong then return wrong end
return redis.call('EXISTS', KEYS[2])
`,
);
