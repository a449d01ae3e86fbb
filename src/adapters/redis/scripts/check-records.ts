import { defineScript, type RedisScript } from "../script.ts";

/**
 * Looks why records were not found: contracts that an epoch does not have are none of its; for one that it has, a key
 * without a record is an error.
 *
 * KEYS: 1 contracts, then the records. ARGV: the contract of each. Result: nil.
 */
export const CHECK_RECORDS: RedisScript = defineScript(
  "check-records",
  `
local wrong = require_type(KEYS[1], 'set')
if wrong then return wrong end
for i, contract in ipairs(ARGV) do
  local key = KEYS[i + 1]
  if redis.call('SISMEMBER', KEYS[1], contract) == 1 then
    wrong = require_type(key, 'string')
    if wrong then return wrong end
    if redis.call('EXISTS', key) == 0 then return value_error(key, 'a contract record') end
  end
end
return false
`,
  ["no-writes"],
);
