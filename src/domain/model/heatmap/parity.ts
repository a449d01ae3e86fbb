import type { LaneErrors } from "./parity-pairs.ts";
import { pointsOfHalves } from "./price-units.ts";
import type { SeriesTiles } from "./series-tiles.ts";
import { strikePoints } from "./widths.ts";

/** By how much middles miss what they should be by parity: what the quotes are worth, not what the market is. */
export interface ParityError {
  /** Centres at which calls and puts have prices. */
  readonly pairs: number;
  /** Points, without sign. */
  readonly meanPts: number;
  readonly worstPts: number;
  /** Pairs that miss it by more than the half spreads of both packages together. */
  readonly beyondSpread: number;
}

/** The same for tiles of one width. `null` where there is no pair, or nothing to hold it against. */
export interface WidthParity {
  readonly widthPts: number;
  /** A call butterfly and the put butterfly of the same strikes are worth the same. */
  readonly butterfly: ParityError | null;
  /** A call vertical and the put vertical of the same strikes are worth the width, discounted, together. */
  readonly box: ParityError | null;
}

/** Parity of a series. */
export interface SeriesParity {
  /** A call less the put of its strike is the underlying less the strike, both discounted. */
  readonly putCall: ParityError | null;
  /** Ascending by width. */
  readonly byWidth: readonly WidthParity[];
}

/** Parity of settled tiles, summed by ascending centre. */
export function seriesParity({ widths, pairs }: SeriesTiles): SeriesParity {
  return {
    putCall: parityError(pairs.lane(0)),
    byWidth: widths.map((width, index) => ({
      widthPts: strikePoints(width),
      butterfly: parityError(pairs.lane(1 + widths.length + index)),
      box: parityError(pairs.lane(1 + index)),
    })),
  };
}

function parityError({ pairs, beyondSpread, sum, worst }: LaneErrors): ParityError | null {
  if (pairs === 0) return null;
  return { pairs, meanPts: pointsOfHalves(sum / pairs), worstPts: pointsOfHalves(worst), beyondSpread };
}
