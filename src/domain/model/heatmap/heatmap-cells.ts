import type { OptionRight } from "../../market/rows.ts";
import { isDate } from "../../market/trading-day.ts";
import { type HeatmapSeriesTerms, requireTerms, seriesBounds } from "./bounds.ts";
import { ALL_CENTRES, type CentreRange, placesWithin } from "./centre-range.ts";
import { cheapestButterfly, findTile, noTile } from "./find-tile.ts";
import { type HeatmapReport, joinTimes, type SeriesHeatmap, seriesHeatmap } from "./heatmap-report.ts";
import { type HeatmapRow, heatmapRows } from "./heatmap-row.ts";
import { type HeatmapContract, legOf } from "./leg.ts";
import { DEFAULT_QUOTE_LIMITS, type QuoteLimits } from "./quote-limits.ts";
import { SeriesTiles, type Side } from "./series-tiles.ts";
import type { HeatmapContractId, HeatmapSeriesId, HeatmapTile, TileId } from "./tile.ts";
import { addCounts, noCounts, tileCounts } from "./tile-counts.ts";
import { requireWidths, strikePoints, strikeThousandths } from "./widths.ts";

/** The instant and the spot that tiles are told at. */
export interface HeatmapMoment {
  /** ms since the Unix epoch: what quotes are old against. */
  readonly asOfMs: number;
  /** Points; `null` where there is none: then the bounds of singles are wider, and put-call parity is not told. */
  readonly spot: number | null;
}

/** What the tiles are computed for. */
export interface HeatmapCellsOptions extends HeatmapMoment {
  /** Points, in any order; see `heatmapWidths`. */
  readonly widthsPts: readonly number[];
  /** Default `DEFAULT_QUOTE_LIMITS`. */
  readonly limits?: Partial<QuoteLimits>;
}

/**
 * Singles, verticals and butterflies of every strike, right and width that follow single contracts. Prices are summed as
 * whole numbers, and what a contract changes is computed anew: however contracts, terms and moments came, the same ones
 * give the same tiles and the same report to the last bit.
 *
 * @example
 * ```ts
 * const cells = new HeatmapCells({ asOfMs: 1_767_800_000_000, spot: 5000, widthsPts: [10] });
 * const quoteTsNs = 1_767_800_000_000_000_000n;
 * for (const [strike, bid, ask] of [[4990, 14.8, 15.2], [5000, 8.9, 9.1], [5010, 4.7, 4.9]] as const) {
 *   cells.update({ root: "SPXW", expiration: "2026-01-07", right: "C", strike, quote: { bid, ask, quoteTsNs } });
 * }
 * const id = { root: "SPXW", expiration: "2026-01-07", right: "C", centre: 5000, widthPts: 10 } as const;
 * cells.tile({ ...id, strategy: "butterfly" }).prices?.midPts; // 1.8
 * ```
 */
export class HeatmapCells {
  readonly #widths: readonly number[];
  readonly #limits: QuoteLimits;
  readonly #series = new Map<string, Series>();
  readonly #terms = new Map<string, HeatmapSeriesTerms>();
  readonly #unplaced = new Set<string>();
  #moment: HeatmapMoment;
  #order: readonly Series[] | null = null;

  /** @throws {RangeError} for an instant, spot, width or limit that is none. */
  constructor(options: HeatmapCellsOptions) {
    const { asOfMs, spot } = options;
    requireMoment(options);
    this.#moment = { asOfMs, spot };
    this.#widths = requireWidths(options.widthsPts);
    this.#limits = { ...DEFAULT_QUOTE_LIMITS, ...options.limits };
    requireLimit("maxAgeMs", this.#limits.maxAgeMs);
    requireLimit("maxSkewMs", this.#limits.maxSkewMs);
  }

  /** Takes a contract, in place of what it was before. */
  update(contract: HeatmapContract): void {
    const strike = strikeThousandths(contract.strike);
    const key = seriesKey(contract);
    const known = this.#series.get(key);
    if (strike === null || (known === undefined && !isDate(contract.expiration))) {
      this.#unplaced.add(contractKey(contract));
      return;
    }
    const series = known ?? this.#open(key, contract);
    series.tiles.set(strike, sideOf(contract), legOf(contract));
    series.report = null;
  }

  /** Forgets a contract; one that is not there is none to forget. */
  remove(id: HeatmapContractId): void {
    const strike = strikeThousandths(id.strike);
    const key = seriesKey(id);
    const series = this.#series.get(key);
    if (strike === null || series === undefined) {
      this.#unplaced.delete(contractKey(id));
      return;
    }
    series.tiles.delete(strike, sideOf(id));
    series.report = null;
    if (series.tiles.size > 0) return;
    this.#series.delete(key);
    this.#order = null;
  }

  /**
   * Tells what the bounds of a series follow from, before or after its contracts come. It takes all its tiles to be
   * computed anew: once a minute is often enough for bounds, whose discount moves by less than a millionth in that time.
   *
   * @param terms `null` where they are no longer known.
   * @throws {RangeError} for a rate or yield beyond 1, or more than 100 years.
   */
  setTerms(id: HeatmapSeriesId, terms: HeatmapSeriesTerms | null): void {
    if (terms !== null) requireTerms(terms);
    const key = seriesKey(id);
    if (terms === null) this.#terms.delete(key);
    else this.#terms.set(key, { years: terms.years, rate: terms.rate, dividendYield: terms.dividendYield });
    const series = this.#series.get(key);
    if (series === undefined) return;
    series.tiles.setBounds(seriesBounds(terms, this.#moment.spot), false);
    series.report = null;
  }

  /**
   * Moves to another instant and spot. Only what turns old, or is bounded by spot, is computed anew.
   *
   * @throws {RangeError} for an instant or a spot that is none.
   */
  moveTo(moment: HeatmapMoment): void {
    requireMoment(moment);
    const { asOfMs, spot } = moment;
    const hasMoved = spot !== this.#moment.spot;
    this.#moment = { asOfMs, spot };
    for (const [key, { tiles }] of this.#series) {
      tiles.moveTo(asOfMs);
      if (hasMoved) tiles.setBounds(seriesBounds(this.#terms.get(key) ?? null, spot), true);
    }
    for (const series of this.#series.values()) {
      if (hasMoved || series.tiles.isTouched) series.report = null;
    }
  }

  /** What is to be said of all tiles. What did not change since the last report is the same object. */
  report(): HeatmapReport {
    const order = this.#ordered();
    const counts = noCounts();
    const series = order.map((entry): SeriesHeatmap => {
      entry.tiles.settle();
      addCounts(counts, entry.tiles.columns.counts);
      entry.report ??= seriesHeatmap(entry, entry.tiles);
      return entry.report;
    });
    let contracts = 0;
    for (const { tiles } of order) contracts += tiles.size;
    return {
      ...this.#moment,
      widthsPts: this.#widths.map(strikePoints),
      series,
      contracts,
      unplaced: this.#unplaced.size,
      ...joinTimes(series),
      counts: tileCounts(counts),
    };
  }

  /**
   * The tiles of a series, in rows by its strikes; none of a series that there is none of.
   *
   * @param centres default all.
   */
  rows(id: HeatmapSeriesId, centres: CentreRange = ALL_CENTRES): readonly HeatmapRow[] {
    const tiles = this.#settled(id);
    return tiles === undefined ? [] : heatmapRows(tiles, centres);
  }

  /** When the contracts of a right were quoted, ms, one a strike in the order of rows; `null` where one has no prices. */
  quoteTimes(id: HeatmapSeriesId, right: OptionRight, centres: CentreRange = ALL_CENTRES): readonly (number | null)[] {
    const tiles = this.#settled(id);
    if (tiles === undefined) return [];
    const { first, end } = placesWithin(tiles.layout, centres);
    return Array.from({ length: end - first }, (_, index) => tiles.quotedTMs(right === "C" ? 0 : 1, first + index));
  }

  /** One tile. What cannot be, as one of another width, is `not_listed`. */
  tile(id: TileId): HeatmapTile {
    const tiles = this.#settled(id);
    return tiles === undefined ? noTile(id) : findTile(tiles, id);
  }

  /**
   * The butterfly with the least middle above 0 as a share of its width, of those without a flag; of several the earlier,
   * the narrower, the call, the lower one. `null` where there is none.
   *
   * @param centres default all. Two expected moves around spot are what the picture usually shows.
   * @param id of one series alone.
   */
  cheapestButterfly(centres: CentreRange = ALL_CENTRES, id?: HeatmapSeriesId): HeatmapTile | null {
    let cheapest: HeatmapTile | null = null;
    for (const series of this.#ordered()) {
      if (id !== undefined && compareSeries(series, id) !== 0) continue;
      series.tiles.settle();
      const tile = cheapestButterfly(series.tiles, series, centres);
      if (tile !== null && (cheapest === null || shareOfWidth(tile) < shareOfWidth(cheapest))) cheapest = tile;
    }
    return cheapest;
  }

  #open(key: string, { root, expiration }: HeatmapSeriesId): Series {
    const tiles = new SeriesTiles(this.#widths, this.#limits, this.#moment.asOfMs);
    tiles.setBounds(seriesBounds(this.#terms.get(key) ?? null, this.#moment.spot), false);
    const series: Series = { root, expiration, tiles, report: null };
    this.#series.set(key, series);
    this.#order = null;
    return series;
  }

  #settled(id: HeatmapSeriesId): SeriesTiles | undefined {
    const tiles = this.#series.get(seriesKey(id))?.tiles;
    tiles?.settle();
    return tiles;
  }

  #ordered(): readonly Series[] {
    this.#order ??= [...this.#series.values()].sort(compareSeries);
    return this.#order;
  }
}

interface Series extends HeatmapSeriesId {
  readonly tiles: SeriesTiles;
  /** `null` until it is asked for after a change. */
  report: SeriesHeatmap | null;
}

function compareSeries(a: HeatmapSeriesId, b: HeatmapSeriesId): number {
  if (a.expiration !== b.expiration) return a.expiration < b.expiration ? -1 : 1;
  return a.root === b.root ? 0 : a.root < b.root ? -1 : 1;
}

function shareOfWidth({ prices, widthPts }: HeatmapTile): number {
  return (prices?.midPts ?? 0) / (widthPts ?? 1);
}

function sideOf({ right }: HeatmapContractId): Side {
  return right === "C" ? 0 : 1;
}

function seriesKey({ root, expiration }: HeatmapSeriesId): string {
  return `${root}:${expiration}`;
}

function contractKey(id: HeatmapContractId): string {
  return `${seriesKey(id)}:${id.right}:${id.strike}`;
}

function requireMoment({ asOfMs, spot }: HeatmapMoment): void {
  if (!Number.isFinite(asOfMs)) throw refusal("'asOfMs' must be finite", asOfMs);
  if (spot !== null && !(spot >= 1e-6 && spot <= 1e9)) throw refusal("'spot' must be null or from 1e-6 to 1e9", spot);
}

function requireLimit(name: string, limit: number | null): void {
  if (limit !== null && !(limit >= 0)) throw refusal(`'${name}' must be null or at least 0`, limit);
}

function refusal(required: string, value: number): RangeError {
  return new RangeError(`Cannot tell tiles: ${required}, current value is ${value}`);
}
