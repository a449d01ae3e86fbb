import { Redis } from "ioredis";

/** Field by name, of a hash or of an entry of a stream. */
export type Fields = Readonly<Record<string, string>>;

export interface StreamItem {
  readonly id: string;
  readonly fields: Fields;
}

/** A key as a service finds it that has nothing but a Redis client. */
export interface FoundKey {
  readonly type: string;
  /** When it ends, ms since the Unix epoch; `null` for never. */
  readonly endsAtMs: number | null;
  /** Of a string. */
  readonly text: string;
  /** Of a hash. */
  readonly fields: Fields;
  /** Of a set (sorted), a sorted set (by score) or a list (in order). */
  readonly members: readonly string[];
  /** Of a stream, oldest first. */
  readonly items: readonly StreamItem[];
}

/** Reads with a client of its own, by names that begin with a prefix and are told without it. */
export class PlainReader {
  readonly client: Redis;
  readonly #prefix: string;

  constructor(url: string, prefix: string) {
    this.client = new Redis(url);
    this.#prefix = prefix;
  }

  /** Everything that lies under the prefix, by name. */
  async all(): Promise<ReadonlyMap<string, FoundKey>> {
    const names = new Set<string>();
    for await (const found of this.client.scanStream({ match: `${this.#prefix}*`, count: 1_000 })) {
      for (const name of found as readonly string[]) names.add(name.slice(this.#prefix.length));
    }
    const entries = [...names].sort().map(async (name) => [name, await this.key(name)] as const);
    return new Map(await Promise.all(entries));
  }

  async key(name: string): Promise<FoundKey> {
    const { client } = this;
    const key = this.#prefix + name;
    const type = await client.type(key);
    const endsAtMs = Number(await client.call("PEXPIRETIME", key));
    return {
      type,
      endsAtMs: endsAtMs === -1 ? null : endsAtMs,
      text: type === "string" ? ((await client.get(key)) ?? "") : "",
      fields: type === "hash" ? await client.hgetall(key) : {},
      members: await this.#members(type, key),
      items: type === "stream" ? (await client.xrange(key, "-", "+")).map(itemOf) : [],
    };
  }

  /** What XINFO GROUPS tells of a stream, by group. */
  async groups(name: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
    const answer = (await this.client.xinfo("GROUPS", this.#prefix + name)) as readonly (readonly unknown[])[];
    return new Map(
      answer.map((flat) => {
        const group: Record<string, unknown> = {};
        for (let at = 0; at < flat.length; at += 2) group[String(flat[at])] = flat[at + 1];
        return [String(group["name"]), group];
      }),
    );
  }

  /** What is said on channels under the prefix from now on, until `stop`, which waits for what was said before it. */
  async hear(): Promise<{
    readonly heard: readonly (readonly [channel: string, text: string])[];
    stop(): Promise<void>;
  }> {
    const subscriber = this.client.duplicate();
    const heard: (readonly [string, string])[] = [];
    const end = `${this.#prefix}end`;
    const ended = new Promise<void>((resolve) => {
      subscriber.on("pmessage", (_, channel, text) => {
        if (channel === end) resolve();
        else heard.push([channel.slice(this.#prefix.length), text]);
      });
    });
    await subscriber.psubscribe(`${this.#prefix}*`);
    const stop = async (): Promise<void> => {
      await this.client.publish(end, "");
      await ended;
      subscriber.disconnect();
    };
    return { heard, stop };
  }

  /** The server's clock, ms since the Unix epoch: lifetimes go by it. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.client.time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  async #members(type: string, key: string): Promise<readonly string[]> {
    if (type === "set") return (await this.client.smembers(key)).sort();
    if (type === "zset") return this.client.zrange(key, "0", "-1");
    return type === "list" ? this.client.lrange(key, 0, -1) : [];
  }
}

function itemOf([id, flat]: readonly [id: string, fields: readonly string[]]): StreamItem {
  const fields: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) fields[flat[at] ?? ""] = flat[at + 1] ?? "";
  return { id, fields };
}
