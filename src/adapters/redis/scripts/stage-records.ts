import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stages some of the records of an epoch; nobody sees them before it is promoted. Without effect where the attempt is
 * over, or the validity of the epoch.
 *
 * KEYS: 1 staged meta data, 2 contracts, 3 dirty contracts, then the records.
 * ARGV: 1 token of the attempt, 2 end of the validity in ms, 3 what names of records begin with, then the JSON of each.
 * Result: nil.
 */
export const STAGE_RECORDS: RedisScript = defineScript(
  "stage-records",
  `
local FIRST_KEY, HEAD = 4, 3
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'set') or require_type(KEYS[3], 'set')
if wrong then return wrong end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] or now_ms() >= tonumber(ARGV[2]) then return false end
local contracts = {}
for i = FIRST_KEY, #KEYS do
  local json = ARGV[HEAD + 1 + i - FIRST_KEY]
  -- SET alone would replace a key of any type.
  if not redis.call('SET', KEYS[i], json, 'PXAT', ARGV[2], 'NX') then
    wrong = require_type(KEYS[i], 'string')
    if wrong then return wrong end
    redis.call('SET', KEYS[i], json, 'PXAT', ARGV[2])
  end
  contracts[#contracts + 1] = string.sub(KEYS[i], #ARGV[3] + 1)
end
for _, key in ipairs({KEYS[2], KEYS[3]}) do
  redis.call('SADD', key, unpack(contracts))
  redis.call('PEXPIREAT', key, ARGV[2])
end
return false
`,
);
