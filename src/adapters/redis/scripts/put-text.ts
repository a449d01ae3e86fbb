import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stores a text for good.
 *
 * KEYS: 1 the text. ARGV: 1 what it is to be.
 * Result: nil.
 */
export const PUT_TEXT: RedisScript = defineScript(
  "put-text",
  `
-- SET alone would replace a key of any type.
local wrong = require_type(KEYS[1], 'string')
if wrong then return wrong end
redis.call('SET', KEYS[1], ARGV[1])
return false
`,
);
