import type { SubstrateRecord } from "../../epoch/substrate.ts";
import type { ModelDefinition, ModelInput, ModelResult } from "../definition/model-definition.ts";
import { SeriesTimes } from "../series-times.ts";
import { MOST_YEARS } from "./bounds.ts";
import type { CentreRange } from "./centre-range.ts";
import { HeatmapCells, type HeatmapMoment } from "./heatmap-cells.ts";
import type { CheapestButterfly, HeatmapData, ParityFigures, SeriesTilesData, TileSide } from "./heatmap-data.ts";
import type { SeriesHeatmap } from "./heatmap-report.ts";
import type { HeatmapRow } from "./heatmap-row.ts";
import { heatmapDataSchema } from "./heatmap-schema.ts";
import type { HeatmapContract } from "./leg.ts";
import type { ParityError, SeriesParity } from "./parity.ts";
import type { QuoteLimits } from "./quote-limits.ts";
import type { HeatmapTile } from "./tile.ts";
import { HEATMAP_WIDTHS, heatmapWidths } from "./widths.ts";

/** What heatmaps are made by. */
export interface HeatmapModelOptions {
  /** Points, by underlying without `I:`; of others ten multiples of the smallest gap. @default HEATMAP_WIDTHS */
  readonly widths?: Readonly<Record<string, readonly number[]>> | undefined;
  /** @default legs of at most 60 s, whatever lies between them */
  readonly limits?: Partial<QuoteLimits> | undefined;
  /** Continuously compounded interest, a fraction per year. @default 0.04 */
  readonly rate?: number | undefined;
  /** The same of dividends, by underlying without `I:`. @default 0 */
  readonly dividendYield?: ((symbol: string) => number) | undefined;
  /** Shown are centres within so many expected moves of spot. @default 2 */
  readonly expectedMoves?: number | undefined;
  /** Of these at most so many of each expiration, the nearest. @default 121 */
  readonly mostCentres?: number | undefined;
}

const MINUTE_MS = 60_000;
const DEFAULT_LIMITS: QuoteLimits = { maxAgeMs: 60_000, maxSkewMs: null };
/** Strikes whose straddle may stand for the one at the money. */
const STRADDLES = 8;
/** Expected absolute value to standard deviation. */
const DEVIATIONS_PER_STRADDLE = Math.sqrt(Math.PI / 2);

interface HeatmapState {
  readonly cells: HeatmapCells;
  readonly times: SeriesTimes;
  /** The whole minute that bounds are of. */
  minuteMs: number;
}

/**
 * The heatmap: singles, verticals and butterflies around spot of each expiration, calls and puts, with what their quotes are
 * worth. Prices are those of the quotes, not of a model.
 *
 * Only centres around spot are told, so that a message stays small: about 30 bytes a tile. With the ten widths of SPX a
 * centre is 42 tiles; the widest expiration, of 121 centres, is some 150 KiB.
 *
 * @example
 * ```ts
 * const heatmap = heatmapModel({ widths: { SPX: [5, 10, 25] } });
 * heatmap.name; // "heatmap"
 * ```
 */
export function heatmapModel(options: HeatmapModelOptions = {}): ModelDefinition<HeatmapData, HeatmapState> {
  const { widths = HEATMAP_WIDTHS, rate = 0.04, expectedMoves = 2, mostCentres = 121 } = options;
  const { dividendYield: yieldOf = () => 0 } = options;
  const limits: QuoteLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const setTerms = ({ cells, times, minuteMs }: HeatmapState, { symbol }: ModelInput): void => {
    for (const series of times) {
      const years = times.years(series, minuteMs) ?? 0;
      cells.setTerms(series, years > MOST_YEARS ? null : { years, rate, dividendYield: yieldOf(symbol) });
    }
  };
  const told = (state: HeatmapState, input: ModelInput): ModelResult<HeatmapData, HeatmapState> => {
    const shown = { expected_moves: expectedMoves, most_centres: mostCentres };
    const terms = { rate, dividend_yield: yieldOf(input.symbol) };
    const { maxAgeMs, maxSkewMs } = limits;
    const given = { ...shown, ...terms, quote_max_age_ms: maxAgeMs, quote_max_skew_ms: maxSkewMs };
    return { data: dataOf(state, input, given), state };
  };
  return {
    name: "heatmap",
    version: 1,
    inputs: ["spot", "quotes"],
    schema: heatmapDataSchema,
    full(input) {
      const { symbol, records, calendar } = input;
      const strikes = [...records.values()].map(({ terms }) => terms.strike);
      const cells = new HeatmapCells({
        ...momentOf(input),
        widthsPts: heatmapWidths(symbol, strikes, widths),
        limits,
      });
      const state = { cells, times: new SeriesTimes(records.values(), calendar), minuteMs: minuteOf(input) };
      setTerms(state, input);
      for (const record of records.values()) cells.update(contractOf(record));
      return told(state, input);
    },
    incremental(input, state, changed) {
      const minuteMs = minuteOf(input);
      if (minuteMs !== state.minuteMs) {
        state.minuteMs = minuteMs;
        setTerms(state, input);
      }
      for (const record of changed) state.cells.update(contractOf(record));
      state.cells.moveTo(momentOf(input));
      return told(state, input);
    },
  };
}

function momentOf({ asOfMs, spotPts: spot }: ModelInput): HeatmapMoment {
  return { asOfMs, spot };
}

function minuteOf({ asOfMs }: ModelInput): number {
  return Math.floor(asOfMs / MINUTE_MS) * MINUTE_MS;
}

function contractOf({ terms, quote }: SubstrateRecord): HeatmapContract {
  return { ...terms, quote: quote ?? null };
}

type Given = Pick<
  HeatmapData,
  "expected_moves" | "most_centres" | "rate" | "dividend_yield" | "quote_max_age_ms" | "quote_max_skew_ms"
>;

function dataOf(state: HeatmapState, input: ModelInput, given: Given): HeatmapData {
  const { widthsPts, series, contracts, unplaced, counts } = state.cells.report();
  const shown = series.map((one) => seriesData(state, one, input, given, widthsPts.at(-1) ?? 0));
  return {
    widths_pts: widthsPts,
    ...given,
    contracts,
    unplaced,
    counts,
    cheapest_butterfly: cheapestOf(shown),
    series: shown,
  };
}

function seriesData(
  { cells, times, minuteMs }: HeatmapState,
  series: SeriesHeatmap,
  { asOfMs, spotPts: spot }: ModelInput,
  given: Given,
  widest: number,
): SeriesTilesData {
  const { root, expiration, strikes, contracts, quoted, counts, discountFactor, smallestGapPts } = series;
  const move = spot === null ? null : expectedMove(cells, series, spot);
  const centres = shownCentres(
    strikes,
    spot,
    move === null ? null : Math.max(given.expected_moves * move, widest),
    given,
  );
  const rows = cells.rows(series, centres);
  const settlesMs = times.settlesMs(series);
  // What has settled is quoted no more, and its last quotes are no offer.
  const isOffered = settlesMs === null || asOfMs < settlesMs;
  const cheapest = isOffered ? cells.cheapestButterfly(nearCentres(centres, spot, move), series) : null;
  return {
    root,
    expiration,
    settles_ts: settlesMs === null ? null : settlesMs / 1_000,
    t_years: times.years(series, minuteMs),
    discount_factor: discountFactor,
    expected_move_pts: move,
    contracts,
    quoted,
    oldest_quote_t: series.oldestQuoteTMs,
    newest_quote_t: series.newestQuoteTMs,
    smallest_gap_pts: smallestGapPts,
    counts,
    parity: parityData(series.parity),
    cheapest_butterfly: cheapestData(cheapest),
    centres_pts: strikes.filter((strike) => strike >= centres.fromPts && strike <= centres.toPts),
    calls: sideData(cells, series, "C", centres, rows),
    puts: sideData(cells, series, "P", centres, rows),
  };
}

/** From the straddle nearest to spot that has prices. */
function expectedMove(cells: HeatmapCells, { root, expiration, strikes }: SeriesHeatmap, spot: number): number | null {
  const nearest = nearestTo(strikes, spot, STRADDLES);
  for (const centre of nearest) {
    const id = { root, expiration, strategy: "single", centre, widthPts: null } as const;
    const call = cells.tile({ ...id, right: "C" }).prices;
    const put = cells.tile({ ...id, right: "P" }).prices;
    if (call !== null && put !== null) return (call.midPts + put.midPts) * DEVIATIONS_PER_STRADDLE;
  }
  return null;
}

/** Of two strikes as near to spot the lower one comes first. */
function nearestTo(strikes: readonly number[], spot: number, count: number): readonly number[] {
  return [...strikes].sort((a, b) => Math.abs(a - spot) - Math.abs(b - spot) || a - b).slice(0, count);
}

function shownCentres(
  strikes: readonly number[],
  spot: number | null,
  halfPts: number | null,
  { most_centres: most }: Given,
): CentreRange {
  const from = spot ?? strikes[Math.floor(strikes.length / 2)] ?? 0;
  const within = halfPts === null ? strikes : strikes.filter((strike) => Math.abs(strike - from) <= halfPts);
  const shown = within.length > most ? nearestTo(within, from, most) : within;
  return { fromPts: Math.min(...shown), toPts: Math.max(...shown) };
}

/** Within one expected move: further out every butterfly costs next to nothing. */
function nearCentres(shown: CentreRange, spot: number | null, movePts: number | null): CentreRange {
  if (spot === null || movePts === null) return shown;
  return { fromPts: Math.max(shown.fromPts, spot - movePts), toPts: Math.min(shown.toPts, spot + movePts) };
}

function sideData(
  cells: HeatmapCells,
  series: SeriesHeatmap,
  right: "C" | "P",
  centres: CentreRange,
  rows: readonly HeatmapRow[],
): TileSide {
  const columns = (strategy: HeatmapRow["strategy"]) =>
    rows.filter((row) => row.right === right && row.strategy === strategy).map(columnOf);
  const [single = NO_COLUMN] = columns("single");
  return {
    quote_t: cells.quoteTimes(series, right, centres),
    single,
    vertical: columns("vertical"),
    butterfly: columns("butterfly"),
  };
}

const NO_COLUMN: TileSide["single"] = {
  width_pts: null,
  mid_pts: [],
  natural_pts: [],
  opposite_pts: [],
  reasons: [],
  flags: [],
};

function columnOf({ widthPts, midPts, naturalPts, oppositePts, reasons, flags }: HeatmapRow): TileSide["single"] {
  return {
    width_pts: widthPts,
    mid_pts: midPts,
    natural_pts: naturalPts,
    opposite_pts: oppositePts,
    reasons,
    flags,
  };
}

function parityData({ putCall, byWidth }: SeriesParity): SeriesTilesData["parity"] {
  return {
    put_call: parityFigures(putCall),
    by_width: byWidth.map(({ widthPts, butterfly, box }) => ({
      width_pts: widthPts,
      butterfly: parityFigures(butterfly),
      box: parityFigures(box),
    })),
  };
}

function parityFigures(error: ParityError | null): ParityFigures | null {
  if (error === null) return null;
  const { pairs, meanPts, worstPts, beyondSpread } = error;
  return { pairs, mean_pts: meanPts, worst_pts: worstPts, beyond_spread: beyondSpread };
}

function cheapestData(tile: HeatmapTile | null): CheapestButterfly | null {
  if (tile === null) return null;
  const { root, expiration, right, centre, widthPts, prices, oldestQuoteTMs, newestQuoteTMs } = tile;
  if (widthPts === null || prices === null || oldestQuoteTMs === null || newestQuoteTMs === null) return null;
  return {
    root,
    expiration,
    right,
    centre_pts: centre,
    width_pts: widthPts,
    mid_pts: prices.midPts,
    natural_pts: prices.naturalPts,
    opposite_pts: prices.oppositePts,
    oldest_quote_t: oldestQuoteTMs,
    newest_quote_t: newestQuoteTMs,
  };
}

/** The least of its width; of several the earlier. */
function cheapestOf(series: readonly SeriesTilesData[]): CheapestButterfly | null {
  let cheapest: CheapestButterfly | null = null;
  for (const { cheapest_butterfly: one } of series) {
    if (one === null) continue;
    if (cheapest === null || one.mid_pts / one.width_pts < cheapest.mid_pts / cheapest.width_pts) cheapest = one;
  }
  return cheapest;
}
