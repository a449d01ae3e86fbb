import { Redis } from "ioredis";
import { ManualClock, MemoryDatabase, openMemory, SILENT_LOGGER } from "../../../src/adapters/memory/index.ts";
import { RedisChainStore } from "../../../src/adapters/redis/chain-store.ts";
import { RedisEpochStore } from "../../../src/adapters/redis/epoch-store.ts";
import { RedisFlowSnapshotStore } from "../../../src/adapters/redis/flow-snapshot-store.ts";
import { RedisHeartbeatStore } from "../../../src/adapters/redis/heartbeat-store.ts";
import { RedisHydrationStore } from "../../../src/adapters/redis/hydration-store.ts";
import { RedisKeys } from "../../../src/adapters/redis/keys.ts";
import { RedisModelStore } from "../../../src/adapters/redis/model-store.ts";
import { RedisRawLog } from "../../../src/adapters/redis/raw-log.ts";
import { RedisSourceStatusStore } from "../../../src/adapters/redis/source-status-store.ts";
import { RedisSpotStore } from "../../../src/adapters/redis/spot-store.ts";
import { RedisSubscriptionStore } from "../../../src/adapters/redis/subscription-store.ts";
import { RedisSubstrateStore } from "../../../src/adapters/redis/substrate-store.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import type { RawLogRetention } from "../../../src/ports/raw-log.ts";
import { check } from "../../../src/testing/check.ts";
import { openKeyspace } from "../../support/redis/keyspace.ts";
import { LosingConnection } from "./losing-connection.ts";
import { Between } from "./shapes.ts";

/** The ports of one client. */
export type Ports = Pick<
  ReturnType<typeof openMemory>,
  | "log"
  | "store"
  | "epochs"
  | "substrate"
  | "snapshots"
  | "spot"
  | "chain"
  | "models"
  | "heartbeats"
  | "sourceStatus"
  | "subscriptions"
>;

/** One of two clients. */
export type Client = 0 | 1;

export interface CallOptions<Reply> {
  /** The script whose reply is lost to the caller, or `transaction`. The caller then repeats the call. */
  readonly lost?: string | undefined;
  /** What of a reply is the same in both worlds. @default all of it */
  readonly comparable?: (reply: Reply) => unknown;
  /** When Redis did it, by its own clock, where that can be told. */
  readonly doneAtMs?: () => Promise<number | undefined>;
}

/** A part of the run's Redis, with two connections for clients and one to look at the keys with. */
export class RedisWorld {
  readonly keys: RedisKeys;
  readonly prefix: string;
  readonly plain: Redis;
  readonly connections: readonly [LosingConnection, LosingConnection];

  private constructor(url: string, prefix: string) {
    this.prefix = prefix;
    this.keys = new RedisKeys(prefix);
    this.plain = new Redis(url);
    const options = { url, keyPrefix: prefix, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER };
    this.connections = [new LosingConnection(options), new LosingConnection(options)];
  }

  static async open(): Promise<RedisWorld> {
    const { url, prefix } = openKeyspace();
    const world = new RedisWorld(url, prefix);
    await Promise.all(world.connections.map((connection) => connection.ready()));
    return world;
  }

  /** The server's clock, ms. */
  async nowMs(): Promise<number> {
    const [seconds, micros] = await this.plain.time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  /** The time in the id of a stream's last entry. */
  async lastEntryMs(stream: string): Promise<number | undefined> {
    const [last] = await this.plain.xrevrange(stream, "+", "-", "COUNT", 1);
    return last === undefined ? undefined : Number(last[0].split("-")[0]);
  }

  /** The names of all keys. */
  async names(): Promise<readonly string[]> {
    return (await this.plain.keys(`${this.prefix}*`)).sort();
  }

  async clear(): Promise<void> {
    const names = await this.names();
    if (names.length > 0) await this.plain.unlink(...names);
  }

  async close(): Promise<void> {
    await this.clear();
    await Promise.all(this.connections.map((connection) => connection.close()));
    this.plain.disconnect();
  }
}

/**
 * A fresh memory and an empty part of a Redis that every call is made of, one after the other. The clock of the memory
 * follows that of Redis, so that the places and times that both give are the same.
 */
export class Worlds {
  readonly redis: RedisWorld;
  readonly startMs: number;
  readonly #clock: ManualClock;
  readonly #memory: readonly [Ports, Ports];
  readonly #redis: readonly [Ports, Ports];
  /** The server's clock around the last call, ms. */
  #during: Between;

  private constructor(redis: RedisWorld, startMs: number, retention: RawLogRetention | undefined) {
    this.redis = redis;
    this.startMs = startMs;
    this.#during = new Between(startMs, startMs);
    this.#clock = new ManualClock(startMs);
    const database = new MemoryDatabase({ clock: this.#clock });
    const options = { clock: this.#clock, database, retention };
    this.#memory = [openMemory(options), openMemory(options)];
    const [first, second] = redis.connections;
    this.#redis = [redisPorts(first, retention), redisPorts(second, retention)];
  }

  static async open(redis: RedisWorld, retention?: RawLogRetention): Promise<Worlds> {
    return new Worlds(redis, await redis.nowMs(), retention);
  }

  /** A client of the memory, to see what has to be. */
  get memory(): Ports {
    return this.#memory[0];
  }

  /** When the last call was made, by the server's clock in ms. */
  get during(): Between {
    return this.#during;
  }

  /** Waits until the server's clock stands behind `ms`, which takes a moment at most. */
  async passBy(ms: number): Promise<void> {
    while ((await this.redis.nowMs()) <= ms);
  }

  /**
   * Makes a call in both worlds, and again where its reply is lost; what the caller hears must be the same.
   *
   * @returns the replies of the memory, the last one last; none where the calls were refused.
   */
  async call<Reply>(
    client: Client,
    what: string,
    call: (ports: Ports) => Promise<Reply>,
    { lost, comparable = (reply) => reply, doneAtMs }: CallOptions<Reply> = {},
  ): Promise<readonly Reply[]> {
    const connection = this.redis.connections[client];
    const calls = lost === undefined ? 1 : 2;
    const heard: Outcome<Reply>[] = [];
    if (lost !== undefined) connection.lose(lost);
    for (let count = 0; count < calls; count++) {
      heard.push(await outcomeOf(call(this.#redis[client])));
      connection.keep();
    }
    const nowMs = await this.redis.nowMs();
    this.#during = new Between(this.#during.to, nowMs);
    this.#follow((await doneAtMs?.()) ?? nowMs);
    const replies: Reply[] = [];
    for (const actual of heard) {
      const expected = await outcomeOf(call(this.#memory[client]));
      if ("reply" in expected) replies.push(expected.reply);
      const isLost = "error" in actual && actual.error.startsWith("UnavailableError") && heard.at(-1) !== actual;
      if (!isLost) check.equal(what, told(actual, comparable), told(expected, comparable));
    }
    this.#follow(nowMs);
    return replies;
  }

  #follow(ms: number): void {
    this.#clock.stepWall(Math.max(0, ms - this.#clock.now()));
  }
}

type Outcome<Reply> = { readonly reply: Reply } | { readonly error: string };

async function outcomeOf<Reply>(call: Promise<Reply>): Promise<Outcome<Reply>> {
  try {
    return { reply: await call };
  } catch (error) {
    return { error: String(error) };
  }
}

function told<Reply>(outcome: Outcome<Reply>, comparable: (reply: Reply) => unknown): unknown {
  return "reply" in outcome ? { reply: comparable(outcome.reply) } : outcome;
}

function redisPorts(connection: LosingConnection, retention: RawLogRetention | undefined): Ports {
  return {
    log: new RedisRawLog(connection, retention),
    store: new RedisHydrationStore(connection),
    epochs: new RedisEpochStore(connection),
    substrate: new RedisSubstrateStore(connection),
    snapshots: new RedisFlowSnapshotStore(connection),
    spot: new RedisSpotStore(connection),
    chain: new RedisChainStore(connection),
    models: new RedisModelStore(connection),
    heartbeats: new RedisHeartbeatStore(connection),
    sourceStatus: new RedisSourceStatusStore(connection),
    subscriptions: new RedisSubscriptionStore(connection),
  };
}
