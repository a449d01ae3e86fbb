import { defineScript, type RedisScript } from "../script.ts";
import { CONTEXT_LUA } from "./context-lua.ts";

/**
 * Counts a chain fetch that was not answered, once per sequence of a producer.
 *
 * KEYS: 1 analytics, 2 health. ARGV: 1 producer, 2 sequence, 3 symbol.
 * Result: 1, or 0 where this sequence or a later one is stored and nothing was done.
 */
export const FAIL_CHAIN_FETCH: RedisScript = defineScript(
  "fail-chain-fetch",
  `${CONTEXT_LUA}
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'hash')
if wrong then return wrong end
local stored, failed = stored_seq(KEYS[1], ARGV[1])
if failed then return failed end
if tonumber(ARGV[2]) <= stored then return 0 end
local counts, health_counts = {'runs', 1, 'errors', 1}, {'error', 1}
wrong = wrong_count(KEYS[1], counts) or wrong_count(KEYS[2], health_counts)
if wrong then return wrong end
count_all(KEYS[1], counts)
count_all(KEYS[2], health_counts)
redis.call('HSET', KEYS[2], ARGV[3] .. ':last', 'error')
redis.call('HSET', KEYS[1], 'seq:' .. ARGV[1], ARGV[2])
return 1
`,
);
