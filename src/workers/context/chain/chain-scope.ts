import { valueFor } from "../../../domain/config/per-symbol.ts";
import type { StrikewireConfig } from "../../../domain/config/strikewire-config.ts";
import { nearestExpirationDates } from "../../../domain/epoch/expirations.ts";
import { nextWindow, type StrikeWindow, strikeIncrement } from "../../../domain/epoch/strike-window.ts";
import type { TradingCalendar } from "../../../domain/market/trading-calendar.ts";
import { dateText, easternOffsetMs } from "../../../domain/market/trading-day.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { ReferenceProvider } from "../../../ports/reference-provider.ts";
import type { SpotStore } from "../../../ports/spot-store.ts";
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
}

/** New expirations are listed every day. */
const REFRESH_MS = 3_600_000;
/** The list is longer than the chain by this much, so that a roll needs no new one at once. */
const SPARE_EXPIRATIONS = 3;
/** An index that moves as expected moves of others do. */
const VOLATILITY_INDEX = "VIX";

/** Which part of one symbol's chain is fetched: the nearest expirations, and strikes around spot. */
export class ChainScope {
  readonly #config: ChainScopeConfig;
  readonly #ports: ChainScopePorts;
  readonly #underlying: string;
  readonly #symbol: string;
  #listed: readonly string[] = [];
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #window: StrikeWindow | undefined;
  #fetchedSpot: number | undefined;
  #expirations = "";

  /** @param underlying as the provider names it: `I:SPX`. */
  constructor(config: ChainScopeConfig, ports: ChainScopePorts, underlying: string) {
    this.#config = config;
    this.#ports = ports;
    this.#underlying = underlying;
    this.#symbol = underlying.replace(/^I:/, "");
  }

  /** A chain told what its underlying stands at: for a start without a spot of its own. */
  sawSpot(value: number): void {
    this.#fetchedSpot = value;
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
    const value = own?.value ?? this.#fetchedSpot;
    if (value === undefined || !(value > 0)) return this.#window;
    const vix = volatility?.value ?? 0;
    const { chainStrikeWindowPct, chainEmMult, chainEmDays } = this.#config;
    return nextWindow(this.#window, {
      spot: value,
      vix: vix > 0 ? vix : null,
      leastPct: valueFor(chainStrikeWindowPct, this.#symbol),
      emMult: valueFor(chainEmMult, this.#symbol),
      emDays: valueFor(chainEmDays, this.#symbol),
      increment: strikeIncrement(this.#symbol),
    });
  }

  async #nextExpirations(calendar: TradingCalendar, signal: AbortSignal): Promise<readonly string[]> {
    const { clock, reference } = this.#ports;
    const { chainNumExpirations } = this.#config;
    const nowMs = clock.now();
    const nearest = (): readonly string[] =>
      nearestExpirationDates(this.#listed, this.#underlying, chainNumExpirations, nowMs, calendar);
    if (nearest().length < chainNumExpirations || clock.monotonic() - this.#listedAtMs >= REFRESH_MS) {
      const today = dateText(nowMs + easternOffsetMs(nowMs));
      const count = chainNumExpirations + SPARE_EXPIRATIONS;
      this.#listed = await reference.expirations(this.#symbol, today, count, signal);
      this.#listedAtMs = clock.monotonic();
    }
    return nearest();
  }
}
