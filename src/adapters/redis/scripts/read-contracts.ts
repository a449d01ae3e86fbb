import { defineScript, type RedisScript } from "../script.ts";

/**
 * Reads contracts of a chain.
 *
 * KEYS: the contracts.
 * Result: the text of each, nil where there is none. MGET answers nil for a key of another type, too: that is an error.
 */
export const READ_CONTRACTS: RedisScript = defineScript(
  "read-contracts",
  `
local texts = redis.call('MGET', unpack(KEYS))
for i, key in ipairs(KEYS) do
  local wrong = not texts[i] and require_type(key, 'string')
  if wrong then return wrong end
end
return texts
`,
  ["no-writes"],
);
