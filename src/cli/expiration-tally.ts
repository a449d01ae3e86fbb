import { countedPrint } from "../domain/hydration/counted-print.ts";
import type { TradeRecord } from "../domain/hydration/effects.ts";
import { priceMicros } from "../domain/market/price-micros.ts";

/** What was traded in the options of one underlying and expiration date over a whole recording. */
export interface ExpirationSums {
  readonly underlying: string;
  /** `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly trades: number;
  readonly contracts: number;
  /** Millionths of a point times contracts. */
  readonly premiumMicros: number;
  readonly callContracts: number;
  readonly putContracts: number;
  /** Event times of the prints that counted. */
  readonly firstTsNs: bigint;
  readonly lastTsNs: bigint;
}

type OpenSums = { -readonly [Field in keyof ExpirationSums]: ExpirationSums[Field] };

/**
 * Sums trades by underlying and expiration, whatever number of trading days they span. Its memory grows with the number
 * of expirations, not with that of trades.
 */
export class ExpirationTally {
  readonly #sums = new Map<string, OpenSums>();

  add(record: TradeRecord): void {
    const counted = countedPrint(record);
    if (counted === undefined) return;
    const { sign, tsNs } = counted;
    const { underlying, expiration, right, price, size } = record.trade;
    const name = `${underlying} ${expiration}`;
    let sums = this.#sums.get(name);
    if (sums === undefined) {
      sums = {
        underlying,
        expiration,
        trades: 0,
        contracts: 0,
        premiumMicros: 0,
        callContracts: 0,
        putContracts: 0,
        firstTsNs: tsNs,
        lastTsNs: tsNs,
      };
      this.#sums.set(name, sums);
    }
    sums.trades += sign;
    sums.contracts += sign * size;
    sums.premiumMicros += sign * priceMicros(price) * size;
    if (right === "C") sums.callContracts += sign * size;
    else sums.putContracts += sign * size;
    if (tsNs < sums.firstTsNs) sums.firstTsNs = tsNs;
    if (tsNs > sums.lastTsNs) sums.lastTsNs = tsNs;
  }

  /** By underlying, then expiration. */
  rows(): readonly ExpirationSums[] {
    return [...this.#sums.values()].sort((a, b) => {
      if (a.underlying !== b.underlying) return a.underlying < b.underlying ? -1 : 1;
      return a.expiration < b.expiration ? -1 : 1;
    });
  }
}

/** Trades over the stretch from the first to the last; `null` where there is no stretch. */
export function tradesPerSec({ trades, firstTsNs, lastTsNs }: ExpirationSums): number | null {
  const spanNs = lastTsNs - firstTsNs;
  return spanNs > 0n ? trades / (Number(spanNs) / 1e9) : null;
}
