import { defineScript, type RedisScript } from "../script.ts";

/**
 * Reads the heartbeats whose time has not run out, as of one moment.
 *
 * KEYS: 1 index. ARGV: 1 what names of heartbeats begin with.
 * Result: worker and JSON, in turn.
 */
export const READ_HEARTBEATS: RedisScript = defineScript(
  "read-heartbeats",
  `
local wrong = require_type(KEYS[1], 'zset')
if wrong then return wrong end
local beats = {}
for _, worker in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local key = ARGV[1] .. worker
  wrong = require_type(key, 'string')
  if wrong then return wrong end
  -- Its own lifetime decides: the index only names it.
  local text = redis.call('GET', key)
  if text then
    beats[#beats + 1] = worker
    beats[#beats + 1] = text
  end
end
return beats
`,
  ["no-writes"],
);
