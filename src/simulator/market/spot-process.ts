import type { Random } from "../../domain/random.ts";
import type { UnderlyingSpec } from "./underlyings.ts";

/** 252 trading days of 6.5 hours, in ms. */
const MS_PER_TRADING_YEAR = 252 * 6.5 * 3_600_000;

/** Relative change of implied volatility for a relative change of the index: 1 % down makes volatility 4 % dearer. */
const LEVERAGE = -4;

/** One underlying's path. */
interface Path {
  readonly spec: UnderlyingSpec;
  readonly family: Family;
}

/** What moves as one: its own standard Brownian motion, known at `atMs`. */
interface Family {
  value: number;
  atMs: number;
}

/**
 * Prices of all underlyings: geometric Brownian motions without drift, driven by a market factor that all share and a
 * factor of each family. The motions are drawn when somebody looks, over exactly the time that went by, so the path is
 * right at whatever instants the model asks.
 */
export class SpotProcess {
  readonly #random: Random;
  readonly #market: Family;
  readonly #paths = new Map<string, Path>();

  constructor(underlyings: readonly UnderlyingSpec[], startMs: number, random: Random) {
    this.#random = random;
    this.#market = { value: 0, atMs: startMs };
    const families = new Map<string, Family>();
    for (const spec of underlyings) {
      const family = families.get(spec.family) ?? { value: 0, atMs: startMs };
      families.set(spec.family, family);
      this.#paths.set(spec.symbol, { spec, family });
    }
  }

  /** Moves the market and the family of `symbol` on to `atMs`. An instant that has passed changes nothing. */
  moveTo(symbol: string, atMs: number): void {
    this.#diffuse(this.#market, atMs);
    this.#diffuse(this.#pathOf(symbol).family, atMs);
  }

  /** Log of spot over its start: what the last `moveTo` of the family found. */
  logReturn(symbol: string): number {
    const { spec, family } = this.#pathOf(symbol);
    const { marketCorrelation: rho, realizedVolatility } = spec;
    return realizedVolatility * (rho * this.#market.value + Math.sqrt(1 - rho * rho) * family.value);
  }

  /** Points, unrounded. */
  spot(symbol: string): number {
    return this.#pathOf(symbol).spec.spot * Math.exp(this.logReturn(symbol));
  }

  /** By what the whole volatility surface of `symbol` is multiplied, since volatility rises as prices fall. */
  volatilityLevel(symbol: string): number {
    return Math.exp(LEVERAGE * this.logReturn(symbol));
  }

  /** Standard deviation of `logReturn` over a stretch of time. */
  deviationOver(symbol: string, elapsedMs: number): number {
    return this.#pathOf(symbol).spec.realizedVolatility * Math.sqrt(elapsedMs / MS_PER_TRADING_YEAR);
  }

  #diffuse(motion: Family, atMs: number): void {
    if (atMs <= motion.atMs) return;
    motion.value += Math.sqrt((atMs - motion.atMs) / MS_PER_TRADING_YEAR) * this.#random.normal();
    motion.atMs = atMs;
  }

  #pathOf(symbol: string): Path {
    const path = this.#paths.get(symbol);
    if (path === undefined) {
      throw new RangeError(
        `Cannot find a price: 'symbol' must be an underlying of this market, current value is ${symbol}`,
      );
    }
    return path;
  }
}
