import { defineScript, type RedisScript } from "../script.ts";

/**
 * Takes the lease of a partition, and makes sure that the public consumer group is there.
 *
 * KEYS: 1 hydrator of the partition, 2 partitions, 3 raw stream.
 * ARGV: 1 partition, 2 owner, 3 life of the lease in ms, 4 "1" to take it from a living owner, 5 consumer group.
 * Result: `acquired`, token, cursor; or `held`, owner, ms until its lease runs out.
 */
export const ACQUIRE_PARTITION: RedisScript = defineScript(
  "acquire-partition",
  `
local wrong = require_type(KEYS[1], 'hash') or require_type(KEYS[2], 'set') or require_type(KEYS[3], 'stream')
if wrong then return wrong end
local now = now_ms()
local held = redis.call('HMGET', KEYS[1], 'owner', 'lease_until', 'token', 'cursor')
local owner, cursor = held[1], held[4] or '0-0'
if not is_count(held[2]) or not is_count(held[3]) or not split_place(cursor) then
  return value_error(KEYS[1], 'a lease and a cursor')
end
local lease_until, token = tonumber(held[2] or '0'), tonumber(held[3] or '0')
if ARGV[4] ~= '1' and owner and owner ~= ARGV[2] and now < lease_until then
  return {'held', owner, string.format('%.0f', lease_until - now)}
end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'token', string.format('%.0f', token + 1),
  'lease_until', string.format('%.0f', now + tonumber(ARGV[3])), 'cursor', cursor)
redis.pcall('XGROUP', 'CREATE', KEYS[3], ARGV[5], '0', 'MKSTREAM', 'ENTRIESREAD', 0)
return {'acquired', string.format('%.0f', token + 1), cursor}
`,
  // An owner can make room; nobody else does.
  ["allow-oom"],
);
