import { z } from "zod";
import { HEATMAP_WIDTHS } from "../model/heatmap/widths.ts";
import {
  listOf,
  milliseconds,
  numberFrom,
  oneOf,
  orOff,
  plainUrl,
  SECONDS,
  secretText,
  text,
  wholeNumber,
} from "./kinds.ts";
import { MAX_SEC } from "./limits.ts";
import { perSymbol } from "./per-symbol-kind.ts";
import { isRedisUrl } from "./redis-url.ts";
import { type Setting, setting } from "./setting.ts";
import type { SettingName, StrikewireConfig, WsConfig } from "./strikewire-config.ts";
import { WIDTHS_BY_SYMBOL } from "./widths-kind.ts";

type OtherName = Exclude<SettingName, keyof WsConfig>;

const indices = listOf(z.string().regex(/^I:[A-Z0-9][A-Z0-9._-]{0,19}$/), {
  allowed: "indices such as I:SPX",
  least: 0,
});
const stocks = listOf(z.string().regex(/^[A-Z][A-Za-z0-9./-]{0,19}$/), { allowed: "stocks such as SPY", least: 0 });
const underlyings = listOf(z.string().regex(/^(I:)?[A-Z][A-Z0-9.]{0,19}$/), {
  allowed: "underlyings such as I:SPX or AAPL",
  least: 0,
});
const byUnderlying = (least: number, most: number, fallback: number, unit = "") => {
  return [{ default: fallback, bySymbol: {} }, perSymbol(numberFrom(least, most, unit), fallback)] as const;
};

/** Settings of everything but the live source: REST, chains, epochs, spot, hydration, models, Redis, logs. */
export const SYSTEM_SETTINGS: { readonly [Name in OtherName]: Setting<StrikewireConfig[Name]> } = {
  restUrl: setting(
    "MASSIVE_REST_URL",
    "https://api.massive.com",
    plainUrl("http:", "https:"),
    "the provider's REST interface",
  ),
  marketRedisUrl: setting(
    "MARKET_REDIS_URL",
    undefined,
    secretText("redis://[user:password@]host[:port][/db], or rediss:// for TLS", isRedisUrl),
    "the Redis that everything is stored in, else in memory; never shown; in a file also `buses.market-redis.url`",
  ),
  restRequestsPerSec: setting(
    "MASSIVE_REST_REQUESTS_PER_SEC",
    20,
    numberFrom(0.01, 10_000),
    "requests to the provider per second at most",
  ),
  restTimeoutMs: setting("MASSIVE_REST_TIMEOUT_MS", 10_000, milliseconds(1), "a request that takes longer failed, ms"),

  chainSymbols: setting(
    "MASSIVE_CHAIN_SYMBOLS",
    ["I:SPX", "I:NDX"],
    underlyings,
    "underlyings whose option chains are fetched",
  ),
  chainIntervalSec: setting("MASSIVE_CHAIN_INTERVAL_SEC", 30, SECONDS, "time between two fetches of a chain, s"),
  chainLatencyFactor: setting(
    "MASSIVE_CHAIN_LATENCY_FACTOR",
    1.5,
    numberFrom(0, 100),
    "the next fetch waits at least so many times the smoothed latency",
  ),
  chainIntervalMaxSec: setting("MASSIVE_CHAIN_INTERVAL_MAX_SEC", 300, SECONDS, "longest time between two fetches, s"),
  chainSlowMs: setting(
    "MASSIVE_CHAIN_SLOW_MS",
    5_000,
    milliseconds(1),
    "a fetch that took longer is reported as slow, ms",
  ),
  chainNumExpirations: setting(
    "MASSIVE_CHAIN_NUM_EXPIRATIONS",
    5,
    wholeNumber(1, 1_000),
    "nearest expirations of which a chain consists",
  ),
  chainStrikeWindowPct: setting(
    "MASSIVE_CHAIN_STRIKE_WINDOW_PCT",
    ...byUnderlying(0.01, 100, 3, "percent"),
    "least half width of the strike window, in percent of spot; by symbol as `SPX=3,NDX=2.5`",
  ),
  chainEmMult: setting(
    "MASSIVE_CHAIN_EM_MULT",
    ...byUnderlying(0.01, 100, 2.25),
    "half width of the strike window in expected moves; by symbol likewise",
  ),
  chainEmDays: setting(
    "MASSIVE_CHAIN_EM_DAYS",
    ...byUnderlying(0.01, 366, 1, "days"),
    "days over which the expected move is taken; by symbol likewise",
  ),

  epochTtlSec: setting(
    "MASSIVE_EPOCH_TTL_SEC",
    300,
    wholeNumber(1, MAX_SEC, "seconds"),
    "how long an epoch is valid without being renewed, s",
  ),
  epochRenewSec: setting("MASSIVE_EPOCH_RENEW_SEC", 100, SECONDS, "time between two renewals of the active epoch, s"),
  epochDormantThresholdSec: setting(
    "MASSIVE_EPOCH_DORMANT_THRESHOLD_SEC",
    5,
    SECONDS,
    "an epoch without a streamed update for so long asks for a chain fetch at once, s",
  ),
  epochDormantLimit: setting(
    "MASSIVE_EPOCH_DORMANT_LIMIT",
    3,
    wholeNumber(1, 1_000),
    "so many times in a row dormant, a new epoch is forced",
  ),

  spotSymbols: setting(
    "MASSIVE_SPOT_SYMBOLS",
    ["I:SPX", "I:NDX", "I:VIX"],
    indices,
    "indices whose values are fetched",
  ),
  stockSymbols: setting("MASSIVE_STOCK_SYMBOLS", ["SPY", "QQQ", "IWM"], stocks, "stocks whose prices are fetched"),
  spotIntervalSec: setting("MASSIVE_SPOT_INTERVAL_SEC", 1, SECONDS, "time between two fetches of prices, s"),

  hydrateRebuildHorizonMs: setting(
    "MASSIVE_HYDRATE_REBUILD_HORIZON_MS",
    120_000,
    milliseconds(0),
    "how far back a hydrator reads the log again for what lives in memory only, ms",
  ),
  hydrateLeaseMs: setting(
    "MASSIVE_HYDRATE_LEASE_MS",
    5_000,
    milliseconds(100),
    "how long a hydrator holds a partition without renewing its lease, ms",
  ),
  hydrateMaxDeltaAgeMs: setting(
    "MASSIVE_HYDRATE_MAX_DELTA_AGE_MS",
    120_000,
    milliseconds(0),
    "a delta of a fetched chain counts for prints that are at most so much older or newer, ms",
  ),
  modelIntervalMs: setting(
    "MASSIVE_MODEL_INTERVAL_MS",
    1_000,
    milliseconds(1),
    "time between two builds of models, ms",
  ),
  modelMaxAgeMs: setting(
    "MASSIVE_MODEL_MAX_AGE_MS",
    60_000,
    milliseconds(1),
    "no model is built from values older than this, ms",
  ),
  modelSpotStaleMs: setting(
    "MASSIVE_MODEL_SPOT_STALE_MS",
    5_000,
    milliseconds(1),
    "a model is stale when its spot is older than this, ms",
  ),
  modelChainStaleMs: setting(
    "MASSIVE_MODEL_CHAIN_STALE_MS",
    45_000,
    milliseconds(1),
    "the same of the newest quote and the newest greeks; past this age greeks of the provider are replaced by our own, ms",
  ),
  modelQuoteMaxAgeMs: setting(
    "MASSIVE_MODEL_QUOTE_MAX_AGE_MS",
    60_000,
    milliseconds(1),
    "a tile of the heatmap with a leg quoted longer ago has no price, ms",
  ),
  modelQuoteMaxSkewMs: setting(
    "MASSIVE_MODEL_QUOTE_MAX_SKEW_MS",
    undefined,
    orOff(milliseconds(1)),
    "the same of legs quoted further apart, ms; 1000 is sensible where all quotes are streamed",
  ),
  modelWidths: setting(
    "MASSIVE_MODEL_WIDTHS",
    HEATMAP_WIDTHS,
    WIDTHS_BY_SYMBOL,
    "widths of verticals and butterflies in points; of other symbols ten multiples of the smallest gap between strikes",
  ),
  modelRate: setting(
    "MASSIVE_MODEL_RATE",
    0.04,
    numberFrom(-1, 1, "continuous interest per year"),
    "interest that models discount by, a fraction",
  ),
  modelDividendYield: setting(
    "MASSIVE_MODEL_DIVIDEND_YIELD",
    { default: 0.012, bySymbol: {} },
    perSymbol(numberFrom(-1, 1, "continuous yield per year"), 0.012),
    "dividends of the underlying, a fraction; by symbol as `SPX=0.012,NDX=0.007`",
  ),
  heartbeatIntervalSec: setting("MASSIVE_HEARTBEAT_INTERVAL_SEC", 5, SECONDS, "time between two signs of life, s"),
  heartbeatTtlSec: setting(
    "MASSIVE_HEARTBEAT_TTL_SEC",
    15,
    wholeNumber(1, MAX_SEC, "seconds"),
    "a worker that gave no sign of life for so long is gone, s",
  ),
  keyPrefix: setting(
    "MASSIVE_KEY_PREFIX",
    "",
    text("a text of at most 100 characters, without spaces", /^[\x21-\x7e]{0,100}$/),
    "stands in front of every key and channel",
  ),
  logLevel: setting(
    "MASSIVE_LOG_LEVEL",
    "info",
    oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    "the least that is logged",
  ),
};
