import { defineScript, type RedisScript } from "../script.ts";

/**
 * The prints of a contract, price, size and exchange in a part of a trade stream.
 *
 * KEYS: 1 trade stream.
 * ARGV: 1 where to begin, as XRANGE takes it, 2 entries to look at, 3 contract, 4 price, 5 size, 6 exchange or "".
 * Result: the last id looked at, "" at the end of the stream; the entries that match.
 */
export const FIND_PRINTS: RedisScript = defineScript(
  "find-prints",
  `
local wrong = require_type(KEYS[1], 'stream')
if wrong then return wrong end
local part = redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
local found = {}
for i = 1, #part do
  local fields = part[i][2]
  -- Every entry begins with its contract.
  if fields[2] == ARGV[3] then
    local price, size, exchange = nil, nil, ''
    for j = 3, #fields, 2 do
      local name = fields[j]
      if name == 'p' then price = fields[j + 1] elseif name == 's' then size = fields[j + 1]
      elseif name == 'x' then exchange = fields[j + 1] end
    end
    if price == ARGV[4] and size == ARGV[5] and exchange == ARGV[6] then found[#found + 1] = part[i] end
  end
end
local last = #part == tonumber(ARGV[2]) and part[#part][1] or ''
return {last, found}
`,
  ["no-writes"],
);
