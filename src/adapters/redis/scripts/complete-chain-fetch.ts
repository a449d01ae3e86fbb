import { defineScript, type RedisScript } from "../script.ts";
import { CONTEXT_LUA } from "./context-lua.ts";

const MAX_TRAIL = 1_000;

/**
 * Ends a chain fetch that was answered: its snapshot, the counts, the trails and the announcement, once per sequence of a
 * producer.
 *
 * KEYS: 1 analytics, 2 health, 3 latest snapshot, then the trails of the figures that are known.
 * ARGV: 1 producer, 2 sequence, 3 symbol, 4 health class, 5 receipt time in seconds, 6 latency in ms, 7 contracts,
 * 8 failed tries to store this before, 9 `1` where the agreed limits were missed else `0`, 10 `1` where an epoch was made
 * active else `0`, 11 `1` where one of the same geometry was else `0`, 12 snapshot as JSON, 13 channel, 14 announcement,
 * then the member of each trail.
 * Result: 1, or 0 where this sequence or a later one is stored and nothing was done.
 */
export const COMPLETE_CHAIN_FETCH: RedisScript = defineScript(
  "complete-chain-fetch",
  `${CONTEXT_LUA}
local FIXED, HEAD = 3, 14
local analytics, health, latest = KEYS[1], KEYS[2], KEYS[3]
local wrong = require_type(analytics, 'hash') or require_type(health, 'hash') or require_type(latest, 'string')
for i = FIXED + 1, #KEYS do wrong = wrong or require_type(KEYS[i], 'zset') end
if wrong then return wrong end
local stored, failed = stored_seq(analytics, ARGV[1])
if failed then return failed end
if tonumber(ARGV[2]) <= stored then return 0 end
local counts, health_counts = {
  'runs', 1, 'errors', 0, 'total_snapshots', 1, 'total_contracts', ARGV[7], 'total_fetch_latency_ms', ARGV[6],
  'publish_success', 1, 'publish_failures', ARGV[8], 'sla_violations', ARGV[9], 'promotions', ARGV[10],
  'forced_promotions', ARGV[11]
}, {ARGV[4], 1}
wrong = wrong_count(analytics, counts) or wrong_count(health, health_counts)
if wrong then return wrong end

redis.call('PUBLISH', ARGV[13], ARGV[14])
-- Nothing below fails: from here on everything is written.
count_all(analytics, counts)
count_all(health, health_counts)
redis.call('HSET', health, ARGV[3] .. ':last', ARGV[4])
redis.call('SET', latest, ARGV[12])
for i = FIXED + 1, #KEYS do add_point(KEYS[i], ARGV[5], ARGV[HEAD + i - FIXED], ${MAX_TRAIL}) end
redis.call('HSET', analytics, 'last_snapshot_ts', ARGV[5], 'latency_last_ms', ARGV[6], 'seq:' .. ARGV[1], ARGV[2])
return 1
`,
);
