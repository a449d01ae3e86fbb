import { defineScript, type RedisScript } from "../script.ts";

/**
 * Extends a lease, or gives it up, if it is current.
 *
 * KEYS: 1 hydrator of the partition. ARGV: 1 token, 2 life from now in ms, "" to give it up.
 * Result: 1 where the lease was current, 0 where it was not.
 */
export const KEEP_LEASE: RedisScript = defineScript(
  "keep-lease",
  `
local wrong = require_type(KEYS[1], 'hash')
if wrong then return wrong end
local held = redis.call('HMGET', KEYS[1], 'owner', 'token')
if not held[1] or held[2] ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], 'owner', 'lease_until')
else
  redis.call('HSET', KEYS[1], 'lease_until', string.format('%.0f', now_ms() + tonumber(ARGV[2])))
end
return 1
`,
  // Who owns a partition must not depend on room.
  ["allow-oom"],
);
