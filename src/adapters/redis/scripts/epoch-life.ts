import { defineScript, type RedisScript } from "../script.ts";
import { EPOCH_LUA } from "./epoch-lua.ts";

/**
 * Whether an epoch can be read, and until when.
 *
 * KEYS: 1 meta data.
 * Result: 1 if readable else 0, 1 if active else 0, end of its validity in ms, number of contracts, server time in ms.
 */
export const EPOCH_LIFE: RedisScript = defineScript(
  "epoch-life",
  `${EPOCH_LUA}
local life, wrong = life_of(KEYS[1])
if wrong then return wrong end
return {
  life.readable and 1 or 0, life.active and 1 or 0, digits(life.valid_until), digits(life.count), digits(now_ms())
}
`,
  ["no-writes"],
);
