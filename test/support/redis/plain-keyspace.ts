import { Redis } from "ioredis";
import { SILENT_LOGGER } from "../../../src/adapters/memory/index.ts";
import { RedisConnection } from "../../../src/adapters/redis/connection.ts";
import { RedisKeys } from "../../../src/adapters/redis/keys.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import { openKeyspace } from "./keyspace.ts";
import { type ReplyLoser, startReplyLoser } from "./reply-loser.ts";

/** A part of the run's Redis, connections for adapters, and a plain client to look at their keys with. */
export interface PlainKeyspace {
  readonly keys: RedisKeys;
  readonly plain: Redis;
  readonly connection: RedisConnection;
  /** Types of all keys, by name without the prefix. */
  types(): Promise<Readonly<Record<string, string>>>;
  /** Lifetimes of all keys in ms, -1 for endless ones, by name without the prefix. */
  lives(): Promise<Readonly<Record<string, number>>>;
  /** Everything that is stored. */
  contents(): Promise<Readonly<Record<string, string>>>;
  /** Puts a key of another type in the place of one. */
  mistype(key: string): Promise<void>;
  /** What comes on channels that begin with the prefix from now on, as channel (without prefix) and message. */
  hear(): Promise<readonly (readonly [string, string])[]>;
  /** A connection whose replies can be lost. */
  connectLosing(): Promise<{ readonly connection: RedisConnection; readonly loser: ReplyLoser }>;
  close(): Promise<void>;
}

export async function openPlainKeyspace(): Promise<PlainKeyspace> {
  const { url, prefix, clear } = openKeyspace();
  const plain = new Redis(url);
  const ends: (() => unknown)[] = [];
  const connect = async (to: string): Promise<RedisConnection> => {
    const options = { url: to, keyPrefix: prefix, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER };
    const connection = new RedisConnection(options);
    ends.unshift(() => connection.close());
    await connection.ready();
    return connection;
  };
  const ofAll = async <T>(look: (key: string) => Promise<T>): Promise<Readonly<Record<string, T>>> => {
    const names = (await plain.keys(`${prefix}*`)).sort();
    const entries = names.map(async (key) => [key.slice(prefix.length), await look(key)] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  return {
    keys: new RedisKeys(prefix),
    plain,
    connection: await connect(url),
    types: () => ofAll((key) => plain.type(key)),
    lives: () => ofAll((key) => plain.pttl(key)),
    contents: () => ofAll(async (key) => (await plain.dumpBuffer(key)).toString("hex")),
    async mistype(key) {
      await plain.del(key);
      await plain.rpush(key, "somebody's");
    },
    async hear() {
      const subscriber = new Redis(url);
      ends.unshift(() => subscriber.disconnect());
      const heard: (readonly [string, string])[] = [];
      subscriber.on("pmessage", (_, channel, message) => heard.push([channel.slice(prefix.length), message]));
      await subscriber.psubscribe(`${prefix}*`);
      return heard;
    },
    async connectLosing() {
      const loser = await startReplyLoser(url);
      ends.push(() => loser.close());
      return { connection: await connect(loser.url), loser };
    },
    async close() {
      for (const end of ends) await end();
      await clear();
      plain.disconnect();
    },
  };
}
