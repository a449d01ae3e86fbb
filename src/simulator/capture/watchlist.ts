import type { MarketContract } from "../market/contract-universe.ts";
import type { Market } from "../market/market.ts";

/** How many strikes around the money of one root and expiration are watched, calls and puts of each. */
interface WatchedSeries {
  readonly root: string;
  readonly expiration: string;
  readonly strikes: number;
}

/** Near the money, near expiry, and the third Friday of January under both roots of the S&P 500. */
const WATCHED: readonly WatchedSeries[] = [
  { root: "SPXW", expiration: "2025-12-23", strikes: 28 },
  { root: "SPXW", expiration: "2025-12-24", strikes: 16 },
  { root: "SPXW", expiration: "2025-12-26", strikes: 8 },
  { root: "SPXW", expiration: "2026-01-16", strikes: 8 },
  { root: "SPX", expiration: "2026-01-16", strikes: 8 },
  { root: "NDXP", expiration: "2025-12-23", strikes: 8 },
  { root: "SPY", expiration: "2025-12-23", strikes: 16 },
  { root: "SPY", expiration: "2025-12-24", strikes: 10 },
  { root: "QQQ", expiration: "2025-12-23", strikes: 14 },
  { root: "IWM", expiration: "2025-12-23", strikes: 8 },
];

/** The contracts whose quotes the captured connection subscribes to. */
export function watchedContracts(market: Market): readonly MarketContract[] {
  return WATCHED.flatMap(({ root, expiration, strikes }) => {
    const series = market
      .contracts()
      .filter((contract) => contract.root === root && contract.expiration === expiration);
    const spot = market.spot(series[0]?.underlying ?? root) ?? 0;
    const distance = ({ strike }: MarketContract): number => Math.abs(strike - spot);
    return series
      .sort((left, right) => distance(left) - distance(right) || left.index - right.index)
      .slice(0, 2 * strikes);
  });
}
