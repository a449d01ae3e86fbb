import {
  chexUsdPerHour,
  cumulativeFlip,
  type ExposureCell,
  type ExposureFigures,
  type ExposureReport,
  type ExposureSides,
  exposureWalls,
  gexUsdPerPoint,
  type SeriesExposure,
  type Wall,
} from "../exposure/index.ts";
import type { SeriesTimes } from "../series-times.ts";
import type {
  BasisData,
  CellColumns,
  CellsData,
  ExposureData,
  RepricedData,
  SeriesData,
  SidesColumns,
  SidesData,
  StrikesData,
  WallData,
} from "./gex-data.ts";

/** A report of exposures as messages have it. */
export function basisData(
  report: ExposureReport,
  repriced: RepricedData,
  times: SeriesTimes,
  termsMs: number,
): BasisData {
  const { convention, byStrike, bySeries, totals, zeroDteShare, counts, spot } = report;
  const walls = exposureWalls(byStrike, spot);
  const { level, status } = cumulativeFlip(byStrike, spot);
  return {
    basis: convention.basis,
    sign_model: convention.signModel,
    totals: {
      ...exposureData(totals),
      gex_usd_per_point: eachSide(totals.gexUsdPerPct, (amount) => gexUsdPerPoint(amount, spot)),
      chex_usd_per_hour: eachSide(totals.chexUsdPerDay, chexUsdPerHour),
    },
    zero_dte_share: zeroDteShare,
    walls: {
      call_wall_gross: wallData(walls.callWallGross),
      call_wall_net: wallData(walls.callWallNet),
      put_wall_gross: wallData(walls.putWallGross),
      put_wall_net: wallData(walls.putWallNet),
      absolute_strike: wallData(walls.absoluteStrike),
    },
    flip_cumulative: { level_pts: level, status },
    repriced,
    by_strike: strikesData(report),
    by_series: bySeries.map((series) => seriesData(series, times, termsMs)),
    cells: cellsData(report.cells),
    counts: {
      contracts: counts.contracts,
      gamma_sources: counts.gammaSources,
      gex_usd_per_pct: counts.gexUsdPerPct,
      vex_usd_per_vol_point: counts.vexUsdPerVolPoint,
      chex_usd_per_day: counts.chexUsdPerDay,
      delta_to_close_usd: counts.deltaToCloseUsd,
    },
  };
}

function exposureData(figures: ExposureFigures): ExposureData {
  return {
    gex_usd_per_pct: figures.gexUsdPerPct,
    vex_usd_per_vol_point: figures.vexUsdPerVolPoint,
    chex_usd_per_day: figures.chexUsdPerDay,
    delta_to_close_usd: figures.deltaToCloseUsd,
  };
}

function eachSide(sides: ExposureSides, of: (amount: number) => number): SidesData {
  const side = (amount: number | null): number | null => (amount === null ? null : of(amount));
  return { calls: side(sides.calls), puts: side(sides.puts), net: side(sides.net), absolute: side(sides.absolute) };
}

function wallData(wall: Wall | null): WallData | null {
  return wall === null ? null : { strike_pts: wall.strike, gex_usd_per_pct: wall.gexUsdPerPct };
}

function strikesData({ byStrike }: ExposureReport): StrikesData {
  const columns = (of: (figures: ExposureFigures) => ExposureSides): SidesColumns => ({
    calls: byStrike.map((row) => of(row).calls),
    puts: byStrike.map((row) => of(row).puts),
    net: byStrike.map((row) => of(row).net),
    absolute: byStrike.map((row) => of(row).absolute),
  });
  return {
    strikes_pts: byStrike.map(({ strike }) => strike),
    gex_usd_per_pct: columns((row) => row.gexUsdPerPct),
    vex_usd_per_vol_point: columns((row) => row.vexUsdPerVolPoint),
    chex_usd_per_day: columns((row) => row.chexUsdPerDay),
    delta_to_close_usd: columns((row) => row.deltaToCloseUsd),
  };
}

function seriesData(series: SeriesExposure, times: SeriesTimes, termsMs: number): SeriesData {
  const { root, expiration, isZeroDte } = series;
  const settlesMs = times.settlesMs(series);
  return {
    root,
    expiration,
    is_zero_dte: isZeroDte,
    settles_ts: settlesMs === null ? null : settlesMs / 1_000,
    t_years: times.years(series, termsMs),
    ...exposureData(series),
  };
}

/** Cells are in the order of their series. */
function cellsData(cells: readonly ExposureCell[]): readonly CellsData[] {
  const series: ExposureCell[][] = [];
  for (const cell of cells) {
    const last = series.at(-1);
    const first = last?.[0];
    if (first?.root === cell.root && first.expiration === cell.expiration) last?.push(cell);
    else series.push([cell]);
  }
  return series.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const columns = (of: (figures: ExposureFigures) => ExposureSides): CellColumns => ({
      calls: group.map((cell) => of(cell).calls),
      puts: group.map((cell) => of(cell).puts),
    });
    return [
      {
        root: first.root,
        expiration: first.expiration,
        strikes_pts: group.map(({ strike }) => strike),
        gex_usd_per_pct: columns((cell) => cell.gexUsdPerPct),
        vex_usd_per_vol_point: columns((cell) => cell.vexUsdPerVolPoint),
        chex_usd_per_day: columns((cell) => cell.chexUsdPerDay),
        delta_to_close_usd: columns((cell) => cell.deltaToCloseUsd),
      },
    ];
  });
}
