import { defineScript, type RedisScript } from "../script.ts";

/**
 * Gives the next ticket for a model.
 *
 * KEYS: 1 tickets.
 * Result: a number above all before.
 */
export const TAKE_TICKET: RedisScript = defineScript(
  "take-ticket",
  `
local wrong = require_type(KEYS[1], 'hash')
if wrong then return wrong end
if not is_count(redis.call('HGET', KEYS[1], 'last')) then return value_error(KEYS[1], 'the number of a ticket') end
return redis.call('HINCRBY', KEYS[1], 'last', 1)
`,
);
