import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Whether a streamed value was ever written to an epoch.
 *
 * KEYS: 1 meta data, 2 had streamed updates. Result: `0`, for an epoch that cannot be read, too, or `1`.
 */
export const HAD_UPDATES: RedisScript = defineScript(
  "had-updates",
  `${EPOCH_LUA}
local wrong = require_type(KEYS[2], 'string')
if wrong then return wrong end
local life, failed = life_of(KEYS[1])
if failed then return failed end
if not life.readable then return '0' end
local had = redis.call('GET', KEYS[2])
if had ~= '0' and had ~= '1' then return value_error(KEYS[2], '0 or 1') end
return had
`,
  ["no-writes"],
);
