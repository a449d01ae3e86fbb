import type { OptionRight } from "../../market/rows.ts";
import { UNITS_PER_POINT } from "./price-units.ts";
import { strikePoints } from "./widths.ts";

/** What the bounds of a series' prices follow from. */
export interface HeatmapSeriesTerms {
  /** Time to settlement; from settlement on 0. */
  readonly years: number;
  /** Continuously compounded, fractions per year. */
  readonly rate: number;
  readonly dividendYield: number;
}

/** The same in half units, at a spot. */
export interface SeriesBounds {
  /** e^(-rate years); `null` where the terms are not known. */
  readonly discountFactor: number | null;
  /** Half units that one point at settlement is worth now: no bound where that is not known. */
  readonly perPoint: number;
  /** The underlying without its dividends to settlement; `null` where it is not known. */
  readonly underlying: number | null;
}

const HALF_UNITS = 2 * UNITS_PER_POINT;
/** No option lives longer. */
export const MOST_YEARS = 100;

/** Where nothing is known. */
export const NO_BOUNDS: SeriesBounds = { discountFactor: null, perPoint: Infinity, underlying: null };

/** Bounds of a series. */
export function seriesBounds(terms: HeatmapSeriesTerms | null, spot: number | null): SeriesBounds {
  if (terms === null) return NO_BOUNDS;
  const years = Math.max(terms.years, 0);
  const discountFactor = Math.exp(-terms.rate * years);
  const underlying = spot === null ? null : spot * Math.exp(-terms.dividendYield * years) * HALF_UNITS;
  return { discountFactor, perPoint: discountFactor * HALF_UNITS, underlying };
}

/** Least and most that one option can be worth, half units. */
export function singleBounds(
  bounds: SeriesBounds,
  right: OptionRight,
  thousandths: number,
): readonly [least: number, most: number] {
  const { perPoint, underlying } = bounds;
  const strike = strikePoints(thousandths) * perPoint;
  if (right === "C") return underlying === null ? [0, Infinity] : [Math.max(0, underlying - strike), underlying];
  return [underlying === null ? 0 : Math.max(0, strike - underlying), strike];
}

/** What a call is worth above the put of its strike by put-call parity, half units; NaN where that is not known. */
export function parityDifference({ perPoint, underlying }: SeriesBounds, thousandths: number): number {
  return underlying === null ? Number.NaN : underlying - strikePoints(thousandths) * perPoint;
}

/** @throws {RangeError} for terms that no bound can follow from. */
export function requireTerms(terms: HeatmapSeriesTerms): void {
  const { years, rate, dividendYield } = terms;
  requireWithin("years", years, MOST_YEARS);
  requireWithin("rate", rate, 1);
  requireWithin("dividendYield", dividendYield, 1);
}

function requireWithin(name: string, value: number, most: number): void {
  if (Math.abs(value) <= most) return;
  throw new RangeError(`Cannot tell tiles: '${name}' must be from -${most} to ${most}, current value is ${value}`);
}
