import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stores a model for a lifetime from now and announces it.
 *
 * KEYS: 1 model. ARGV: 1 its JSON, 2 lifetime in ms, 3 channel.
 * Result: nil.
 */
export const PUT_MODEL: RedisScript = defineScript(
  "put-model",
  `
-- SET alone would replace a key of any type.
local wrong = require_type(KEYS[1], 'string')
if wrong then return wrong end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[1])
return false
`,
);
