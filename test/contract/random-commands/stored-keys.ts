import type { Redis } from "ioredis";
import type { RedisKeyType } from "../../../src/adapters/redis/keys.ts";
import { check } from "../../../src/testing/check.ts";
import { type Between, checkShape } from "./shapes.ts";
import type { RedisWorld } from "./worlds.ts";

/** What has to stand under a key. */
export interface ExpectedKey {
  readonly type: RedisKeyType;
  /**
   * A text, a hash's fields, a set's members in order, a sorted set's scores by member, a list, a stream's entries with
   * the ids that its groups have read up to.
   */
  readonly value: unknown;
  /** When it ends, ms since the Unix epoch. @default never */
  readonly endsAtMs?: Between | number | undefined;
}

/** One entry of a stream. */
export interface ShownEntry {
  readonly id: unknown;
  readonly fields: Readonly<Record<string, string>>;
}

/** By name, with the prefix. */
export type ExpectedKeys = readonly (readonly [name: string, key: ExpectedKey])[];

const NEVER = -1;

/** A key as it was found. */
export interface FoundKey {
  readonly type: string;
  readonly value: unknown;
  readonly endsAtMs: unknown;
}

/** By name, with the prefix. */
export type FoundKeys = ReadonlyMap<string, FoundKey>;

/** All keys, with type, content and end. */
export async function findKeys(world: RedisWorld): Promise<FoundKeys> {
  const found = new Map<string, FoundKey>();
  for (const name of await world.names()) {
    const type = await world.plain.type(name);
    const endsAtMs = await world.plain.call("PEXPIRETIME", name);
    found.set(name, { type, value: isType(type) ? await READERS[type](world.plain, name) : undefined, endsAtMs });
  }
  return found;
}

/** Fails unless the keys that were found are those expected, each with its type, content and end, and no others. */
export function checkKeys(found: FoundKeys, expected: ExpectedKeys): void {
  const names = new Set(expected.map(([name]) => name));
  check.equal(
    "missing keys",
    [...names].filter((name) => !found.has(name)),
    [],
  );
  check.equal(
    "keys too many",
    [...found.keys()].filter((name) => !names.has(name)),
    [],
  );
  for (const [name, { type, value, endsAtMs }] of expected) {
    const key = found.get(name);
    checkShape(`TYPE of ${name}`, key?.type, type);
    checkShape(name, key?.value, value);
    checkShape(`PEXPIRETIME of ${name}`, key?.endsAtMs, endsAtMs ?? NEVER);
  }
}

function isType(type: string): type is RedisKeyType {
  return type in READERS;
}

const READERS: Readonly<Record<RedisKeyType, (plain: Redis, name: string) => Promise<unknown>>> = {
  string: (plain, name) => plain.get(name),
  hash: (plain, name) => plain.hgetall(name),
  set: async (plain, name) => (await plain.smembers(name)).sort(),
  async zset(plain, name) {
    const pairs = (await plain.call("ZRANGE", name, 0, -1, "WITHSCORES")) as readonly (readonly [string, unknown])[];
    return Object.fromEntries(pairs.map(([member, score]) => [member, Number(score)]));
  },
  list: (plain, name) => plain.lrange(name, 0, -1),
  async stream(plain, name) {
    const entries = await plain.xrange(name, "-", "+");
    const groups = (await plain.xinfo("GROUPS", name)) as readonly (readonly string[])[];
    return {
      entries: entries.map(([id, flat]): ShownEntry => ({ id, fields: fieldsOf(flat) })),
      groups: Object.fromEntries(
        groups.map((flat) => [flat[flat.indexOf("name") + 1], flat[flat.indexOf("last-delivered-id") + 1]]),
      ),
    };
  },
};

/** Field, value, … as an object. A field that stands there twice fails. */
function fieldsOf(flat: readonly string[]): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index] ?? "";
    if (name in fields) throw new Error(`the field ${name} stands there twice: ${flat.join(" ")}`);
    fields[name] = flat[index + 1] ?? "";
  }
  return fields;
}
