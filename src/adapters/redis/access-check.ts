import { CHANNELS } from "../../domain/channels.ts";
import { REDIS_KEYS } from "./keys.ts";

/** Where the name of a key, or of a channel, stands in what is looked at. */
const KEY = "KEY";
const CHANNEL = "CHANNEL";

/** Every command that scripts of ours run, with arguments that it takes. */
const SCRIPTED: readonly string[] = [
  "EXISTS KEY",
  "GET KEY",
  "GETRANGE KEY 0 0",
  "HDEL KEY field",
  "HGET KEY field",
  "HGETALL KEY",
  "HINCRBY KEY field 1",
  "HMGET KEY field",
  "HSET KEY field value",
  "HSETNX KEY field value",
  "INCR KEY",
  "LLEN KEY",
  "LPOP KEY",
  "LRANGE KEY 0 0",
  "MGET KEY",
  "PERSIST KEY",
  "PEXPIRE KEY 1",
  "PEXPIREAT KEY 1",
  "PUBLISH CHANNEL message",
  "RENAME KEY KEY",
  "RPUSH KEY value",
  "SADD KEY member",
  "SCARD KEY",
  "SET KEY value",
  "SINTERCARD 1 KEY",
  "SISMEMBER KEY member",
  "SMEMBERS KEY",
  "SMISMEMBER KEY member",
  "SPOP KEY",
  "SREM KEY member",
  "SUNIONSTORE KEY KEY",
  "TIME",
  "TYPE KEY",
  "UNLINK KEY",
  "XADD KEY * field value",
  "XGROUP CREATE KEY group 0",
  "XGROUP SETID KEY group 0",
  "XLEN KEY",
  "XRANGE KEY - +",
  "XREVRANGE KEY + -",
  "XTRIM KEY MAXLEN 1",
  "ZADD KEY 1 member",
  "ZRANGE KEY 0 0",
  "ZREM KEY member",
  "ZREMRANGEBYRANK KEY 0 0",
  "ZREMRANGEBYSCORE KEY 0 0",
];

/** The commands that `ACCESS_CHECK` looks at, by name. */
export const SCRIPTED_COMMANDS: ReadonlySet<string> = new Set(SCRIPTED.map((line) => line.split(" ", 1).join()));

/**
 * Asks the server which commands its user may not run, on any of our keys and channels: a deployment may give a user
 * those of some stores only. The server answers without running them, and needs no right to ask.
 *
 * ARGV: JSON of 1 the commands, 2 the keys, 3 the channels. Result: the places of those not allowed, from 1.
 */
const ACCESS_CHECK = `#!lua flags=no-writes,allow-stale
if not redis.acl_check_cmd then return {} end
local names = { ${KEY} = cjson.decode(ARGV[2]), ${CHANNEL} = cjson.decode(ARGV[3]) }
-- For a command that the server does not have it raises an error.
local function is_allowed(command)
  local is_known, answer = pcall(redis.acl_check_cmd, unpack(command))
  return is_known and answer
end
local function is_allowed_somewhere(command)
  local list
  for _, word in ipairs(command) do list = list or names[word] end
  if not list then return is_allowed(command) end
  for _, name in ipairs(list) do
    local filled = {}
    for i, word in ipairs(command) do filled[i] = names[word] and name or word end
    if is_allowed(filled) then return true end
  end
  return false
end
local refused = {}
for place, command in ipairs(cjson.decode(ARGV[1])) do
  if not is_allowed_somewhere(command) then refused[#refused + 1] = place end
end
return refused
`;

/** The command that asks for what `refusedAccess` reads. @param keyPrefix in front of every key and channel. */
export function accessCheck(keyPrefix: string): readonly [name: string, ...args: (string | number)[]] {
  const keys = Object.values(REDIS_KEYS).map(({ pattern }) => keyPrefix + pattern.replace(/\{\w+\}/g, "0"));
  const channels = Object.values(CHANNELS).map((name) => keyPrefix + name);
  const commands = SCRIPTED.map((line) => line.split(" "));
  return ["EVAL", ACCESS_CHECK, 0, ...[commands, keys, channels].map((list) => JSON.stringify(list))];
}

/** What the user must be allowed and is not, as words: `XTRIM`, `PUBLISH on a channel such as "massive:spot"`. */
export function refusedAccess(answer: unknown, keyPrefix: string): readonly string[] {
  const places: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return places.map((place) => {
    const line = SCRIPTED[Number(place) - 1] ?? "";
    const [name = ""] = /^XGROUP \w+|^\w+/.exec(line) ?? [];
    return line.includes(CHANNEL) ? `${name} on a channel such as "${keyPrefix}${CHANNELS.spot}"` : name;
  });
}
