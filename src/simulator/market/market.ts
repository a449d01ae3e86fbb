import type { Random } from "../../domain/random.ts";
import { Agenda } from "./agenda.ts";
import { buildUniverse, type ContractUniverse, isAlive, type MarketContract } from "./contract-universe.ts";
import type { MarketEvent, OptionQuoteEvent } from "./events.ts";
import { startHawkes } from "./hawkes.ts";
import { completeConfig, type MarketConfig, type MarketSettings } from "./market-config.ts";
import { startQuoteBursts } from "./quote-bursts.ts";
import { QuoteProcess, type Valuation } from "./quote-process.ts";
import { SpotProcess } from "./spot-process.ts";
import { startIndex, startStock, volatilityIndex } from "./stock-process.ts";
import { type TradeContext, TradeProcess } from "./trade-process.ts";
import type { UnderlyingSpec } from "./underlyings.ts";

/** A seeded market: a pure function of configuration, generator and time. It knows nothing of sockets and frames. */
export interface Market {
  /** The instant up to which events were handed out. */
  readonly nowMs: number;
  /**
   * Moves on to `toMs`. @returns what was published in (now, toMs], in order of publication.
   * @throws {RangeError} for an instant before now.
   */
  advance(toMs: number): MarketEvent[];
  /** What has options here. */
  underlyings(): readonly UnderlyingSpec[];
  /** Every contract listed so far, settled ones included; the same list while nothing new is listed. */
  contracts(): readonly MarketContract[];
  /** A contract that is listed, or was. */
  contract(ticker: string): MarketContract | undefined;
  /**
   * Long-run mean events per second of every contract that is listed and has not settled, by ticker: prints (`T`) or quotes (`Q`).
   * They are the parameters of the model, not measurements.
   */
  trueRates(channel: "T" | "Q"): ReadonlyMap<string, number>;
  /** Current price of an underlying, or of the `VIX` stand-in, in points; `undefined` for another symbol. */
  spot(symbol: string): number | undefined;
  /** The last quote; `undefined` for an unknown ticker. */
  quote(ticker: string): OptionQuoteEvent | undefined;
  /** What the model holds the contract to be worth; `undefined` for an unknown ticker. */
  valuation(ticker: string): Valuation | undefined;
}

/** The underlying whose options the `VIX` stand-in reads. */
const VIX_UNDERLYING = "SPX";

/** One underlying at work. */
interface Line {
  readonly universe: ContractUniverse;
  readonly quotes: QuoteProcess;
  readonly trades: TradeProcess;
  /** Its part of all orders, in 0..1. */
  readonly share: number;
}

/** Orders and spontaneous quotes of all underlyings, per second. */
interface Rates {
  readonly orders: number;
  readonly burstQuotes: number;
}

/**
 * Makes a market. The same configuration and generator give the same events whatever the steps of `advance`.
 *
 * A market lives for a session or a few: contracts settle, new ones are listed only where the configuration says so, and it
 * trades around the clock.
 * American options of the funds are priced as European ones.
 *
 * @throws {RangeError} for rates and shares outside their limits.
 * @example
 * ```ts
 * const market = createMarket({ startMs: Date.UTC(2025, 11, 19, 15) }, seededRandom(7));
 * const [first] = market.advance(market.nowMs + 1_000);
 * ```
 */
export function createMarket(config: MarketConfig, random: Random): Market {
  return new SimulatedMarket(completeConfig(config), random);
}

class SimulatedMarket implements Market {
  readonly #agenda: Agenda;
  readonly #spots: SpotProcess;
  readonly #lines = new Map<string, Line>();
  readonly #byTicker = new Map<string, MarketContract>();
  readonly #underlyings: readonly UnderlyingSpec[];
  /** Those still to be listed included. */
  readonly #allContracts: readonly MarketContract[];
  #contracts: readonly MarketContract[] = [];
  /** When the next one is listed. */
  #nextListingMs = -Infinity;
  readonly #rates: Rates;
  #published: MarketEvent[] = [];

  constructor(settings: MarketSettings, random: Random) {
    const { startMs, underlyings, happenings, listings } = settings;
    this.#underlyings = underlyings;
    this.#agenda = new Agenda(startMs);
    this.#spots = new SpotProcess(underlyings, startMs, random.fork("spots"));

    const emit = (event: MarketEvent): void => {
      const isUnlisted = "contract" in event && event.contract.listedAtMs > this.#agenda.nowMs;
      if (!isUnlisted) this.#published.push(event);
    };
    const context: TradeContext = { agenda: this.#agenda, happenings, numbers: { prints: 0, orders: 0 }, emit };
    const shares = underlyings.reduce((sum, { optionShare }) => sum + optionShare, 0);
    for (const spec of underlyings) {
      const { symbol } = spec;
      const universe = buildUniverse(spec, startMs, random.fork(`contracts of ${symbol}`), listings);
      const quotes = new QuoteProcess(universe, this.#spots, startMs, random.fork(`quotes of ${symbol}`));
      const trades = new TradeProcess(universe, quotes, context, random.fork(`trades of ${symbol}`));
      this.#lines.set(symbol, { universe, quotes, trades, share: spec.optionShare / shares });
    }
    this.#allContracts = [...this.#lines.values()].flatMap(({ universe }) => universe.contracts);
    for (const contract of this.#allContracts) this.#byTicker.set(contract.ticker, contract);

    this.#rates = this.#shareOut(settings);
    for (const line of this.#lines.values()) this.#startOptions(line, settings, random, emit);
    this.#startUnderlyings(settings, random, emit);
  }

  get nowMs(): number {
    return this.#agenda.nowMs;
  }

  advance(toMs: number): MarketEvent[] {
    if (!(toMs >= this.nowMs && toMs < Infinity)) {
      throw new RangeError(
        `Cannot advance a market: 'toMs' must be at or after ${this.nowMs}, current value is ${toMs}`,
      );
    }
    this.#agenda.runUntil(toMs);
    const published = this.#published;
    this.#published = [];
    return published;
  }

  underlyings(): readonly UnderlyingSpec[] {
    return this.#underlyings;
  }

  contracts(): readonly MarketContract[] {
    if (this.nowMs >= this.#nextListingMs) this.#list();
    return this.#contracts;
  }

  contract(ticker: string): MarketContract | undefined {
    const contract = this.#byTicker.get(ticker);
    return contract !== undefined && contract.listedAtMs <= this.nowMs ? contract : undefined;
  }

  trueRates(channel: "T" | "Q"): ReadonlyMap<string, number> {
    const rates = new Map<string, number>();
    for (const { universe, trades, share } of this.#lines.values()) {
      const orders = share * this.#rates.orders;
      const burstQuotes = share * this.#rates.burstQuotes;
      const prints = channel === "T" ? trades.printRates(orders) : undefined;
      for (const contract of universe.contracts) {
        if (!isAlive(contract, this.nowMs)) continue;
        const { index, ticker } = contract;
        const quotes = orders * (universe.tradeShares[index] ?? 0) + burstQuotes * (universe.quoteShares[index] ?? 0);
        rates.set(ticker, prints?.[index] ?? quotes);
      }
    }
    return rates;
  }

  spot(symbol: string): number | undefined {
    if (this.#lines.has(symbol)) return this.#spots.spot(symbol);
    const vix = symbol === "VIX" ? this.#lines.get(VIX_UNDERLYING) : undefined;
    return vix === undefined ? undefined : volatilityIndex(vix.universe.spec, this.#spots);
  }

  quote(ticker: string): OptionQuoteEvent | undefined {
    const contract = this.contract(ticker);
    return contract && this.#lines.get(contract.underlying)?.quotes.latest(contract);
  }

  valuation(ticker: string): Valuation | undefined {
    const contract = this.contract(ticker);
    return contract && this.#lines.get(contract.underlying)?.quotes.value(contract, this.nowMs);
  }

  #list(): void {
    const { nowMs } = this;
    this.#contracts = this.#allContracts.filter(({ listedAtMs }) => listedAtMs <= nowMs);
    this.#nextListingMs = Infinity;
    for (const { listedAtMs } of this.#allContracts) {
      if (listedAtMs > nowMs) this.#nextListingMs = Math.min(this.#nextListingMs, listedAtMs);
    }
  }

  /** What orders and quotes the wanted events per second take, given how many prints an order ends in. */
  #shareOut({ optionEventsPerSecond, quotesPerTrade }: MarketSettings): Rates {
    let printsPerOrder = 0;
    for (const { trades, share } of this.#lines.values()) {
      for (const rate of trades.printRates(1)) printsPerOrder += share * rate;
    }
    const prints = optionEventsPerSecond / (1 + quotesPerTrade);
    const orders = prints / printsPerOrder;
    return { orders, burstQuotes: optionEventsPerSecond - prints - orders };
  }

  #startOptions(line: Line, settings: MarketSettings, random: Random, emit: (event: MarketEvent) => void): void {
    const { universe, quotes, trades, share } = line;
    const { symbol } = universe.spec;
    startHawkes(
      {
        ...settings.excitation,
        arrivalsPerSecond: share * this.#rates.orders,
        drawMark: () => trades.drawMark(),
        drawOffspringMark: (parent) => trades.drawOffspringMark(parent),
      },
      this.#agenda,
      random.fork(`orders of ${symbol}`),
      (mark, atMs) => trades.arrive(mark, atMs),
    );
    startQuoteBursts(
      universe,
      quotes,
      this.#spots,
      { ...settings, quotesPerSecond: share * this.#rates.burstQuotes },
      this.#agenda,
      random.fork(`bursts of ${symbol}`),
      emit,
    );
  }

  #startUnderlyings(settings: MarketSettings, random: Random, emit: (event: MarketEvent) => void): void {
    const { underlyings, stockEventsPerSecond, indexIntervalMs } = settings;
    const stocks = underlyings.filter(({ assetClass }) => assetClass === "stocks");
    for (const spec of stocks) {
      const rate = stockEventsPerSecond / stocks.length;
      startStock(spec, rate, this.#spots, this.#agenda, random.fork(`shares of ${spec.symbol}`), emit);
    }
    if (indexIntervalMs === 0) return;
    for (const spec of underlyings) {
      if (spec.assetClass !== "indices") continue;
      const read = (atMs: number): number => {
        this.#spots.moveTo(spec.symbol, atMs);
        return this.#spots.spot(spec.symbol);
      };
      startIndex(`I:${spec.symbol}`, indexIntervalMs, this.#agenda, read, emit);
      if (spec.symbol === VIX_UNDERLYING) {
        startIndex("I:VIX", indexIntervalMs, this.#agenda, () => volatilityIndex(spec, this.#spots), emit);
      }
    }
  }
}
