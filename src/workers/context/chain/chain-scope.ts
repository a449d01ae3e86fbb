import { valueFor } from "../../../domain/config/per-symbol.ts";
import type { StrikewireConfig } from "../../../domain/config/strikewire-config.ts";
import { endsFetching } from "../../../domain/context/fetch-backoff.ts";
import { nearestExpirationDates } from "../../../domain/epoch/expirations.ts";
import { nextWindow, type StrikeWindow, strikeIncrement } from "../../../domain/epoch/strike-window.ts";
import { isStrikewireError } from "../../../domain/errors.ts";
import type { TradingCalendar } from "../../../domain/market/trading-calendar.ts";
import { dateText, easternOffsetMs } from "../../../domain/market/trading-day.ts";
import type { ChainFetch } from "../../../ports/chain-provider.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { ReferenceProvider } from "../../../ports/reference-provider.ts";
import type { SpotStore } from "../../../ports/spot-store.ts";
import { reasonOf } from "../../heartbeat.ts";
import type { ChainRequest } from "./fetch-chain.ts";

/** What a scope follows from. */
export type ChainScopeConfig = Pick<
  StrikewireConfig,
  "chainNumExpirations" | "chainStrikeWindowPct" | "chainEmMult" | "chainEmDays"
>;

/** What a scope is found with. */
export interface ChainScopePorts {
  readonly reference: ReferenceProvider;
  readonly spot: SpotStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** New expirations are listed every day. */
const REFRESH_MS = 3_600_000;
/** The list is longer than the chain by this much, so that a roll needs no new one at once. */
const SPARE_EXPIRATIONS = 3;
/** An index that moves as expected moves of others do. */
const VOLATILITY_INDEX = "VIX";
/** Nothing that options are on stands above this, points or dollars, as no price of the feed does. */
const HIGHEST_SPOT = 1_000_000_000;
/** The VIX never stood above a tenth of this. */
const HIGHEST_VOLATILITY = 1_000;

/** Which part of one symbol's chain is fetched: the nearest expirations, and strikes around spot. */
export class ChainScope {
  readonly #config: ChainScopeConfig;
  readonly #ports: ChainScopePorts;
  readonly #underlying: string;
  readonly #symbol: string;
  #listed: readonly string[] = [];
  /** Whether there may be more expirations than are listed. */
  #isCut = true;
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #window: StrikeWindow | undefined;
  #fetchedSpot: ChainFetch["spot"] = null;
  #expirations = "";

  /** @param underlying as the provider names it: `I:SPX`. */
  constructor(config: ChainScopeConfig, ports: ChainScopePorts, underlying: string) {
    this.#config = config;
    this.#ports = ports;
    this.#underlying = underlying;
    this.#symbol = underlying.replace(/^I:/, "");
  }

  /** A chain told what its underlying stands at: for a start without a spot, and for when that is older. */
  sawSpot(spot: NonNullable<ChainFetch["spot"]>): void {
    if (this.#fetchedSpot === null || spot.valueTsNs >= this.#fetchedSpot.valueTsNs) this.#fetchedSpot = spot;
  }

  /**
   * What to fetch now. Without any spot all strikes are asked for once; their answer has one.
   *
   * @returns with `isAnother` where not the same is asked for as before, so that chains of before say nothing about how
   *   large this one is to be.
   */
  async request(
    calendar: TradingCalendar,
    signal: AbortSignal,
  ): Promise<{ readonly request: ChainRequest; readonly isAnother: boolean }> {
    const window = await this.#nextWindow();
    const expirations = await this.#nextExpirations(calendar, signal);
    const isAnother = window !== this.#window || expirations.join() !== this.#expirations;
    this.#window = window;
    this.#expirations = expirations.join();
    const strikes = window === undefined ? undefined : { from: window.from, to: window.to };
    return { request: { underlying: this.#underlying, expirations, strikes }, isAnother };
  }

  async #nextWindow(): Promise<StrikeWindow | undefined> {
    const { spot } = this.#ports;
    const [own, volatility] = await Promise.all([spot.latest(this.#symbol), spot.latest(VOLATILITY_INDEX)]);
    const fetched = this.#fetchedSpot;
    const isOlder = own !== null && fetched !== null && fetched.valueTsNs > BigInt(own.as_of_ns);
    const value = (isOlder ? fetched : (own ?? fetched))?.value ?? 0;
    // What nothing can stand at is no reason to fetch other strikes.
    if (!isWithin(value, HIGHEST_SPOT)) return this.#window;
    const vix = volatility?.value ?? 0;
    const { chainStrikeWindowPct, chainEmMult, chainEmDays } = this.#config;
    return nextWindow(this.#window, {
      spot: value,
      vix: isWithin(vix, HIGHEST_VOLATILITY) ? vix : null,
      leastPct: valueFor(chainStrikeWindowPct, this.#symbol),
      emMult: valueFor(chainEmMult, this.#symbol),
      emDays: valueFor(chainEmDays, this.#symbol),
      increment: strikeIncrement(this.#symbol),
    });
  }

  async #nextExpirations(calendar: TradingCalendar, signal: AbortSignal): Promise<readonly string[]> {
    const { clock } = this.#ports;
    const { chainNumExpirations } = this.#config;
    const nowMs = clock.now();
    const nearest = (): readonly string[] =>
      nearestExpirationDates(this.#listed, this.#underlying, chainNumExpirations, nowMs, calendar);
    const left = nearest().length;
    const isShort = left === 0 || (left < chainNumExpirations && this.#isCut);
    if (isShort || clock.monotonic() - this.#listedAtMs >= REFRESH_MS) await this.#list(nowMs, left > 0, signal);
    return nearest();
  }

  /** @param isKnown whether there is a list to go on with: where no new one can be had, it does. */
  async #list(nowMs: number, isKnown: boolean, signal: AbortSignal): Promise<void> {
    const { clock, logger, reference } = this.#ports;
    const today = dateText(nowMs + easternOffsetMs(nowMs));
    const count = this.#config.chainNumExpirations + SPARE_EXPIRATIONS;
    try {
      this.#listed = await reference.expirations(this.#symbol, today, count, signal);
      this.#isCut = this.#listed.length >= count;
      this.#listedAtMs = clock.monotonic();
    } catch (error) {
      if (!isKnown || signal.aborted || endsFetching(error)) throw error;
      if (!isStrikewireError(error, "STRIKEWIRE_REST")) throw error;
      logger.warn(`Cannot list the expirations of ${this.#symbol}, going on with those known`, {
        reason: reasonOf(error),
      });
    }
  }
}

function isWithin(value: number, highest: number): boolean {
  return value > 0 && value <= highest;
}
