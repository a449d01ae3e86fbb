import { NO_BOUNDS, type SeriesBounds, singleBounds } from "./bounds.ts";
import { type Leg, NO_LEG } from "./leg.ts";
import { LegColumns } from "./leg-columns.ts";
import { ROUNDING_HALF_UNITS } from "./price-units.ts";
import type { QuoteLimits } from "./quote-limits.ts";
import { layOut, type SeriesLayout } from "./series-layout.ts";
import { ARBITRAGE, BOUND_VIOLATION, PRICED, STATE_COUNT, STATES } from "./tile.ts";
import { strikePoints } from "./widths.ts";

/** 0 calls, 1 puts. */
export type Side = 0 | 1;
export const SIDES: readonly Side[] = [0, 1];

const SINGLE = 0;
const VERTICAL = 1;
const BUTTERFLY = 2;

/**
 * All tiles of one series side by side in memory. By side, then lane, then place of the centre among the strikes; lanes are
 * the single, the vertical of each width, the butterfly of each width.
 */
export class SeriesTiles {
  readonly widths: readonly number[];
  /** Half units, and units; 0 where there is no price. */
  mid2 = new Float64Array(0);
  natural = new Float64Array(0);
  opposite = new Float64Array(0);
  /** `PRICED`, or the place of the reason. */
  states = new Uint8Array(0);
  flags = new Uint8Array(0);
  /** Tiles by strategy and state. */
  readonly counts: Uint32Array = new Uint32Array(3 * STATE_COUNT);
  readonly #lanes: number;
  readonly #maxAgeMs: number;
  readonly #maxSkewMs: number;
  readonly #legs = new Map<number, Leg>();
  /** Legs whose tiles are to be computed. */
  readonly #touched = new Set<number>();
  #layout: SeriesLayout | null = null;
  #singlesTouched = false;
  #allTouched = false;
  #freshFromMs: number;
  #bounds: SeriesBounds = NO_BOUNDS;
  #count = 0;
  /** By side and place. */
  #columns = new LegColumns(0);

  constructor(widths: readonly number[], limits: QuoteLimits, asOfMs: number) {
    this.widths = widths;
    this.#lanes = 1 + 2 * widths.length;
    this.#maxAgeMs = limits.maxAgeMs ?? Infinity;
    this.#maxSkewMs = limits.maxSkewMs ?? Infinity;
    this.#freshFromMs = asOfMs - this.#maxAgeMs;
  }

  /** Contracts. */
  get size(): number {
    return this.#legs.size;
  }

  get bounds(): SeriesBounds {
    return this.#bounds;
  }

  /** Strikes and what is how far apart, as they stand. */
  get layout(): SeriesLayout {
    this.#layout ??= this.#layAnew();
    return this.#layout;
  }

  set(strike: number, side: Side, leg: Leg): void {
    const key = 2 * strike + side;
    const isNew = !this.#legs.has(key);
    this.#legs.set(key, leg);
    if (isNew) this.#layout = null;
    if (this.#layout === null) return;
    const place = this.#layout.placeOf.get(strike) ?? 0;
    const at = side * this.#count + place;
    this.#columns.write(at, leg, this.#freshFromMs);
    this.#touched.add(at);
  }

  delete(strike: number, side: Side): void {
    if (this.#legs.delete(2 * strike + side)) this.#layout = null;
  }

  /** When the leg of a side at a place was quoted, ms; `null` where it has no prices. */
  quotedTMs(side: Side, place: number): number | null {
    const at = side * this.#count + place;
    return this.#columns.isQuoted(at) ? (this.#columns.tMs[at] ?? null) : null;
  }

  /** Moves to another instant: legs that turn old, or fresh, are touched. */
  moveTo(asOfMs: number): void {
    this.#freshFromMs = asOfMs - this.#maxAgeMs;
    if (this.#layout === null) return;
    for (let at = 0; at < 2 * this.#count; at++) {
      if (this.#columns.age(at, this.#freshFromMs)) this.#touched.add(at);
    }
  }

  /** @param onlySpot whether only what depends on spot is another. */
  setBounds(bounds: SeriesBounds, onlySpot: boolean): void {
    this.#bounds = bounds;
    if (onlySpot) this.#singlesTouched = true;
    else this.#allTouched = true;
  }

  /** Whether anything is to be computed. */
  get isTouched(): boolean {
    return this.#layout === null || this.#allTouched || this.#singlesTouched || this.#touched.size > 0;
  }

  /** Computes what was touched. */
  settle(): void {
    const layout = this.layout;
    if (this.#allTouched) this.#priceAll(layout);
    else {
      if (this.#singlesTouched) this.#priceSingles(layout);
      for (const leg of this.#touched) this.#priceAround(layout, leg);
    }
    this.#allTouched = false;
    this.#singlesTouched = false;
    this.#touched.clear();
  }

  /** Where a tile is in the columns. */
  at(side: Side, lane: number, place: number): number {
    return (side * this.#lanes + lane) * this.#count + place;
  }

  #layAnew(): SeriesLayout {
    const strikes: number[] = [];
    for (const key of this.#legs.keys()) strikes.push((key - (key % 2)) / 2);
    const layout = layOut(strikes, this.widths);
    const count = layout.strikes.length;
    this.#count = count;
    this.#columns = new LegColumns(2 * count);
    for (const side of SIDES) {
      for (const [place, strike] of layout.strikes.entries()) {
        const leg = this.#legs.get(2 * strike + side) ?? NO_LEG;
        this.#columns.write(side * count + place, leg, this.#freshFromMs);
      }
    }
    const tiles = 2 * this.#lanes * count;
    this.mid2 = new Float64Array(tiles);
    this.natural = new Float64Array(tiles);
    this.opposite = new Float64Array(tiles);
    this.flags = new Uint8Array(tiles);
    this.states = new Uint8Array(tiles).fill(STATES.not_listed);
    this.counts.fill(0);
    this.counts[SINGLE * STATE_COUNT + STATES.not_listed] = 2 * count;
    this.counts[VERTICAL * STATE_COUNT + STATES.not_listed] = 2 * count * this.widths.length;
    this.counts[BUTTERFLY * STATE_COUNT + STATES.not_listed] = 2 * count * this.widths.length;
    this.#touched.clear();
    this.#allTouched = true;
    return layout;
  }

  #priceAll(layout: SeriesLayout): void {
    this.#priceSingles(layout);
    for (const side of SIDES) {
      for (let width = 0; width < this.widths.length; width++) {
        for (let place = 0; place < this.#count; place++) {
          this.#priceVertical(layout, side, width, place);
          this.#priceButterfly(layout, side, width, place);
        }
      }
    }
  }

  #priceSingles(layout: SeriesLayout): void {
    for (const side of SIDES) {
      for (let place = 0; place < this.#count; place++) this.#priceSingle(layout, side, place);
    }
  }

  /** Every tile that a leg is in. */
  #priceAround(layout: SeriesLayout, leg: number): void {
    const side = leg < this.#count ? 0 : 1;
    const place = leg - side * this.#count;
    this.#priceSingle(layout, side, place);
    for (let width = 0; width < this.widths.length; width++) {
      const above = layout.above[width * this.#count + place] ?? -1;
      const below = layout.below[width * this.#count + place] ?? -1;
      this.#priceVertical(layout, side, width, place);
      // The vertical in which it is the short leg.
      const long = side === 0 ? below : above;
      if (long >= 0) this.#priceVertical(layout, side, width, long);
      this.#priceButterfly(layout, side, width, place);
      if (above >= 0) this.#priceButterfly(layout, side, width, above);
      if (below >= 0) this.#priceButterfly(layout, side, width, below);
    }
  }

  #priceSingle(layout: SeriesLayout, side: Side, place: number): void {
    const leg = side * this.#count + place;
    const at = this.at(side, 0, place);
    const state = this.#columns.centre[leg] ?? 0;
    if (state !== PRICED) {
      this.#refuse(at, SINGLE, state);
      return;
    }
    const bid = this.#columns.bid[leg] ?? 0;
    const ask = this.#columns.ask[leg] ?? 0;
    const [least, most] = singleBounds(this.#bounds, side === 0 ? "C" : "P", layout.strikes[place] ?? 0);
    this.#price(at, SINGLE, bid + ask, ask, bid, this.#columns.flags[leg] ?? 0, least, most);
  }

  #priceVertical(layout: SeriesLayout, side: Side, width: number, place: number): void {
    const at = this.at(side, 1 + width, place);
    const wing = (side === 0 ? layout.above : layout.below)[width * this.#count + place] ?? -1;
    if (wing < 0) return;
    const long = side * this.#count + place;
    const short = side * this.#count + wing;
    const apart = Math.abs((this.#columns.tMs[long] ?? 0) - (this.#columns.tMs[short] ?? 0));
    const skewed = apart > this.#maxSkewMs ? STATES.skewed : PRICED;
    const state = Math.max(this.#columns.centre[long] ?? 0, this.#columns.wing[short] ?? 0, skewed);
    if (state !== PRICED) {
      this.#refuse(at, VERTICAL, state);
      return;
    }
    const bid = this.#columns.bid[long] ?? 0;
    const ask = this.#columns.ask[long] ?? 0;
    const wingBid = this.#columns.bid[short] ?? 0;
    const wingAsk = this.#columns.ask[short] ?? 0;
    const flags = (this.#columns.flags[long] ?? 0) | (this.#columns.flags[short] ?? 0);
    const most = strikePoints(this.widths[width] ?? 0) * this.#bounds.perPoint;
    this.#price(at, VERTICAL, bid + ask - (wingBid + wingAsk), ask - wingBid, bid - wingAsk, flags, 0, most);
  }

  #priceButterfly(layout: SeriesLayout, side: Side, width: number, place: number): void {
    const at = this.at(side, 1 + this.widths.length + width, place);
    const lower = layout.below[width * this.#count + place] ?? -1;
    const upper = layout.above[width * this.#count + place] ?? -1;
    if (lower < 0 || upper < 0) return;
    const offset = side * this.#count;
    const low = offset + lower;
    const high = offset + upper;
    const body = offset + place;
    const first = this.#columns.tMs[low] ?? 0;
    const second = this.#columns.tMs[high] ?? 0;
    const third = this.#columns.tMs[body] ?? 0;
    const apart = Math.max(first, second, third) - Math.min(first, second, third);
    const state = Math.max(
      this.#columns.wing[low] ?? 0,
      this.#columns.wing[high] ?? 0,
      this.#columns.centre[body] ?? 0,
      apart > this.#maxSkewMs ? STATES.skewed : PRICED,
    );
    if (state !== PRICED) {
      this.#refuse(at, BUTTERFLY, state);
      return;
    }
    const bids = (this.#columns.bid[low] ?? 0) + (this.#columns.bid[high] ?? 0);
    const asks = (this.#columns.ask[low] ?? 0) + (this.#columns.ask[high] ?? 0);
    const bid = this.#columns.bid[body] ?? 0;
    const ask = this.#columns.ask[body] ?? 0;
    const flags = (this.#columns.flags[low] ?? 0) | (this.#columns.flags[high] ?? 0) | (this.#columns.flags[body] ?? 0);
    const most = strikePoints(this.widths[width] ?? 0) * this.#bounds.perPoint;
    this.#price(at, BUTTERFLY, bids + asks - 2 * (bid + ask), asks - 2 * bid, bids - 2 * ask, flags, 0, most);
  }

  #price(
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

  #refuse(at: number, strategy: number, state: number): void {
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
