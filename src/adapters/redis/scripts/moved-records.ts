import { defineScript, type RedisScript } from "../script.ts";

/**
 * Which records have another revision than they had.
 *
 * KEYS: the records. ARGV: the revision of each. Result: the places, from 0, of those that have changed or gone.
 */
export const MOVED_RECORDS: RedisScript = defineScript(
  "moved-records",
  `
local moved = {}
for i, key in ipairs(KEYS) do
  local head = '{"rev":' .. ARGV[i] .. ','
  local found = redis.pcall('GETRANGE', key, 0, #head - 1)
  if type(found) == 'table' then return require_type(key, 'string') or found end
  if found ~= head then moved[#moved + 1] = i - 1 end
end
return moved
`,
  ["no-writes"],
);
