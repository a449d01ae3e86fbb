import { defineScript, type RedisScript } from "../script.ts";

/** Topics that one command gets: what `unpack` puts on the stack of Lua is bounded by 8,000. */
const SLICE = 4_000;

/**
 * Adds topics to the wanted ones and removes others, and announces what that really changed.
 *
 * KEYS: 1 wanted topics.
 * ARGV: 1 topics to add, 2 topics to remove, both as JSON, without one that is in both; 3 channel.
 * Result: what was announced, "" where nothing changed.
 */
export const CHANGE_SUBSCRIPTIONS: RedisScript = defineScript(
  "change-subscriptions",
  `
local wrong = require_type(KEYS[1], 'set')
if wrong then return wrong end
local function in_slices(topics, visit)
  for first = 1, #topics, ${SLICE} do
    visit({unpack(topics, first, math.min(first + ${SLICE} - 1, #topics))})
  end
end
-- Those that are wanted, or that are not.
local function those(json, are_wanted)
  local found = {}
  in_slices(cjson.decode(json), function(slice)
    for i, answer in ipairs(redis.call('SMISMEMBER', KEYS[1], unpack(slice))) do
      if answer == are_wanted then found[#found + 1] = slice[i] end
    end
  end)
  return found
end
-- By hand: cjson makes an object of an empty list. No topic has a character that JSON escapes.
local function list(topics)
  return #topics == 0 and '[]' or '["' .. table.concat(topics, '","') .. '"]'
end

local added, removed = those(ARGV[1], 0), those(ARGV[2], 1)
if #added + #removed == 0 then return '' end
local message = '{"added":' .. list(added) .. ',"removed":' .. list(removed) .. '}'
-- First, since the server may refuse it.
redis.call('PUBLISH', ARGV[3], message)
in_slices(added, function(slice) redis.call('SADD', KEYS[1], unpack(slice)) end)
in_slices(removed, function(slice) redis.call('SREM', KEYS[1], unpack(slice)) end)
return message
`,
);
