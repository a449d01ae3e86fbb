import { defineScript, type RedisScript } from "../script.ts";

/**
 * The promotions of a symbol, as of one moment.
 *
 * KEYS: 1 timeline, 2 its meta data.
 * Result: the lines, oldest first; id and meta data, in turn, of those that were superseded.
 */
export const READ_TIMELINE: RedisScript = defineScript(
  "read-timeline",
  `
local wrong = require_type(KEYS[1], 'list') or require_type(KEYS[2], 'hash')
if wrong then return wrong end
return {redis.call('LRANGE', KEYS[1], 0, -1), redis.call('HGETALL', KEYS[2])}
`,
  ["no-writes"],
);
