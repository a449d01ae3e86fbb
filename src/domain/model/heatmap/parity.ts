import { parityDifference } from "./bounds.ts";
import { pointsOfHalves, ROUNDING_HALF_UNITS } from "./price-units.ts";
import type { SeriesTiles } from "./series-tiles.ts";
import { PRICED } from "./tile.ts";
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
export function seriesParity(tiles: SeriesTiles): SeriesParity {
  const { widths, bounds, layout } = tiles;
  const count = layout.strikes.length;
  const putCall = new Errors(tiles);
  for (const [place, strike] of layout.strikes.entries()) {
    const difference = parityDifference(bounds, strike);
    if (difference !== null) putCall.add(tiles.at(0, 0, place), tiles.at(1, 0, place), -1, difference);
  }
  const byWidth = widths.map((width, index): WidthParity => {
    const butterfly = new Errors(tiles);
    const box = new Errors(tiles);
    const calls = tiles.at(0, 1 + widths.length + index, 0);
    const puts = tiles.at(1, 1 + widths.length + index, 0);
    const worth = strikePoints(width) * bounds.perPoint;
    for (let place = 0; place < count; place++) {
      butterfly.add(calls + place, puts + place, -1, 0);
      const above = layout.above[index * count + place] ?? -1;
      if (worth === Infinity || above < 0) continue;
      box.add(tiles.at(0, 1 + index, place), tiles.at(1, 1 + index, above), 1, worth);
    }
    return { widthPts: strikePoints(width), butterfly: butterfly.result(), box: box.result() };
  });
  return { putCall: putCall.result(), byWidth };
}

/** Misses of `call + sign * put` from what it should be. */
class Errors {
  readonly #tiles: SeriesTiles;
  #pairs = 0;
  #sum = 0;
  #worst = 0;
  #beyondSpread = 0;

  constructor(tiles: SeriesTiles) {
    this.#tiles = tiles;
  }

  add(call: number, put: number, sign: 1 | -1, expected: number): void {
    const { states, mid2, natural, opposite } = this.#tiles;
    if (states[call] !== PRICED || states[put] !== PRICED) return;
    const error = Math.abs((mid2[call] ?? 0) + sign * (mid2[put] ?? 0) - expected);
    // A half spread in half units is a spread in units.
    const spreads = (natural[call] ?? 0) - (opposite[call] ?? 0) + ((natural[put] ?? 0) - (opposite[put] ?? 0));
    this.#pairs += 1;
    this.#sum += error;
    if (error > this.#worst) this.#worst = error;
    if (error > spreads + 2 * ROUNDING_HALF_UNITS) this.#beyondSpread += 1;
  }

  result(): ParityError | null {
    if (this.#pairs === 0) return null;
    return {
      pairs: this.#pairs,
      meanPts: pointsOfHalves(this.#sum / this.#pairs),
      worstPts: pointsOfHalves(this.#worst),
      beyondSpread: this.#beyondSpread,
    };
  }
}
