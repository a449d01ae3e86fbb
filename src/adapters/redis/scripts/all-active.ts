import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * The active epochs of all symbols.
 *
 * KEYS: 1 active epochs. ARGV: 1 what names of meta data begin with.
 * Result: symbol and id, in turn, of those that are not past their validity.
 */
export const ALL_ACTIVE: RedisScript = defineScript(
  "all-active",
  `${EPOCH_LUA}
local wrong = require_type(KEYS[1], 'hash')
if wrong then return wrong end
local found, all = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local life, failed = life_of(ARGV[1] .. all[i + 1])
  if failed then return failed end
  if life.readable then
    found[#found + 1] = all[i]
    found[#found + 1] = all[i + 1]
  end
end
return found
`,
  ["no-writes"],
);
