import { createHash } from "node:crypto";
import { TYPE_ERROR, VALUE_ERROR } from "./reply-errors.ts";

/** One Lua script, and the name that the server knows it by. */
export interface RedisScript {
  readonly name: string;
  readonly lua: string;
  /** SHA-1 of the text. */
  readonly sha: string;
}

/**
 * What scripts have in common. `require_type(key, type)` answers `nil`, or the error to return where the key holds
 * something of another type: a script does not roll back, so all types are looked at before the first write, and whether
 * what is to be counted up `is_count` (or is not there yet). A number that a client chose `is_number`: of those up to
 * 2^53 - 1 one cannot be counted up for ever, and needs not.
 */
const PRELUDE = `
local function require_type(key, wanted)
  local found = redis.call('TYPE', key)['ok']
  if found == 'none' or found == wanted then return nil end
  return redis.error_reply('${TYPE_ERROR} ' .. wanted .. ' ' .. found .. ' ' .. key)
end
local function value_error(key, wanted)
  return redis.error_reply('${VALUE_ERROR} ' .. string.gsub(wanted, ' ', '_') .. ' ' .. key)
end
local function is_count(text)
  return not text or text == '0' or (#text < 16 and string.match(text, '^[1-9]%d*$') ~= nil)
end
local function is_number(text)
  if is_count(text) then return true end
  return #text == 16 and string.match(text, '^[1-9]%d*$') ~= nil and text <= '9007199254740991'
end
-- The two numbers of a stream id or cursor; nothing for one that is none of ours.
local function split_place(text)
  local ms, n = string.match(text, '^(%d+)-(%d+)$')
  if ms and #ms < 16 and #n < 16 then return tonumber(ms), tonumber(n) end
end
local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
-- Whether one stream id or cursor stands before another; both are '{ms}-{n}'.
local function is_before(a, b)
  local a_ms, a_n = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_n = string.match(b, '^(%d+)-(%d+)$')
  if a_ms ~= b_ms then return tonumber(a_ms) < tonumber(b_ms) end
  return tonumber(a_n) < tonumber(b_n)
end
`;

/**
 * Makes a script. `#!lua` has the server refuse it before its first effect when memory is full; one with the flag
 * `allow-oom` runs all the same, and must need next to no room.
 *
 * @param body Lua that may use what the prelude offers.
 * @param flags of the script, such as `no-writes`.
 */
export function defineScript(name: string, body: string, flags: readonly string[] = []): RedisScript {
  const shebang = flags.length === 0 ? "#!lua" : `#!lua flags=${flags.join(",")}`;
  const lua = `${shebang}\n${PRELUDE}${body}`;
  return { name, lua, sha: createHash("sha1").update(lua).digest("hex") };
}
