import { defineScript, type RedisScript } from "../script.ts";
import { CONTEXT_LUA } from "./context-lua.ts";

/**
 * Counts a spot fetch that was not answered, once per sequence of a producer.
 *
 * KEYS: 1 analytics. ARGV: 1 producer, 2 sequence.
 * Result: 1, or 0 where this sequence or a later one is stored and nothing was done.
 */
export const FAIL_SPOT_FETCH: RedisScript = defineScript(
  "fail-spot-fetch",
  `${CONTEXT_LUA}
local wrong = require_type(KEYS[1], 'hash')
if wrong then return wrong end
local stored, failed = stored_seq(KEYS[1], ARGV[1])
if failed then return failed end
if tonumber(ARGV[2]) <= stored then return 0 end
local counts = {'errors', 1}
wrong = wrong_count(KEYS[1], counts)
if wrong then return wrong end
count_all(KEYS[1], counts)
redis.call('HSET', KEYS[1], 'seq:' .. ARGV[1], ARGV[2])
return 1
`,
);
