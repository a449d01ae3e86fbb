import { defineScript, type RedisScript } from "../script.ts";
import { CONTEXT_LUA } from "./context-lua.ts";
import { PRODUCERS_LUA } from "./producers-lua.ts";

/**
 * Adds what a source counted and replaces its gauges, once per sequence of a producer.
 *
 * KEYS: 1 analytics, 2 producers, 3 when they were used.
 * ARGV: 1 producer, 2 sequence, 3 number of counters, then for each two: name, increment; 4 number of gauges that are
 * known, then for each two: name, value; then the names of those that are not.
 * Result: 1, or 0 where this sequence or a later one is stored and nothing was done.
 */
export const RECORD_SOURCE_STATUS: RedisScript = defineScript(
  "record-source-status",
  `${CONTEXT_LUA}${PRODUCERS_LUA}
local analytics, sequences, used = unpack(KEYS)
local wrong = require_type(analytics, 'hash') or require_type(sequences, 'hash') or require_type(used, 'zset')
if wrong then return wrong end
local stored, failed = sequence_of(sequences, ARGV[1])
if failed then return failed end
if tonumber(ARGV[2]) <= stored then return 0 end

local at = 3
local function take(width)
  local taken, count = {}, tonumber(ARGV[at]) * width
  for i = 1, count do taken[i] = ARGV[at + i] end
  at = at + count + 1
  return taken
end
local counts = take(2)
wrong = wrong_count(analytics, counts)
if wrong then return wrong end

count_all(analytics, counts)
redis.call('HSET', analytics, unpack(take(2)))
for i = at, #ARGV do redis.call('HDEL', analytics, ARGV[i]) end
note_sequence(sequences, used, ARGV[1], tonumber(ARGV[2]), now_ms())
return 1
`,
);
