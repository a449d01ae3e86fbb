/**
 * What scripts share that number the calls of producers: a hash of last sequences, and a sorted set of when each producer
 * was last heard of.
 *
 * - `sequence_of(sequences, producer)`: the last one, 0 where there is none; or an error as second value.
 * - `note_sequence(sequences, used, producer, sequence, now)`: stores it, and forgets a few of those that were not heard
 *   of for 7 days. Fails at nothing, where both keys are of their types.
 */
export const PRODUCERS_LUA = `
local function sequence_of(sequences, producer)
  local known = redis.call('HGET', sequences, producer)
  if not is_number(known) then return nil, value_error(sequences, 'sequences of producers') end
  return tonumber(known or '0')
end
local function note_sequence(sequences, used, producer, sequence, now)
  local WEEK_MS = 604800000
  redis.call('HSET', sequences, producer, string.format('%.0f', sequence))
  redis.call('ZADD', used, now, producer)
  for _, name in ipairs(redis.call('ZRANGE', used, '-inf', now - WEEK_MS, 'BYSCORE', 'LIMIT', 0, 10)) do
    redis.call('HDEL', sequences, name)
    redis.call('ZREM', used, name)
  end
  redis.call('PEXPIRE', sequences, WEEK_MS)
  redis.call('PEXPIRE', used, WEEK_MS)
end
`;
