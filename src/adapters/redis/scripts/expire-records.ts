import { defineScript, type RedisScript } from "../script.ts";

/**
 * Changes the end of life of records. Takes no room, so that what is there lives on when memory is full.
 *
 * KEYS: records. ARGV: 1 its end in ms, 2 `GT` to extend it only, `LT` to shorten it only. Result: nil.
 */
export const EXPIRE_RECORDS: RedisScript = defineScript(
  "expire-records",
  `
local call, at, how = redis.call, ARGV[1], ARGV[2]
for i = 1, #KEYS do call('PEXPIREAT', KEYS[i], at, how) end
return false
`,
  ["allow-oom"],
);
