/**
 * What scripts on counted fetches have in common. A script does not roll back, so they begin with the announcement, which
 * the server may refuse a user, and end with the sequence, which says that all of it is done.
 *
 * - `stored_seq(analytics, producer)`: the last sequence, 0 where there is none; or an error as second value.
 * - `wrong_count(key, {field, increment, ...})`: an error where one of the fields is no whole number, else nil.
 * - `count_all(key, {field, increment, ...})`: adds to fields that were looked at.
 * - `add_point(key, ts, member, max)`: adds a point to a trail and removes the first ones beyond the bound.
 */
export const CONTEXT_LUA = `
local function stored_seq(analytics, producer)
  local seq = redis.call('HGET', analytics, 'seq:' .. producer)
  if not is_number(seq) then return nil, value_error(analytics, 'sequences of producers') end
  return tonumber(seq or '0')
end
local function wrong_count(key, increments)
  for i = 1, #increments, 2 do
    if not is_count(redis.call('HGET', key, increments[i])) then return value_error(key, 'whole numbers') end
  end
end
local function count_all(key, increments)
  for i = 1, #increments, 2 do redis.call('HINCRBY', key, increments[i], increments[i + 1]) end
end
local function add_point(key, ts, member, max)
  redis.call('ZADD', key, ts, member)
  redis.call('ZREMRANGEBYRANK', key, 0, -(max + 1))
end
`;
