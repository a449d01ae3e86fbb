import { type Fields, type FoundKey, PlainReader } from "../../e2e/redis-contract/plain-reader.ts";
import { until } from "../until.ts";

/** A JSON object as a plain reader has it. */
export type Json = Readonly<Record<string, unknown>>;

/** What a service with nothing but a Redis client reads of spot, chain and source. Names are without the prefix. */
export class PlainContext {
  readonly reader: PlainReader;
  readonly #prefix: string;

  constructor({ url, prefix }: { readonly url: string; readonly prefix: string }) {
    this.reader = new PlainReader(url, prefix);
    this.#prefix = prefix;
  }

  text(key: string): Promise<string | null> {
    return this.reader.client.get(this.#prefix + key);
  }

  /** @throws Error where the key is missing, which `until` takes for not yet. */
  async json(key: string): Promise<Json> {
    const text = await this.text(key);
    if (text === null) throw new Error(`Cannot read a key: '${key}' must be there`);
    return JSON.parse(text);
  }

  hash(key: string): Promise<Fields> {
    return this.reader.client.hgetall(this.#prefix + key);
  }

  async set(key: string): Promise<readonly string[]> {
    return (await this.reader.client.smembers(this.#prefix + key)).sort();
  }

  /** Of a stream. */
  length(key: string): Promise<number> {
    return this.reader.client.xlen(this.#prefix + key);
  }

  key(name: string): Promise<FoundKey> {
    return this.reader.key(name);
  }

  publish(channel: string, text: string): Promise<number> {
    return this.reader.client.publish(this.#prefix + channel, text);
  }

  /** The active epoch of SPX. */
  active(): Promise<string | null> {
    return this.reader.client.hget(`${this.#prefix}epoch:active`, "SPX");
  }

  meta(epoch: string): Promise<Fields> {
    return this.hash(`epoch:meta:${epoch}`);
  }

  contracts(epoch: string): Promise<readonly string[]> {
    return this.set(`epoch:${epoch}:contracts`);
  }

  /** The substrate, by contract. @throws Error where a record is missing. */
  async records(epoch: string): Promise<ReadonlyMap<string, Json>> {
    const contracts = await this.contracts(epoch);
    if (contracts.length === 0) return new Map();
    const names = contracts.map((contract) => `${this.#prefix}epoch:${epoch}:contract:${contract}`);
    const texts = await this.reader.client.mget(names);
    return new Map(
      texts.map((text, place) => {
        const contract = contracts[place] ?? "";
        if (text === null) throw new Error(`Cannot read a substrate: '${contract}' of ${epoch} must have a record`);
        return [contract, JSON.parse(text)];
      }),
    );
  }

  /** How many contracts an epoch promises and lists, and which of some, chosen at random, have no record. */
  async sample(
    epoch: string,
    size: number,
  ): Promise<{ readonly promised: number; readonly listed: number; readonly missing: readonly string[] }> {
    const { client } = this.reader;
    const names = `${this.#prefix}epoch:${epoch}:contracts`;
    const [count, listed, chosen] = await Promise.all([
      client.hget(`${this.#prefix}epoch:meta:${epoch}`, "contract_count"),
      client.scard(names),
      client.srandmember(names, size),
    ]);
    const records = chosen.map((contract) => `${this.#prefix}epoch:${epoch}:contract:${contract}`);
    const texts = records.length === 0 ? [] : await client.mget(records);
    return { promised: Number(count), listed, missing: chosen.filter((_, place) => texts[place] === null) };
  }

  /** Takes all contracts for recomputed, as a builder does that is done. */
  async settleDirty(epoch: string): Promise<void> {
    await this.reader.client.del(`${this.#prefix}epoch:${epoch}:dirty_contracts`);
    await this.reader.client.smove(`${this.#prefix}epoch:dirty`, `${this.#prefix}epoch:clean`, epoch);
  }

  /** Counts of a hash of them. */
  async count(key: string, field: string): Promise<number> {
    return Number((await this.reader.client.hget(this.#prefix + key, field)) ?? 0);
  }

  heartbeat(worker: string): Promise<Json> {
    return this.json(`massive:heartbeat:${worker}`);
  }

  async status(worker: string): Promise<unknown> {
    return (await this.heartbeat(worker))["status"];
  }

  until(what: string, condition: (plain: PlainContext) => Promise<boolean>): Promise<void> {
    return until(what, () => condition(this));
  }

  /** Waits for another epoch than this one. */
  async epochAfter(epoch: string | null): Promise<string> {
    let next: string | null = null;
    await until(`another epoch than ${epoch}`, async () => {
      next = await this.active();
      return next !== null && next !== epoch;
    });
    return next ?? "";
  }

  /** Waits until this many further chains were fetched whole or in part. */
  async fetches(count: number): Promise<void> {
    const before = await this.count("massive:chain:analytics", "total_snapshots");
    await until(`${count} further chains`, async () => {
      return (await this.count("massive:chain:analytics", "total_snapshots")) >= before + count;
    });
  }

  /** Waits until the last fetch of a chain had this health. */
  async health(health: string): Promise<void> {
    await until(`a chain that is ${health}`, async () => {
      return (await this.hash("massive:chain:analytics:health"))["SPX:last"] === health;
    });
  }

  async close(): Promise<void> {
    this.reader.client.disconnect();
  }
}
