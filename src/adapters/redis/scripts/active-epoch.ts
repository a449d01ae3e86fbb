import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * The active epoch of a symbol.
 *
 * KEYS: 1 active epochs. ARGV: 1 symbol, 2 what names of meta data begin with.
 * Result: its id, or nil where there is none or it is past its validity.
 */
export const ACTIVE_EPOCH: RedisScript = defineScript(
  "active-epoch",
  `${EPOCH_LUA}
local wrong = require_type(KEYS[1], 'hash')
if wrong then return wrong end
local id, failed = active_of(KEYS[1], ARGV[1], ARGV[2])
return failed or id
`,
  ["no-writes"],
);
