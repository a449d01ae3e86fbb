import { NO_BOUNDS, parityDifference, type SeriesBounds, singleBounds } from "./bounds.ts";
import { type Leg, NO_LEG } from "./leg.ts";
import { LegColumns } from "./leg-columns.ts";
import { ParityPairs } from "./parity-pairs.ts";
import type { QuoteLimits } from "./quote-limits.ts";
import { layOut, type SeriesLayout } from "./series-layout.ts";
import { PRICED, STATES } from "./tile.ts";
import { BUTTERFLY, SINGLE, TileColumns, VERTICAL } from "./tile-columns.ts";
import { strikePoints } from "./widths.ts";

/** 0 calls, 1 puts. */
export type Side = 0 | 1;
export const SIDES: readonly Side[] = [0, 1];

/**
 * All tiles of one series side by side in memory. By side, then lane, then place of the centre among the strikes; lanes are
 * the single, the vertical of each width, the butterfly of each width.
 */
export class SeriesTiles {
  readonly widths: readonly number[];
  columns: TileColumns = new TileColumns(0, 0);
  pairs: ParityPairs = new ParityPairs(this.columns, 0, 0);
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
  /** The widths, discounted, in half units. */
  readonly #worths: Float64Array;
  #count = 0;
  /** By side and place. */
  #legColumns = new LegColumns(0);

  constructor(widths: readonly number[], limits: QuoteLimits, asOfMs: number) {
    this.widths = widths;
    this.#worths = new Float64Array(widths.length).fill(Infinity);
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
    this.#legColumns.write(at, leg, this.#freshFromMs);
    this.#touched.add(at);
  }

  delete(strike: number, side: Side): void {
    if (this.#legs.delete(2 * strike + side)) this.#layout = null;
  }

  /** When the leg of a side at a place was quoted, ms; `null` where it has no prices. */
  quotedTMs(side: Side, place: number): number | null {
    const at = side * this.#count + place;
    return this.#legColumns.isQuoted(at) ? (this.#legColumns.tMs[at] ?? null) : null;
  }

  /** Moves to another instant: legs that turn old, or fresh, are touched. */
  moveTo(asOfMs: number): void {
    this.#freshFromMs = asOfMs - this.#maxAgeMs;
    if (this.#layout === null) return;
    for (let at = 0; at < 2 * this.#count; at++) {
      if (this.#legColumns.age(at, this.#freshFromMs)) this.#touched.add(at);
    }
  }

  /** @param onlySpot whether only what depends on spot is another. */
  setBounds(bounds: SeriesBounds, onlySpot: boolean): void {
    this.#bounds = bounds;
    for (const [index, width] of this.widths.entries()) this.#worths[index] = strikePoints(width) * bounds.perPoint;
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
    this.#legColumns = new LegColumns(2 * count);
    for (const side of SIDES) {
      for (const [place, strike] of layout.strikes.entries()) {
        const leg = this.#legs.get(2 * strike + side) ?? NO_LEG;
        this.#legColumns.write(side * count + place, leg, this.#freshFromMs);
      }
    }
    this.columns = new TileColumns(count, this.widths.length);
    this.pairs = new ParityPairs(this.columns, this.#lanes, count);
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
    for (let width = 0; width < this.widths.length; width++) {
      for (let place = 0; place < this.#count; place++) {
        this.#pairVerticals(layout, width, place);
        this.#pairButterflies(width, place);
      }
    }
  }

  #priceSingles(layout: SeriesLayout): void {
    for (const side of SIDES) {
      for (let place = 0; place < this.#count; place++) this.#priceSingle(layout, side, place);
    }
    for (let place = 0; place < this.#count; place++) this.#pairSingles(layout, place);
  }

  /** Every tile that a leg is in, and every pair. */
  #priceAround(layout: SeriesLayout, leg: number): void {
    const side = leg < this.#count ? 0 : 1;
    const place = leg - side * this.#count;
    this.#priceSingle(layout, side, place);
    this.#pairSingles(layout, place);
    for (let width = 0; width < this.widths.length; width++) {
      const above = layout.above[width * this.#count + place] ?? -1;
      const below = layout.below[width * this.#count + place] ?? -1;
      // The leg is the long one of the vertical at its place, and the short one of another.
      const long = side === 0 ? below : above;
      this.#priceVertical(layout, side, width, place);
      if (long >= 0) this.#priceVertical(layout, side, width, long);
      // Of either side that is this place and the one below: boxes go by their calls.
      this.#pairVerticals(layout, width, place);
      if (below >= 0) this.#pairVerticals(layout, width, below);
      this.#butterflyAt(layout, side, width, place);
      if (above >= 0) this.#butterflyAt(layout, side, width, above);
      if (below >= 0) this.#butterflyAt(layout, side, width, below);
    }
  }

  #butterflyAt(layout: SeriesLayout, side: Side, width: number, place: number): void {
    this.#priceButterfly(layout, side, width, place);
    this.#pairButterflies(width, place);
  }

  #pairSingles(layout: SeriesLayout, place: number): void {
    const expected = parityDifference(this.#bounds, layout.strikes[place] ?? 0);
    this.pairs.measure(0, place, this.at(0, 0, place), this.at(1, 0, place), -1, expected);
  }

  /** A call vertical with the put vertical of the same strikes, whose centre is one width above. */
  #pairVerticals(layout: SeriesLayout, width: number, place: number): void {
    const lane = 1 + width;
    const above = layout.above[width * this.#count + place] ?? -1;
    const put = above < 0 ? -1 : this.at(1, lane, above);
    this.pairs.measure(lane, place, this.at(0, lane, place), put, 1, this.#worths[width] ?? 0);
  }

  #pairButterflies(width: number, place: number): void {
    const lane = 1 + this.widths.length + width;
    this.pairs.measure(lane, place, this.at(0, lane, place), this.at(1, lane, place), -1, 0);
  }

  #priceSingle(layout: SeriesLayout, side: Side, place: number): void {
    const leg = side * this.#count + place;
    const at = this.at(side, 0, place);
    const state = this.#legColumns.centre[leg] ?? 0;
    if (state !== PRICED) {
      this.columns.refuse(at, SINGLE, state);
      return;
    }
    const bid = this.#legColumns.bid[leg] ?? 0;
    const ask = this.#legColumns.ask[leg] ?? 0;
    const [least, most] = singleBounds(this.#bounds, side === 0 ? "C" : "P", layout.strikes[place] ?? 0);
    this.columns.price(at, SINGLE, bid + ask, ask, bid, this.#legColumns.flags[leg] ?? 0, least, most);
  }

  #priceVertical(layout: SeriesLayout, side: Side, width: number, place: number): void {
    const at = this.at(side, 1 + width, place);
    const wing = (side === 0 ? layout.above : layout.below)[width * this.#count + place] ?? -1;
    if (wing < 0) return;
    const long = side * this.#count + place;
    const short = side * this.#count + wing;
    const apart = Math.abs((this.#legColumns.tMs[long] ?? 0) - (this.#legColumns.tMs[short] ?? 0));
    const skewed = apart > this.#maxSkewMs ? STATES.skewed : PRICED;
    const state = Math.max(this.#legColumns.centre[long] ?? 0, this.#legColumns.wing[short] ?? 0, skewed);
    if (state !== PRICED) {
      this.columns.refuse(at, VERTICAL, state);
      return;
    }
    const bid = this.#legColumns.bid[long] ?? 0;
    const ask = this.#legColumns.ask[long] ?? 0;
    const wingBid = this.#legColumns.bid[short] ?? 0;
    const wingAsk = this.#legColumns.ask[short] ?? 0;
    const flags = (this.#legColumns.flags[long] ?? 0) | (this.#legColumns.flags[short] ?? 0);
    const most = this.#worths[width] ?? 0;
    this.columns.price(at, VERTICAL, bid + ask - (wingBid + wingAsk), ask - wingBid, bid - wingAsk, flags, 0, most);
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
    const first = this.#legColumns.tMs[low] ?? 0;
    const second = this.#legColumns.tMs[high] ?? 0;
    const third = this.#legColumns.tMs[body] ?? 0;
    const apart = Math.max(first, second, third) - Math.min(first, second, third);
    const state = Math.max(
      this.#legColumns.wing[low] ?? 0,
      this.#legColumns.wing[high] ?? 0,
      this.#legColumns.centre[body] ?? 0,
      apart > this.#maxSkewMs ? STATES.skewed : PRICED,
    );
    if (state !== PRICED) {
      this.columns.refuse(at, BUTTERFLY, state);
      return;
    }
    const bids = (this.#legColumns.bid[low] ?? 0) + (this.#legColumns.bid[high] ?? 0);
    const asks = (this.#legColumns.ask[low] ?? 0) + (this.#legColumns.ask[high] ?? 0);
    const bid = this.#legColumns.bid[body] ?? 0;
    const ask = this.#legColumns.ask[body] ?? 0;
    const flags =
      (this.#legColumns.flags[low] ?? 0) | (this.#legColumns.flags[high] ?? 0) | (this.#legColumns.flags[body] ?? 0);
    const most = this.#worths[width] ?? 0;
    this.columns.price(at, BUTTERFLY, bids + asks - 2 * (bid + ask), asks - 2 * bid, bids - 2 * ask, flags, 0, most);
  }
}
