import { defineScript, type RedisScript } from "../script.ts";

/**
 * Replaces staged records, each only if its stored revision is still the one that its successor was made from.
 *
 * KEYS: 1 staged meta data, then the records.
 * ARGV: 1 token of the attempt to stage, then for each record the revision that it must have and the new JSON.
 * Result: the places, from 0, of the records that have changed and were left; nil where the attempt is over and nothing
 * was done.
 */
export const CARRY_RECORDS: RedisScript = defineScript(
  "carry-records",
  `
local FIRST_KEY, HEAD, WIDTH = 2, 1, 2
local wrong = require_type(KEYS[1], 'hash')
if wrong then return wrong end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return false end
for i = FIRST_KEY, #KEYS do
  wrong = require_type(KEYS[i], 'string')
  if wrong then return wrong end
end
local changed = {}
for i = FIRST_KEY, #KEYS do
  local place = HEAD + 1 + (i - FIRST_KEY) * WIDTH
  local head = '{"rev":' .. ARGV[place] .. ','
  if redis.call('GETRANGE', KEYS[i], 0, #head - 1) == head then
    redis.call('SET', KEYS[i], ARGV[place + 1], 'XX', 'KEEPTTL')
  else
    changed[#changed + 1] = i - FIRST_KEY
  end
end
return changed
`,
);
