import { defineScript, type RedisScript } from "../script.ts";

/**
 * Replaces the gauges of a connection, whole, for a lifetime from now; the connections whose time ran out leave the index.
 *
 * KEYS: 1 gauges, 2 index, whose scores are the ends of lifetimes in ms.
 * ARGV: 1 connection, 2 lifetime in ms, then for each gauge two: name, value.
 * Result: nil.
 */
export const PUT_CONNECTION: RedisScript = defineScript(
  "put-connection",
  `
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'zset')
if wrong then return wrong end
local now = now_ms()
redis.call('UNLINK', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
return false
`,
);
