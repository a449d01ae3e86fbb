import { defineScript, type RedisScript } from "../script.ts";

/**
 * Stores a model for a lifetime from now and announces it, unless one of a later ticket was stored before.
 *
 * KEYS: 1 the model, 2 tickets. ARGV: 1 its JSON, 2 lifetime in ms, 3 channel, 4 the field of its ticket, 5 the ticket,
 * empty for a new one.
 * Result: 1, or 0 where the ticket is too old, or none of those that were given.
 */
export const PUT_MODEL: RedisScript = defineScript(
  "put-model",
  `
local wrong = require_type(KEYS[1], 'string') or require_type(KEYS[2], 'hash')
if wrong then return wrong end
local known = redis.call('HMGET', KEYS[2], 'last', ARGV[4])
if not is_count(known[1]) or not is_count(known[2]) then return value_error(KEYS[2], 'the number of a ticket') end
local ticket = tonumber(ARGV[5])
-- Past the last one there is none, unless they were lost: it would keep out all that are given from now on.
if ticket and (ticket < tonumber(known[2] or 0) or ticket > tonumber(known[1] or 0)) then return 0 end
-- First, since the server may refuse it.
redis.call('PUBLISH', ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[4], ticket and ARGV[5] or redis.call('HINCRBY', KEYS[2], 'last', 1))
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
);
