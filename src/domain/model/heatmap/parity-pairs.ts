import { ROUNDING_HALF_UNITS } from "./price-units.ts";
import { PRICED } from "./tile.ts";
import type { TileColumns } from "./tile-columns.ts";

const NONE = 0;
const WITHIN = 1;
const BEYOND = 2;

/** How a lane misses what it should be, half units. */
export interface LaneErrors {
  readonly pairs: number;
  readonly beyondSpread: number;
  readonly sum: number;
  readonly worst: number;
}

/** Misses of calls and puts that belong together, by lane and place of the call's centre. */
export class ParityPairs {
  readonly #columns: TileColumns;
  readonly #count: number;
  /** 0 where there is no pair. */
  readonly #errors: Float64Array;
  readonly #kinds: Uint8Array;
  /** By lane. */
  readonly #pairs: Int32Array;
  readonly #beyond: Int32Array;

  constructor(columns: TileColumns, lanes: number, count: number) {
    this.#columns = columns;
    this.#count = count;
    this.#errors = new Float64Array(lanes * count);
    this.#kinds = new Uint8Array(lanes * count);
    this.#pairs = new Int32Array(lanes);
    this.#beyond = new Int32Array(lanes);
  }

  /**
   * Holds a call with a put, or with it taken off, against what both should come to.
   *
   * @param put where it is in the columns; -1 for none.
   * @param expected half units; NaN or infinite where that is not known.
   */
  measure(lane: number, place: number, call: number, put: number, sign: 1 | -1, expected: number): void {
    const { states, mid2, natural, opposite } = this.#columns;
    const at = lane * this.#count + place;
    let kind = NONE;
    let error = 0;
    if (put >= 0 && states[call] === PRICED && states[put] === PRICED && Math.abs(expected) < Infinity) {
      error = Math.abs((mid2[call] ?? 0) + sign * (mid2[put] ?? 0) - expected);
      // Half spreads in half units are spreads in units.
      const spreads = (natural[call] ?? 0) - (opposite[call] ?? 0) + ((natural[put] ?? 0) - (opposite[put] ?? 0));
      kind = error > spreads + 2 * ROUNDING_HALF_UNITS ? BEYOND : WITHIN;
    }
    const before = this.#kinds[at] ?? NONE;
    this.#errors[at] = error;
    if (before === kind) return;
    this.#kinds[at] = kind;
    this.#pairs[lane] = (this.#pairs[lane] ?? 0) + Number(kind !== NONE) - Number(before !== NONE);
    this.#beyond[lane] = (this.#beyond[lane] ?? 0) + Number(kind === BEYOND) - Number(before === BEYOND);
  }

  /** Summed by ascending place. */
  lane(lane: number): LaneErrors {
    const errors = this.#errors;
    let sum = 0;
    let worst = 0;
    for (let at = lane * this.#count; at < (lane + 1) * this.#count; at++) {
      const error = errors[at] ?? 0;
      sum += error;
      if (error > worst) worst = error;
    }
    return { pairs: this.#pairs[lane] ?? 0, beyondSpread: this.#beyond[lane] ?? 0, sum, worst };
  }
}
