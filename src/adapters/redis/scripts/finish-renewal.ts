import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Extends the validity of an active epoch, whose records live for as long already. Never shortens it.
 * Takes no room, so that what is there lives on when memory is full.
 *
 * KEYS: 1 meta data, 2 contracts, 3 had streamed updates, 4 dirty contracts, 5 dirty leases.
 * ARGV: 1 end of the validity in ms, 2 the same in seconds, 3 what names of lent contracts begin with.
 * Result: nil.
 */
export const FINISH_RENEWAL: RedisScript = defineScript(
  "finish-renewal",
  `${EPOCH_LUA}
local wrong = first_wrong({KEYS[2], 'set', KEYS[3], 'string', KEYS[4], 'set', KEYS[5], 'zset'})
if wrong then return wrong end
local life, failed = life_of(KEYS[1])
if failed then return failed end
if not life.active or tonumber(ARGV[1]) <= life.valid_until then return false end
for _, token in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do redis.call('PEXPIREAT', ARGV[3] .. token, ARGV[1]) end
for i = 2, 5 do redis.call('PEXPIREAT', KEYS[i], ARGV[1]) end
redis.call('HSET', KEYS[1], 'valid_until', ARGV[2])
return false
`,
  ["allow-oom"],
);
