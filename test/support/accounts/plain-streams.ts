import { Redis } from "ioredis";

/** Fields of an entry of a stream, by name. */
export type Fields = Readonly<Record<string, string>>;

/** Hears what stands in the keys, each entry once, each stream in order. */
export interface StreamReader {
  raw(fields: Fields): void;
  gap(fields: Fields): void;
  trade(fields: Fields): void;
}

const PAGE = 1_000;

/** Reads the keys of a source with a plain client, on from where it was the last time. */
export class PlainStreams {
  readonly #client: Redis;
  readonly #prefix: string;
  /** The last id read, by key. */
  readonly #read = new Map<string, string>();

  constructor(url: string, prefix: string) {
    this.#client = new Redis(url);
    this.#prefix = prefix;
  }

  /** Hands on everything that was added since the last call. */
  async poll(reader: StreamReader): Promise<void> {
    await this.#follow("massive:ws:stream", (fields) => reader.raw(fields));
    await this.#follow("massive:ws:gaps", (fields) => reader.gap(fields));
    for (const key of await this.tradeKeys()) await this.#follow(key, (fields) => reader.trade(fields));
  }

  /** The trade streams that are there, by name without the prefix. */
  async tradeKeys(): Promise<readonly string[]> {
    const names = new Set<string>();
    const match = `${this.#prefix}massive:trades:*`;
    for await (const keys of this.#client.scanStream({ match, count: 1_000 })) {
      for (const key of keys as readonly string[]) names.add(key.slice(this.#prefix.length));
    }
    return [...names].sort();
  }

  /** A hash, whole. */
  hash(key: string): Promise<Fields> {
    return this.#client.hgetall(this.#prefix + key);
  }

  close(): void {
    this.#client.disconnect();
  }

  async #follow(key: string, take: (fields: Fields) => void): Promise<void> {
    for (;;) {
      const after = this.#read.get(key);
      const from = after === undefined ? "-" : `(${after}`;
      const page = await this.#client.xrange(this.#prefix + key, from, "+", "COUNT", PAGE);
      for (const [id, flat] of page) {
        const fields: Record<string, string> = {};
        for (let at = 0; at < flat.length; at += 2) fields[flat[at] ?? ""] = flat[at + 1] ?? "";
        take(fields);
        this.#read.set(key, id);
      }
      if (page.length < PAGE) return;
    }
  }
}
