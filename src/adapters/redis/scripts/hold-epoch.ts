import { defineScript, type RedisScript } from "../script.ts";

/**
 * Has nobody write the records of an epoch for a while; readers notice nothing. Who asks while it is held already shares
 * that hold, which then lasts for the longer of both times.
 *
 * KEYS: 1 hold. ARGV: 1 a token that no hold had, 2 how long, ms.
 * Result: the token of the hold.
 */
export const HOLD_EPOCH: RedisScript = defineScript(
  "hold-epoch",
  `
local wrong = require_type(KEYS[1], 'string')
if wrong then return wrong end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return ARGV[1] end
redis.call('PEXPIRE', KEYS[1], ARGV[2], 'GT')
return redis.call('GET', KEYS[1])
`,
);

/**
 * Ends a hold before its time. KEYS: 1 hold. ARGV: 1 its token. Result: nil.
 */
export const RELEASE_EPOCH: RedisScript = defineScript(
  "release-epoch",
  `
local wrong = require_type(KEYS[1], 'string')
if wrong then return wrong end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('UNLINK', KEYS[1]) end
return false
`,
  ["allow-oom"],
);
