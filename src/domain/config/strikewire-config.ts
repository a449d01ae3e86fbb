import type { SideRule } from "../flow/published-accuracy.ts";
import type { ResourceType } from "../instrument/resource.ts";
import type { RateMeasure } from "../subscription/scheduler-config.ts";
import type { PerSymbol } from "./per-symbol.ts";
import type { WidthsBySymbol } from "./widths-kind.ts";

/** `firehose`: everything of a resource type. `targeted`: the topics that are wanted at the moment. */
export type WsMode = "firehose" | "targeted";

/** From the most to the least talkative. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Every setting, checked and complete. `...Sec` are seconds, `...Ms` milliseconds, `...Bytes` bytes. */
export interface StrikewireConfig {
  /** A secret: it may be sent to the provider, and shown nowhere. */
  readonly apiKey: string | undefined;
  /** `ws://` or `wss://`, to which the asset class is appended; one that ends in a class is for that class only. */
  readonly wsUrl: string;
  /** `http://` or `https://`. */
  readonly restUrl: string;
  /** `redis://` or `rediss://`, perhaps with credentials: shown nowhere. `undefined`: everything in memory. */
  readonly marketRedisUrl: string | undefined;

  /** Wait before the first attempt to connect again; each further wait is twice as long. */
  readonly wsReconnectDelaySec: number;
  /** No wait is longer, before jitter. */
  readonly wsReconnectMaxSec: number;
  /** A wait is multiplied by 1 + U(0, jitter). */
  readonly wsReconnectJitter: number;
  /** A link that carried data for this long makes the next wait the first again. */
  readonly wsStableAfterSec: number;
  /** Entries to which the raw log is cut as far as every reader has read it. */
  readonly wsStreamMaxlen: number;
  /** Size of the raw log at which entries go even when nobody has read them. */
  readonly wsStreamHardBytes: number;
  /** Entries of the raw log older than this go once every reader has read them; `undefined`: they stay. */
  readonly wsStreamMaxAgeSec: number | undefined;
  readonly wsMode: WsMode;
  /** Each once, at least one. */
  readonly wsResources: readonly ResourceType[];
  /** Connections per resource type, or per asset class where its resource types have to share them. */
  readonly wsShardCount: number;
  /** Connections that the provider allows this account per asset class. */
  readonly wsConnectionsPerClass: number;
  /** Option contracts whose quotes one connection holds. */
  readonly wsQuoteCap: number;
  /** Topics in one request. */
  readonly wsSubscribeChunk: number;
  /** A topic that was not confirmed for so long is asked for again. */
  readonly wsAckTimeoutSec: number;
  /** Time between two heartbeats of a quiet, living link. */
  readonly wsHeartbeatMs: number;
  /** How much later than the measured receive lag a row may still arrive on a quiet, living link. */
  readonly wsIdleBoundMs: number;
  /** How far behind the highest event time a row may come and still be on time. */
  readonly wsAllowedLatenessMs: number;
  /** A row further ahead of its receipt than this is refused. */
  readonly wsMaxFutureSkewMs: number;
  readonly wsMaxFrameBytes: number;
  /** Age of the oldest unprocessed event past which the source sheds. */
  readonly wsStalenessLimitMs: number;
  /** Events that wait to be processed at most. */
  readonly wsQueueEvents: number;
  readonly wsQueueBytes: number;
  /** What waits at most while the raw log is away. */
  readonly wsSpoolBytes: number;
  /** Whether the last whole frame is kept for people to look at. */
  readonly wsLastSample: boolean;
  /** Whether option trades come to a host with their side, in batches that are `Enriched`. */
  readonly wsTradeSides: boolean;

  /** How the side of a print is told. */
  readonly sideRule: SideRule;
  /** By so much a quote must be older than a print to count. */
  readonly sideMinQuoteAgeMs: number;
  /** A streamed quote above this age is stale. */
  readonly sideMaxStreamAgeMs: number;
  /** A quote of the substrate above this age is stale. */
  readonly sideMaxSubstrateAgeMs: number;
  /** A usable quote younger than this takes the place of a crossed or one-sided one. */
  readonly sideStandInMs: number;

  /** Slots reserved for the instruments with the highest rates. */
  readonly schedTopN: number;
  /** Share of all slots that goes to exploration, in 0..1. */
  readonly schedExplorationFraction: number;
  readonly schedRebalanceIntervalSec: number;
  /** Share by which a challenger must exceed the holder of a reserved slot, in [0, 1). */
  readonly schedHysteresis: number;
  /** Updates for which an explored instrument keeps its slot. */
  readonly schedExploreRounds: number;
  /** Time in which the weight of what was measured halves. */
  readonly schedHalfLifeSec: number;
  readonly schedMeasure: RateMeasure;
  /** Seed of the order of exploration. */
  readonly schedSeed: number;

  /** Underlyings whose option chains are fetched: `I:SPX`, `AAPL`. */
  readonly chainSymbols: readonly string[];
  readonly chainIntervalSec: number;
  /** The next fetch waits at least so many times the smoothed latency. */
  readonly chainLatencyFactor: number;
  /** No pause between two fetches is longer. */
  readonly chainIntervalMaxSec: number;
  /** A fetch that took longer is reported as slow. */
  readonly chainSlowMs: number;
  /** Nearest expirations of which the chain consists. */
  readonly chainNumExpirations: number;
  /** Least half width of the strike window, in percent of spot. */
  readonly chainStrikeWindowPct: PerSymbol;
  /** Half width of the strike window in expected moves. */
  readonly chainEmMult: PerSymbol;
  /** Days over which the expected move is taken. */
  readonly chainEmDays: PerSymbol;

  /** How long an epoch is valid, and its records live, without being renewed. */
  readonly epochTtlSec: number;
  readonly epochRenewSec: number;
  /** An epoch without a streamed update for so long asks for a chain fetch at once. */
  readonly epochDormantThresholdSec: number;
  /** So many times in a row dormant, a new epoch is forced. */
  readonly epochDormantLimit: number;

  /** Indices whose values are fetched: `I:SPX`. */
  readonly spotSymbols: readonly string[];
  /** Stocks whose prices are fetched: `SPY`. */
  readonly stockSymbols: readonly string[];
  readonly spotIntervalSec: number;
  readonly restRequestsPerSec: number;
  readonly restTimeoutMs: number;

  /** How far back a hydrator reads the log again for what lives in memory only. */
  readonly hydrateRebuildHorizonMs: number;
  readonly hydrateLeaseMs: number;
  /** A delta of the substrate counts for prints that are at most so much older or newer. */
  readonly hydrateMaxDeltaAgeMs: number;
  readonly modelIntervalMs: number;
  /** Models are not built from values older than this. */
  readonly modelMaxAgeMs: number;
  /** A model is stale when its spot is older. */
  readonly modelSpotStaleMs: number;
  /** The same of its newest quote and greeks. */
  readonly modelChainStaleMs: number;
  /** Tiles with a leg quoted longer ago have no price. */
  readonly modelQuoteMaxAgeMs: number;
  /** The same of legs quoted further apart; `undefined`: however far. */
  readonly modelQuoteMaxSkewMs: number | undefined;
  /** Widths of verticals and butterflies in points, by underlying without `I:`. */
  readonly modelWidths: WidthsBySymbol;
  /** Continuously compounded interest, a fraction per year. */
  readonly modelRate: number;
  readonly modelDividendYield: PerSymbol;
  readonly heartbeatIntervalSec: number;
  readonly heartbeatTtlSec: number;
  /** In front of every key and channel. */
  readonly keyPrefix: string;
  readonly logLevel: LogLevel;
}

/** The name of a setting in code and in files. */
export type SettingName = keyof StrikewireConfig;

/** What a live source needs. */
export type WsConfig = Pick<
  StrikewireConfig,
  Extract<SettingName, "apiKey" | `ws${string}` | `sched${string}` | `side${string}`>
>;
