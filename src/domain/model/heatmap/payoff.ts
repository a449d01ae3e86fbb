import type { TileId } from "./tile.ts";

/** What a tile bought at a price can come to at expiration, in points. */
export interface TilePayoff {
  /** `null` for a call, whose profit has no bound. */
  readonly maxProfitPts: number | null;
  /** The debit itself. */
  readonly maxLossPts: number;
  /** Levels of the underlying, ascending, at which nothing is won or lost; none where the debit is outside of its bounds. */
  readonly breakEvens: readonly number[];
  /** Most profit over most loss; `null` where either is none. */
  readonly rewardToRisk: number | null;
}

/**
 * Payoff at expiration of a tile bought for `debitPts`.
 *
 * @example
 * ```ts
 * tilePayoff({ strategy: "butterfly", right: "C", centre: 5000, widthPts: 10 }, 1.8).breakEvens; // [4991.8, 5008.2]
 * ```
 */
export function tilePayoff(
  tile: Pick<TileId, "strategy" | "right" | "centre" | "widthPts">,
  debitPts: number,
): TilePayoff {
  const { strategy, right, centre, widthPts } = tile;
  const width = widthPts ?? 0;
  const most = strategy === "single" ? (right === "C" ? null : centre) : width;
  const maxProfitPts = most === null ? null : most - debitPts;
  const hasBreakEven = debitPts >= 0 && (most === null || debitPts <= most);
  const sign = right === "C" ? 1 : -1;
  const levels =
    strategy === "butterfly" ? [centre - width + debitPts, centre + width - debitPts] : [centre + sign * debitPts];
  return {
    maxProfitPts,
    maxLossPts: debitPts,
    breakEvens: hasBreakEven ? levels : [],
    rewardToRisk: maxProfitPts !== null && maxProfitPts > 0 && debitPts > 0 ? finite(maxProfitPts / debitPts) : null,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
