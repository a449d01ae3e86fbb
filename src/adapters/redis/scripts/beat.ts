import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stores a heartbeat for a lifetime from now and announces it; the workers whose time ran out leave the index.
 *
 * KEYS: 1 heartbeat, 2 index, whose scores are the ends of lifetimes in ms.
 * ARGV: 1 worker, 2 the heartbeat as JSON, 3 lifetime in ms, 4 channel.
 * Result: nil.
 */
export const BEAT: RedisScript = defineScript(
  "beat",
  `
local wrong = require_type(KEYS[1], 'string') or require_type(KEYS[2], 'zset')
if wrong then return wrong end
local now = now_ms()
-- First, since the server may refuse it.
redis.call('PUBLISH', ARGV[4], ARGV[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
return false
`,
);
