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

const define = <Pattern extends string>(
  pattern: Pattern,
  type: RedisKeyType,
  writer: string,
  life: string,
): RedisKeyDefinition & { readonly pattern: Pattern } => ({ pattern, type, writer, life });

const CUMULATIVE = "cumulative";
const OVERWRITTEN = "overwritten";
const WITH_EPOCH = "with its epoch";

/**
 * Every key, once. Names, types and lifetimes are public: other services read them with any Redis client. What stands in
 * them is in docs/wiring, whose tables are held against this.
 */
export const REDIS_KEYS = {
  rawStream: define("massive:ws:stream", "stream", "raw log", "trimmed behind the readers"),
  rawState: define("massive:ws:stream:state", "hash", "raw log", "persistent"),
  producers: define("massive:ws:producers", "hash", "raw log", "7 days after the last append"),
  producersUsed: define("massive:ws:producers:used", "zset", "raw log", "7 days after the last append"),
  analytics: define("massive:ws:analytics", "hash", "raw log", CUMULATIVE),
  hydrators: define("massive:ws:hydrators", "set", "hydrator", "persistent"),
  hydrator: define("massive:ws:hydrator:{partition}", "hash", "hydrator", "persistent"),
  ledgers: define("massive:ws:hydrator:{partition}:ledgers", "hash", "hydrator", "persistent"),
  totalsIndex: define("massive:ws:hydrator:{partition}:totals", "zset", "hydrator", "persistent"),
  totals: define(
    "massive:ws:hydrator:{partition}:totals:{UNDERLYING}:{EXPIRY}",
    "hash",
    "hydrator",
    "one day after the expiry date or the last write, whichever is later",
  ),
  hydrateAnalytics: define("massive:ws:hydrate:analytics", "hash", "hydrator", CUMULATIVE),
  gaps: define("massive:ws:gaps", "stream", "hydrator", "last 10,000, about"),
  quarantine: define("massive:ws:quarantine", "stream", "hydrator", "last 10,000, about"),
  trades: define(
    "massive:trades:{UNDERLYING}:{EXPIRY}",
    "stream",
    "hydrator",
    "one day after the expiry date or the last write, whichever is later",
  ),
  tradesIndex: define("massive:trades", "zset", "hydrator", "persistent"),
  flow: define("massive:ws:snapshot:{UNDERLYING}", "string", "hydrator", "30 s"),
  grid: define("massive:ws:snapshot:{UNDERLYING}:{EXPIRY}", "string", "hydrator", "30 s"),

  active: define("epoch:active", "hash", "epoch store", "persistent"),
  epochMeta: define("epoch:meta:{id}", "hash", "epoch store", "24 h after being superseded"),
  epochContract: define("epoch:{id}:contract:{contract}", "string", "epoch store, substrate store", WITH_EPOCH),
  epochContracts: define("epoch:{id}:contracts", "set", "epoch store", WITH_EPOCH),
  epochStaged: define("epoch:{id}:staged", "hash", "epoch store", "until promoted or no longer valid"),
  hadWsUpdates: define("epoch:{id}:had_ws_updates", "string", "epoch store, substrate store", WITH_EPOCH),
  dirtyContracts: define("epoch:{id}:dirty_contracts", "set", "epoch store, substrate store", WITH_EPOCH),
  dirtyLeases: define("epoch:{id}:dirty_leases", "zset", "epoch store", WITH_EPOCH),
  lentContracts: define("epoch:{id}:lent:{token}", "set", "epoch store", WITH_EPOCH),
  dirty: define("epoch:dirty", "set", "epoch store, substrate store", "persistent"),
  clean: define("epoch:clean", "set", "epoch store, substrate store", "persistent"),
  leaseTokens: define("epoch:lease_tokens", "string", "epoch store", "persistent"),
  timeline: define("epoch:timeline:{SYMBOL}", "list", "epoch store", "last 1,000"),
  timelineMeta: define("epoch:timeline:{SYMBOL}:meta", "hash", "epoch store", "with the timeline"),

  spot: define("massive:spot:{SYMBOL}", "string", "spot store", OVERWRITTEN),
  spotAll: define("massive:spot", "string", "spot store", OVERWRITTEN),
  spotSymbols: define("massive:spot:symbols", "set", "spot store", "persistent"),
  spotTrail: define("massive:spot:trail:{SYMBOL}", "zset", "spot store", "last 300"),
  spotAnalytics: define("massive:spot:analytics", "hash", "spot store", CUMULATIVE),
  spotStream: define("massive:spot:stream", "stream", "spot store", "last 100,000, about"),

  // Its contract is `{underlying}:{YYYYMMDD}:{C or P}{strike x 1000}`, with a root of another name before the last part.
  chainContract: define("massive:chain:snapshot:{contract}", "string", "chain store", "300 s"),
  chainLatest: define("massive:chain:latest:{SYMBOL}", "string", "chain store", OVERWRITTEN),
  chainAnalytics: define("massive:chain:analytics", "hash", "chain store", CUMULATIVE),
  chainTrail: define("massive:chain:analytics:{figure}:{SYMBOL}", "zset", "chain store", "last 1,000"),
  chainHealth: define("massive:chain:analytics:health", "hash", "chain store", CUMULATIVE),

  // `heatmap`, `gex`, or one of another name.
  model: define("massive:{model}:model:{SYMBOL}", "string", "model store", "60 s"),
  modelAnalytics: define("massive:model:analytics", "hash", "model store", CUMULATIVE),

  heartbeat: define("massive:heartbeat:{worker}", "string", "heartbeat store", "15 s"),
  heartbeats: define("massive:heartbeats", "zset", "heartbeat store", "persistent"),
} as const satisfies Readonly<Record<string, RedisKeyDefinition>>;

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
