import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stores a value for a lifetime from now and announces it.
 *
 * KEYS: 1 the value. ARGV: 1 its JSON, 2 lifetime in ms, 3 channel.
 * Result: nil.
 */
export const PUT_ANNOUNCED: RedisScript = defineScript(
  "put-announced",
  `
-- SET alone would replace a key of any type.
local wrong = require_type(KEYS[1], 'string')
if wrong then return wrong end
-- First, since the server may refuse it.
redis.call('PUBLISH', ARGV[3], ARGV[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
`,
);
