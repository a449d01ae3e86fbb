import { defineScript, type RedisScript } from "../script.ts";

/**
 * How many entries of the raw stream stand behind a cursor. Ids number the entries, so nothing is walked.
 *
 * KEYS: 1 raw stream. ARGV: 1 cursor. Result: the number.
 */
export const COUNT_RAW: RedisScript = defineScript(
  "count-raw",
  `
local wrong = require_type(KEYS[1], 'stream')
if wrong then return wrong end
local length = redis.call('XLEN', KEYS[1])
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest or not is_before(ARGV[1], newest[1]) then return 0 end
local read = redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', 1)[1]
if not read then return length end
local behind = tonumber(string.match(newest[1], '%d+$')) - tonumber(string.match(read[1], '%d+$'))
return math.max(0, math.min(length, behind))
`,
  ["no-writes"],
);
