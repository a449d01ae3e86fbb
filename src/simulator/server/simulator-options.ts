import { SYSTEM_CLOCK } from "../../adapters/system/clock.ts";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import { seededRandom } from "../../domain/random.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MarketConfig } from "../market/market-config.ts";
import type { Hours } from "../rest/market-hours.ts";
import { FramePacker, type FramePackerOptions } from "../wire/frame-packer.ts";
import { FAULT_KINDS, type FaultKind } from "./fault.ts";
import { checkedSchedule, type ScheduledFault } from "./fault-schedule.ts";
import type { LogOptions } from "./server-log.ts";

/** What the account behind a key bought. */
export interface SimulatedPlan {
  /** Keys of one account share its connection limit. @default "default", the account of every key without a plan */
  readonly account?: string;
  /**
   * Channels by asset class; a class that is missing has no websocket access, and its requests are answered with 403. Without
   * `Q` or `T` answers have no last quote or last trade.
   * @default trades, quotes, values and bars of every class, and LULD
   */
  readonly channels?: Readonly<Partial<Record<AssetClass, readonly string[]>>>;
  /** Classes that answers mark as `DELAYED`; their values are those of any other plan. */
  readonly delayed?: readonly AssetClass[];
}

/** How the server makes it hard for a client that expects too much. All of it is allowed to a provider. */
export interface Unkindness {
  /** Share of the events whose fields come in another order and whose sizes may be `12.0`, in 0..1. @default 0.1 */
  readonly respelled: number;
  /** The errors of a request come before its confirmations, or up to half a second late. @default true */
  readonly untimelyErrors: boolean;
  /** A subscription that is held already is not answered. @default true */
  readonly unansweredRepeats: boolean;
  /** Statuses ride in frames of data, half of them, once data flows. With a clock that stands still they wait. @default true */
  readonly mixedFrames: boolean;
}

/** Faults out of nowhere, seeded. */
export interface RandomFaults {
  /** Mean time between two; each wait is 0.5 to 1.5 times this. */
  readonly everyMs: number;
  /** @default those that a client survives: every kind but rejectKeys, noWebsocket, withdraw, evict and skew */
  readonly kinds?: readonly FaultKind[];
}

/** How the simulator is to be. Everything has a default. */
export interface SimulatorOptions {
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Any safe integer. @default 1 */
  readonly seed?: number;
  /** Everything in time goes by it. @default SYSTEM_CLOCK */
  readonly clock?: Clock;
  /** What the server takes the present to be at its start, ms since the Unix epoch. @default clock.now() */
  readonly startMs?: number;
  /**
   * Option trades and quotes published in a second, over all contracts, on average; shares of the funds have a tenth of it
   * and indices a value every second unless `market` says otherwise. 1 to 1,000,000. @default 1000
   */
  readonly eventsPerSecond?: number;
  /** Option quotes for each trade. @default 3 */
  readonly quotesPerTrade?: number;
  /** Anything else about the market. */
  readonly market?: Omit<Partial<MarketConfig>, "startMs">;
  /** At least so many contracts on the first underlying (SPX), on many expirations; 0 to 100,000. @default 0, as it is */
  readonly chainSize?: number;
  /**
   * When anything is published: `always`; in the `regular` hours of each class, 09:30 to 16:15 (shares 04:00 to 20:00)
   * Eastern on trading days; or never (`closed`). The REST side answers at any time, with what was last published.
   * @default "always"
   */
  readonly hours?: Hours;
  /**
   * A stretch of the market of this length is made at the start, kept, and repeated with new times and sequence numbers,
   * for rates that the model cannot reach on a machine; 0 goes on making it. Prices jump back where it begins anew.
   * @default 0
   */
  readonly loopMs?: number;
  /** How often events are published, in ms. @default 10 */
  readonly tickMs?: number;
  /**
   * Age of events when they are published: 900,000 is a delayed feed. Such a feed has no option quotes and no LULD, which
   * are refused as not authorized. @default 0
   */
  readonly delayMs?: number;
  /** How far the event times are ahead of the clock. @default 0 */
  readonly skewMs?: number;
  /** Keys that are refused; any other is accepted. */
  readonly badKeys?: readonly string[];
  /** Plans by key; any other key has the standard plan. */
  readonly plans?: Readonly<Record<string, SimulatedPlan>>;
  /** How long a connection may be silent before it must have authenticated. @default 10000 */
  readonly authTimeoutMs?: number;
  /** Connections of one account and class. @default 1 */
  readonly connectionsPerClass?: number;
  /**
   * Who goes when there are too many: the oldest as soon as the new one has authenticated, or the newest, after the answer
   * to its first request. Both get `max_connections` and close code 1008. @default "oldest"
   */
  readonly evicts?: "oldest" | "newest";
  /**
   * Option contracts in `Q` on one connection. What the provider answers beyond is not known: here each further one is
   * refused by an `error` that names no item. @default 1000
   */
  readonly quotesPerConnection?: number;
  /** Bytes that may wait for one connection before it is killed as a slow consumer. @default 16777216 */
  readonly bufferBytes?: number;
  /** No unkindness at all. @default false */
  readonly kind?: boolean;
  readonly unkindness?: Partial<Unkindness>;
  readonly frames?: FramePackerOptions;
  readonly schedule?: readonly ScheduledFault[];
  readonly randomFaults?: RandomFaults;
  readonly log?: LogOptions;
}

/** Options without gaps. */
export interface SimulatorSettings extends Required<Omit<SimulatorOptions, "kind" | "randomFaults">> {
  readonly unkindness: Unkindness;
  readonly randomFaults: RandomFaults | undefined;
  readonly log: Required<LogOptions>;
}

const KIND: Unkindness = { respelled: 0, untimelyErrors: false, unansweredRepeats: false, mixedFrames: false };
const UNKIND: Unkindness = { respelled: 0.1, untimelyErrors: true, unansweredRepeats: true, mixedFrames: true };

const LIMITS: readonly (readonly [keyof SimulatorSettings, number, number])[] = [
  ["port", 0, 65_535],
  ["eventsPerSecond", 1, 1_000_000],
  ["loopMs", 0, 3_600_000],
  ["chainSize", 0, 100_000],
  ["tickMs", 1, 10_000],
  ["delayMs", 0, 1e12],
  ["skewMs", -1e12, 1e12],
  ["authTimeoutMs", 1, 1e9],
  ["connectionsPerClass", 1, 1_000],
  ["quotesPerConnection", 0, 1e9],
  ["bufferBytes", 1_024, 1e12],
];

/**
 * Fills in what is missing and checks every limit.
 *
 * @throws {RangeError} naming the option, its limits and its value. @throws {TypeError} for a wrong schedule.
 */
export function simulatorSettings(options: SimulatorOptions): SimulatorSettings {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const { kind = false, randomFaults } = options;
  const settings: SimulatorSettings = {
    port: options.port ?? 0,
    host: options.host ?? "127.0.0.1",
    seed: options.seed ?? 1,
    clock,
    startMs: options.startMs ?? clock.now(),
    eventsPerSecond: options.eventsPerSecond ?? 1_000,
    quotesPerTrade: options.quotesPerTrade ?? 3,
    market: options.market ?? {},
    chainSize: options.chainSize ?? 0,
    hours: options.hours ?? "always",
    loopMs: options.loopMs ?? 0,
    tickMs: options.tickMs ?? 10,
    delayMs: options.delayMs ?? 0,
    skewMs: options.skewMs ?? 0,
    badKeys: options.badKeys ?? [],
    plans: options.plans ?? {},
    authTimeoutMs: options.authTimeoutMs ?? 10_000,
    connectionsPerClass: options.connectionsPerClass ?? 1,
    evicts: options.evicts ?? "oldest",
    quotesPerConnection: options.quotesPerConnection ?? 1_000,
    bufferBytes: options.bufferBytes ?? 16_777_216,
    unkindness: { ...(kind ? KIND : UNKIND), ...options.unkindness },
    frames: options.frames ?? {},
    schedule: checkedSchedule(options.schedule ?? []),
    randomFaults,
    log: {
      payloads: options.log?.payloads ?? "none",
      maxEntries: options.log?.maxEntries ?? 100_000,
      maxCharacters: options.log?.maxCharacters ?? 67_108_864,
    },
  };
  for (const [name, least, most] of LIMITS) requireBetween(name, settings[name], least, most);
  requireOneOf("hours", settings.hours, ["always", "regular", "closed"]);
  requireOneOf("evicts", settings.evicts, ["oldest", "newest"]);
  requireOneOf("log.payloads", settings.log.payloads, ["none", "sent", "all"]);
  // Its limits are its own.
  new FramePacker(seededRandom(settings.seed), settings.frames);
  requireBetween("unkindness.respelled", settings.unkindness.respelled, 0, 1);
  if (randomFaults !== undefined) {
    requireBetween("randomFaults.everyMs", randomFaults.everyMs, 1, 1e9);
    for (const kind of randomFaults.kinds ?? []) requireOneOf("randomFaults.kinds", kind, FAULT_KINDS);
    if (randomFaults.kinds?.length === 0) requireOneOf("randomFaults.kinds", "an empty list", FAULT_KINDS);
  }
  return settings;
}

function requireBetween(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  throw new RangeError(`Cannot start a simulator: '${name}' must be in ${least}..${most}, current value is ${value}`);
}

function requireOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new RangeError(
    `Cannot start a simulator: '${name}' must be one of ${allowed.join(", ")}, current value is ${value}`,
  );
}
