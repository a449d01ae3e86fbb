import { z } from "zod";
import { RESOURCES, type ResourceType } from "../instrument/resource.ts";
import { DEFAULT_SCHEDULER_CONFIG, SCHEDULER_RULES, type SchedulerConfig } from "../subscription/scheduler-config.ts";
import {
  listOf,
  milliseconds,
  numberFrom,
  ON_OR_OFF,
  oneOf,
  orOff,
  plainUrl,
  ruled,
  SECONDS,
  secretText,
  wholeNumber,
} from "./kinds.ts";
import { MAX_BYTES, MAX_COUNT, MIN_SEC } from "./limits.ts";
import { type Setting, setting } from "./setting.ts";
import { SIDE_SETTINGS } from "./side-settings.ts";
import type { SettingName, WsConfig } from "./strikewire-config.ts";

type Settings<Names extends SettingName & keyof WsConfig> = { readonly [Name in Names]: Setting<WsConfig[Name]> };

const resourceTypes = Object.keys(RESOURCES) as ResourceType[];

const field = <Name extends keyof SchedulerConfig>(env: string, name: Name, meaning: string) => {
  return setting(env, DEFAULT_SCHEDULER_CONFIG[name], ruled<SchedulerConfig[Name]>(SCHEDULER_RULES[name]), meaning);
};

/** Settings of a live source: the provider, its connections, its queues, and how it spends subscription slots. */
export const SOURCE_SETTINGS: Settings<keyof WsConfig> = {
  apiKey: setting(
    "MASSIVE_API_KEY",
    undefined,
    secretText("a text without spaces", (key) => /^[\x21-\x7e]+$/.test(key)),
    "the provider's key; needed for live data only; never shown",
  ),
  wsUrl: setting(
    "MASSIVE_WS_URL",
    "wss://socket.massive.com",
    plainUrl("ws:", "wss:"),
    "the asset class is appended; one that ends in `/options`, `/stocks` or `/indices` is for that class only",
  ),
  wsReconnectDelaySec: setting(
    "MASSIVE_WS_RECONNECT_DELAY_SEC",
    1,
    SECONDS,
    "wait before connecting again, s; each further wait is twice as long",
  ),
  wsReconnectMaxSec: setting("MASSIVE_WS_RECONNECT_MAX_SEC", 60, SECONDS, "longest wait, before jitter, s"),
  wsReconnectJitter: setting(
    "MASSIVE_WS_RECONNECT_JITTER",
    0.2,
    numberFrom(0, 1),
    "a wait is made longer by a random share up to this",
  ),
  wsStableAfterSec: setting(
    "MASSIVE_WS_STABLE_AFTER_SEC",
    60,
    SECONDS,
    "a link that carried data for so long makes the next wait the first again, s",
  ),
  wsStreamMaxlen: setting(
    "MASSIVE_WS_STREAM_MAXLEN",
    100_000,
    wholeNumber(1, MAX_COUNT),
    "entries to which the raw log is cut, as far as every reader has read it",
  ),
  wsStreamHardBytes: setting(
    "MASSIVE_WS_STREAM_HARD_BYTES",
    1_073_741_824,
    wholeNumber(1, MAX_BYTES, "bytes"),
    "size of the raw log at which entries go even when nobody has read them",
  ),
  wsStreamMaxAgeSec: setting(
    "MASSIVE_WS_STREAM_MAX_AGE_SEC",
    undefined,
    orOff(numberFrom(MIN_SEC, 366 * 86_400, "seconds")),
    "entries of the raw log older than this go once every reader has read them, s",
  ),
  wsMode: setting(
    "MASSIVE_WS_MODE",
    "firehose",
    oneOf(["firehose", "targeted"]),
    "everything of a resource type, or the topics that are wanted at the moment",
  ),
  wsResources: setting(
    "MASSIVE_WS_RESOURCES",
    ["options_trades"],
    listOf(z.enum(resourceTypes), { allowed: resourceTypes.join(", "), least: 1 }),
    "resource types to receive",
  ),
  wsShardCount: setting(
    "MASSIVE_WS_SHARD_COUNT",
    1,
    wholeNumber(1, 100),
    "connections per resource type, or per asset class where its resource types have to share them",
  ),
  wsConnectionsPerClass: setting(
    "MASSIVE_WS_CONNECTIONS_PER_CLASS",
    1,
    wholeNumber(1, 100),
    "connections that the provider allows the account per asset class",
  ),
  wsQuoteCap: setting(
    "MASSIVE_WS_QUOTE_CAP",
    1_000,
    wholeNumber(1, 1_000),
    "option contracts whose quotes one connection holds; the provider allows 1000",
  ),
  wsSubscribeChunk: setting(
    "MASSIVE_WS_SUBSCRIBE_CHUNK",
    500,
    wholeNumber(1, 10_000),
    "topics in one request, which has at most 16 KiB whatever this says",
  ),
  wsAckTimeoutSec: setting(
    "MASSIVE_WS_ACK_TIMEOUT_SEC",
    10,
    SECONDS,
    "a topic that is not confirmed for so long is asked for again, twice, then reported, s",
  ),
  wsHeartbeatMs: setting(
    "MASSIVE_WS_HEARTBEAT_MS",
    1_000,
    milliseconds(1),
    "time between two heartbeats of a quiet, living link, ms",
  ),
  wsIdleBoundMs: setting(
    "MASSIVE_WS_IDLE_BOUND_MS",
    250,
    milliseconds(0),
    "how much later than the measured lag a row may still arrive on a quiet, living link, ms",
  ),
  wsAllowedLatenessMs: setting(
    "MASSIVE_WS_ALLOWED_LATENESS_MS",
    0,
    milliseconds(0),
    "how far behind the highest event time a row is still on time, ms",
  ),
  wsMaxFutureSkewMs: setting(
    "MASSIVE_WS_MAX_FUTURE_SKEW_MS",
    5_000,
    milliseconds(0),
    "a row further ahead of its receipt is refused, ms",
  ),
  wsMaxFrameBytes: setting(
    "MASSIVE_WS_MAX_FRAME_BYTES",
    16_777_216,
    wholeNumber(1_024, MAX_BYTES, "bytes"),
    "a larger frame is refused; give it to `WsFeedConnector({ maxFrameBytes })` as well",
  ),
  wsStalenessLimitMs: setting(
    "MASSIVE_WS_STALENESS_LIMIT_MS",
    100,
    milliseconds(1),
    "age of the oldest unprocessed event past which the source sheds, ms",
  ),
  wsQueueEvents: setting(
    "MASSIVE_WS_QUEUE_EVENTS",
    200_000,
    wholeNumber(1, MAX_COUNT),
    "events that wait to be processed at most",
  ),
  wsQueueBytes: setting("MASSIVE_WS_QUEUE_BYTES", 134_217_728, wholeNumber(1, MAX_BYTES, "bytes"), "the same, by size"),
  wsSpoolBytes: setting(
    "MASSIVE_WS_SPOOL_BYTES",
    268_435_456,
    wholeNumber(1, MAX_BYTES, "bytes"),
    "what waits at most while the raw log is away",
  ),
  wsLastSample: setting("MASSIVE_WS_LAST_SAMPLE", true, ON_OR_OFF, "keep the last whole frame for people to look at"),
  wsTradeSides: setting(
    "MASSIVE_WS_TRADE_SIDES",
    false,
    ON_OR_OFF,
    "tell a host that iterates the side of option trades: their batches are then `Enriched`",
  ),

  ...SIDE_SETTINGS,

  schedTopN: field("MASSIVE_SCHED_TOP_N", "topN", "slots reserved for the instruments with the highest rates"),
  schedExplorationFraction: field(
    "MASSIVE_SCHED_EXPLORATION_FRACTION",
    "explorationFraction",
    "share of all slots that goes to exploration",
  ),
  schedRebalanceIntervalSec: field(
    "MASSIVE_SCHED_REBALANCE_INTERVAL_SEC",
    "rebalanceIntervalSec",
    "time between two distributions of the slots, s",
  ),
  schedHysteresis: field(
    "MASSIVE_SCHED_HYSTERESIS",
    "hysteresis",
    "share by which a challenger must exceed the holder of a reserved slot",
  ),
  schedExploreRounds: field(
    "MASSIVE_SCHED_EXPLORE_ROUNDS",
    "exploreRounds",
    "distributions for which an explored instrument keeps its slot",
  ),
  schedHalfLifeSec: field(
    "MASSIVE_SCHED_HALF_LIFE_SEC",
    "halfLifeSec",
    "time in which the weight of what was measured halves, s",
  ),
  schedMeasure: field("MASSIVE_SCHED_MEASURE", "measure", "what a rate counts: rows, or contracts traded"),
  schedSeed: field("MASSIVE_SCHED_SEED", "seed", "seed of the order of exploration"),
};
