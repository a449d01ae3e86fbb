import { ROUNDING_HALF_UNITS } from "./price-units.ts";
import { ARBITRAGE, BOUND_VIOLATION, PRICED, STATE_COUNT, STATES } from "./tile.ts";
import { noCounts } from "./tile-counts.ts";

/** Strategies as counts have them. */
export const SINGLE = 0;
export const VERTICAL = 1;
export const BUTTERFLY = 2;

/** Tiles of a series side by side in memory. None is listed until it is priced or refused. */
export class TileColumns {
  /** Half units, and units; 0 where there is no price. */
  readonly mid2: Float64Array;
  readonly natural: Float64Array;
  readonly opposite: Float64Array;
  /** `PRICED`, or the place of the reason. */
  readonly states: Uint8Array;
  readonly flags: Uint8Array;
  /** Tiles by strategy and state. */
  readonly counts: Uint32Array = noCounts();

  /** @param strikes how many. @param widths how many. */
  constructor(strikes: number, widths: number) {
    const tiles = 2 * (1 + 2 * widths) * strikes;
    this.mid2 = new Float64Array(tiles);
    this.natural = new Float64Array(tiles);
    this.opposite = new Float64Array(tiles);
    this.flags = new Uint8Array(tiles);
    this.states = new Uint8Array(tiles).fill(STATES.not_listed);
    this.counts[SINGLE * STATE_COUNT + STATES.not_listed] = 2 * strikes;
    this.counts[VERTICAL * STATE_COUNT + STATES.not_listed] = 2 * strikes * widths;
    this.counts[BUTTERFLY * STATE_COUNT + STATES.not_listed] = 2 * strikes * widths;
  }

  /** @param least what the package can be worth, half units; so `most`. */
  price(
    at: number,
    strategy: number,
    mid2: number,
    natural: number,
    opposite: number,
    legFlags: number,
    least: number,
    most: number,
  ): void {
    const floor = least - ROUNDING_HALF_UNITS;
    const ceiling = most + ROUNDING_HALF_UNITS;
    let flags = legFlags;
    if (mid2 < floor || mid2 > ceiling) flags |= BOUND_VIOLATION;
    if (2 * natural < floor || 2 * opposite > ceiling) flags |= ARBITRAGE;
    this.#enter(at, strategy, PRICED);
    this.mid2[at] = mid2;
    this.natural[at] = natural;
    this.opposite[at] = opposite;
    this.flags[at] = flags;
  }

  refuse(at: number, strategy: number, state: number): void {
    this.#enter(at, strategy, state);
    this.mid2[at] = 0;
    this.natural[at] = 0;
    this.opposite[at] = 0;
    this.flags[at] = 0;
  }

  #enter(at: number, strategy: number, state: number): void {
    const before = strategy * STATE_COUNT + (this.states[at] ?? 0);
    const after = strategy * STATE_COUNT + state;
    this.counts[before] = (this.counts[before] ?? 0) - 1;
    this.counts[after] = (this.counts[after] ?? 0) + 1;
    this.states[at] = state;
  }
}
