/** What a key holds. */
export type RedisKeyType = "string" | "hash" | "set" | "zset" | "list" | "stream";

/** One key of the public contract, or one pattern of keys. */
export interface RedisKeyDefinition {
  /** Its name; braces are placeholders. */
  readonly pattern: string;
  readonly type: RedisKeyType;
  /** What writes it: a store, whoever calls it, or the hydrator through its own. */
  readonly writer: string;
  /** How long it lives. */
  readonly life: string;
}

/**
 * Every key, once. Names, types and lifetimes are public: other services read them with any Redis client. What stands in
 * them is in docs/wiring, whose tables are held against this.
 */
export const REDIS_KEYS = {
  rawStream: { pattern: "massive:ws:stream", type: "stream", writer: "raw log", life: "trimmed behind the readers" },
  rawState: { pattern: "massive:ws:stream:state", type: "hash", writer: "raw log", life: "persistent" },
  producers: {
    pattern: "massive:ws:producers",
    type: "hash",
    writer: "raw log, source status store",
    life: "7 days after the last use",
  },
  producersUsed: {
    pattern: "massive:ws:producers:used",
    type: "zset",
    writer: "raw log, source status store",
    life: "7 days after the last use",
  },
  connections: { pattern: "massive:ws:connections", type: "hash", writer: "raw log", life: "persistent" },
  analytics: {
    pattern: "massive:ws:analytics",
    type: "hash",
    writer: "raw log, source status store",
    life: "cumulative",
  },
  connectionAnalytics: {
    pattern: "massive:ws:analytics:{class}:{shard}",
    type: "hash",
    writer: "source status store",
    life: "1 day",
  },
  connectionsIndex: {
    pattern: "massive:ws:analytics:connections",
    type: "zset",
    writer: "source status store",
    life: "persistent",
  },
  lastSample: {
    pattern: "massive:ws:raw:last_sample",
    type: "string",
    writer: "source status store",
    life: "overwritten",
  },
  subscriptions: {
    pattern: "massive:ws:subscriptions",
    type: "set",
    writer: "subscription store",
    life: "persistent",
  },
  hydrators: { pattern: "massive:ws:hydrators", type: "set", writer: "hydrator", life: "persistent" },
  hydrator: { pattern: "massive:ws:hydrator:{partition}", type: "hash", writer: "hydrator", life: "persistent" },
  ledgers: { pattern: "massive:ws:hydrator:{partition}:ledgers", type: "hash", writer: "hydrator", life: "persistent" },
  totalsIndex: {
    pattern: "massive:ws:hydrator:{partition}:totals",
    type: "zset",
    writer: "hydrator",
    life: "persistent",
  },
  totals: {
    pattern: "massive:ws:hydrator:{partition}:totals:{UNDERLYING}:{EXPIRY}",
    type: "hash",
    writer: "hydrator",
    life: "one day after the expiry date or the last write, whichever is later",
  },
  hydrateAnalytics: { pattern: "massive:ws:hydrate:analytics", type: "hash", writer: "hydrator", life: "cumulative" },
  gaps: { pattern: "massive:ws:gaps", type: "stream", writer: "hydrator", life: "last 10,000, about" },
  quarantine: { pattern: "massive:ws:quarantine", type: "stream", writer: "hydrator", life: "last 10,000, about" },
  trades: {
    pattern: "massive:trades:{UNDERLYING}:{EXPIRY}",
    type: "stream",
    writer: "hydrator",
    life: "one day after the expiry date or the last write, whichever is later",
  },
  tradesIndex: { pattern: "massive:trades", type: "zset", writer: "hydrator", life: "persistent" },
  flow: { pattern: "massive:ws:snapshot:{UNDERLYING}", type: "string", writer: "hydrator", life: "30 s" },
  grid: { pattern: "massive:ws:snapshot:{UNDERLYING}:{EXPIRY}", type: "string", writer: "hydrator", life: "30 s" },

  active: { pattern: "epoch:active", type: "hash", writer: "epoch store", life: "persistent" },
  epochMeta: {
    pattern: "epoch:meta:{id}",
    type: "hash",
    writer: "epoch store, substrate store",
    life: "24 h after being superseded",
  },
  epochContract: {
    pattern: "epoch:{id}:contract:{contract}",
    type: "string",
    writer: "epoch store, substrate store",
    life: "with its epoch",
  },
  epochContracts: { pattern: "epoch:{id}:contracts", type: "set", writer: "epoch store", life: "with its epoch" },
  epochStaged: {
    pattern: "epoch:{id}:staged",
    type: "hash",
    writer: "epoch store",
    life: "until promoted or no longer valid",
  },
  epochHeld: {
    pattern: "epoch:{id}:held",
    type: "string",
    writer: "epoch store",
    life: "until another is promoted in its place, 32 s at most",
  },
  hadWsUpdates: {
    pattern: "epoch:{id}:had_ws_updates",
    type: "string",
    writer: "epoch store, substrate store",
    life: "with its epoch",
  },
  dirtyContracts: {
    pattern: "epoch:{id}:dirty_contracts",
    type: "set",
    writer: "epoch store, substrate store",
    life: "with its epoch",
  },
  dirtyLeases: { pattern: "epoch:{id}:dirty_leases", type: "zset", writer: "epoch store", life: "with its epoch" },
  lentContracts: { pattern: "epoch:{id}:lent:{token}", type: "set", writer: "epoch store", life: "with its epoch" },
  dirty: { pattern: "epoch:dirty", type: "set", writer: "epoch store, substrate store", life: "persistent" },
  clean: { pattern: "epoch:clean", type: "set", writer: "epoch store, substrate store", life: "persistent" },
  leaseTokens: { pattern: "epoch:lease_tokens", type: "string", writer: "epoch store", life: "persistent" },
  timeline: { pattern: "epoch:timeline:{SYMBOL}", type: "list", writer: "epoch store", life: "last 1,000" },
  timelineMeta: {
    pattern: "epoch:timeline:{SYMBOL}:meta",
    type: "hash",
    writer: "epoch store",
    life: "with the timeline",
  },

  spot: { pattern: "massive:spot:{SYMBOL}", type: "string", writer: "spot store", life: "overwritten" },
  spotAll: { pattern: "massive:spot", type: "string", writer: "spot store", life: "overwritten" },
  spotSymbols: { pattern: "massive:spot:symbols", type: "set", writer: "spot store", life: "persistent" },
  spotTrail: { pattern: "massive:spot:trail:{SYMBOL}", type: "zset", writer: "spot store", life: "last 300" },
  spotAnalytics: { pattern: "massive:spot:analytics", type: "hash", writer: "spot store", life: "cumulative" },
  spotStream: { pattern: "massive:spot:stream", type: "stream", writer: "spot store", life: "last 100,000, about" },

  // Its contract is `{underlying}:{YYYYMMDD}:{C or P}{strike x 1000}`, with a root of another name before the last part.
  chainContract: { pattern: "massive:chain:snapshot:{contract}", type: "string", writer: "chain store", life: "300 s" },
  chainLatest: { pattern: "massive:chain:latest:{SYMBOL}", type: "string", writer: "chain store", life: "overwritten" },
  chainAnalytics: { pattern: "massive:chain:analytics", type: "hash", writer: "chain store", life: "cumulative" },
  chainTrail: {
    pattern: "massive:chain:analytics:{figure}:{SYMBOL}",
    type: "zset",
    writer: "chain store",
    life: "last 1,000",
  },
  chainHealth: { pattern: "massive:chain:analytics:health", type: "hash", writer: "chain store", life: "cumulative" },

  // `heatmap`, `gex`, or one of another name.
  model: { pattern: "massive:{model}:model:{SYMBOL}", type: "string", writer: "model store", life: "60 s" },
  modelTickets: { pattern: "massive:model:tickets", type: "hash", writer: "model store", life: "persistent" },
  modelAnalytics: { pattern: "massive:model:analytics", type: "hash", writer: "model store", life: "cumulative" },

  heartbeat: { pattern: "massive:heartbeat:{worker}", type: "string", writer: "heartbeat store", life: "15 s" },
  heartbeats: { pattern: "massive:heartbeats", type: "zset", writer: "heartbeat store", life: "persistent" },
} as const;

/** The consumer group on the raw stream that follows a partition's cursor, so that XINFO GROUPS tells its lag. */
export function hydratorGroup(partition: number): string {
  return partition === 0 ? "ws_hydrator" : `ws_hydrator:${partition}`;
}

export type RedisKeyName = keyof typeof REDIS_KEYS;

type Placeholders<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type PlaceholdersOf<Name extends RedisKeyName> = Placeholders<(typeof REDIS_KEYS)[Name]["pattern"]>;
type Filling<Name extends RedisKeyName> = [PlaceholdersOf<Name>] extends [never]
  ? []
  : [filling: Readonly<Record<PlaceholdersOf<Name>, string | number>>];

/** The names of keys and channels, with their prefix in front. */
export class RedisKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /**
   * The name of a key.
   *
   * @example
   * ```ts
   * new RedisKeys("").of("trades", { UNDERLYING: "SPX", EXPIRY: "2025-12-23" }); // "massive:trades:SPX:2025-12-23"
   * ```
   */
  of<Name extends RedisKeyName>(name: Name, ...[filling]: Filling<Name>): string {
    const values: Readonly<Record<string, string | number>> = filling ?? {};
    const { pattern } = REDIS_KEYS[name];
    return this.#prefix + pattern.replace(/\{(\w+)\}/g, (_, placeholder: string) => String(values[placeholder]));
  }

  channel(name: string): string {
    return this.#prefix + name;
  }
}
