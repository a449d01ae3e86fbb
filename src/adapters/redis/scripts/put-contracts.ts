import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stores contracts of a chain, each for a lifetime from now; the later of two with one key.
 *
 * KEYS: the contracts. ARGV: 1 lifetime in ms, then the text of each.
 * Result: nil.
 */
export const PUT_CONTRACTS: RedisScript = defineScript(
  "put-contracts",
  `
-- SET alone would replace a key of any type.
for _, key in ipairs(KEYS) do
  local wrong = require_type(key, 'string')
  if wrong then return wrong end
end
for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i + 1], 'PX', ARGV[1]) end
return false
`,
);
