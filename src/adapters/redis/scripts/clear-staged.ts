import { defineScript, type RedisScript } from "../script.ts";

/**
 * Removes some of the records that an earlier attempt staged.
 *
 * KEYS: 1 staged meta data, 2 contracts.
 * ARGV: 1 token of the attempt, 2 what names of records begin with, 3 how many.
 * Result: the number of those left; 0, too, where the attempt is over.
 */
export const CLEAR_STAGED: RedisScript = defineScript(
  "clear-staged",
  `
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'set')
if wrong then return wrong end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
for _, contract in ipairs(redis.call('SPOP', KEYS[2], ARGV[3])) do redis.call('UNLINK', ARGV[2] .. contract) end
return redis.call('SCARD', KEYS[2])
`,
);
