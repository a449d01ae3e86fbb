import { blackScholesPrice } from "../../domain/model/black-scholes.ts";
import type { Random } from "../../domain/random.ts";
import { type ContractUniverse, type MarketContract, yearsToExpiry } from "./contract-universe.ts";
import type { OptionQuoteEvent } from "./events.ts";
import { ceilToTick, floorToTick } from "./price-grid.ts";
import { drawShare } from "./share.ts";
import type { SpotProcess } from "./spot-process.ts";
import { impliedVolatility } from "./volatility-surface.ts";

/** A contract's worth under the model, at one instant. */
export interface Valuation {
  /** Theoretical value, in points. */
  readonly theo: number;
  /** A fraction per year. */
  readonly impliedVolatility: number;
  /** Price of the underlying, in points. */
  readonly spot: number;
  readonly years: number;
}

/** How far market makers' opinions scatter around the theoretical value, as a share of the half spread. */
const OPINION_SCATTER = 0.2;

/**
 * Makes the quotes of one underlying's contracts: a spread in whole ticks around the theoretical value, bid below ask
 * always, no bid where the option is worth less than the spread. Also hands out the sequence numbers.
 */
export class QuoteProcess {
  readonly #universe: ContractUniverse;
  readonly #spots: SpotProcess;
  readonly #random: Random;
  readonly #latest: OptionQuoteEvent[];
  readonly #sequences: Float64Array;

  /** Every contract has a quote from the start. */
  constructor(universe: ContractUniverse, spots: SpotProcess, startMs: number, random: Random) {
    this.#universe = universe;
    this.#spots = spots;
    this.#random = random;
    this.#sequences = Float64Array.from(universe.contracts, () => 1e8 + random.int(9e8));
    this.#latest = [];
    for (const contract of universe.contracts) this.requote(contract, startMs, startMs);
  }

  /** What the contract is worth; a settled one its intrinsic value. */
  value(contract: MarketContract, atMs: number): Valuation {
    const { rate, dividendYield, symbol, volatility: surface } = this.#universe.spec;
    const { right, strike } = contract;
    const spot = this.#spots.spot(symbol);
    const years = yearsToExpiry(contract, atMs);
    const logMoneyness = Math.log(strike / spot) - (rate - dividendYield) * years;
    const volatility =
      years > 0 ? impliedVolatility(surface, logMoneyness, years, this.#spots.volatilityLevel(symbol)) : 0;
    const theo = blackScholesPrice(right, { spot, strike, years, rate, dividendYield, volatility });
    return { theo, impliedVolatility: volatility, spot, years };
  }

  /** The last quote of a contract of this universe. */
  latest(contract: MarketContract): OptionQuoteEvent | undefined {
    return this.#latest[contract.index];
  }

  /** Replaces the quote of a contract by one for the present. */
  requote(contract: MarketContract, atMs: number, publishedAtMs: number): OptionQuoteEvent {
    const { ticks, optionVenues, halfSpreadCents, halfSpreadFraction } = this.#universe.spec;
    const random = this.#random;
    const { theo, spot } = this.value(contract, atMs);
    const halfSpread = halfSpreadCents + halfSpreadFraction * theo * 100;
    const fair = theo * 100 + OPINION_SCATTER * halfSpread * (2 * random.next() - 1);
    const bidCents = floorToTick(ticks, fair - halfSpread);
    const quote: OptionQuoteEvent = {
      kind: "optionQuote",
      publishedAtMs: Math.floor(publishedAtMs),
      tMs: Math.floor(atMs),
      contract,
      sequence: this.nextSequence(contract),
      bidCents,
      bidSize: bidCents === 0 ? 0 : this.#drawSize(),
      bidExchange: drawShare(optionVenues, random).exchange,
      askCents: ceilToTick(ticks, fair + halfSpread),
      askSize: this.#drawSize(),
      askExchange: drawShare(optionVenues, random).exchange,
      truth: { theo, spot },
    };
    this.#latest[contract.index] = quote;
    return quote;
  }

  /** The contract's next sequence number: larger than the last, by 1 or more. */
  nextSequence(contract: MarketContract): number {
    const next = (this.#sequences[contract.index] ?? 0) + 1 + Math.floor(4 * this.#random.exponential());
    this.#sequences[contract.index] = next;
    return next;
  }

  #drawSize(): number {
    return 1 + Math.floor(this.#universe.spec.meanQuoteSize * this.#random.exponential());
  }
}
