const SPX_WIDTHS = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50] as const;
const NDX_WIDTHS = [10, 25, 50, 100] as const;

/** Distances between strikes in points, by underlying without `I:`. */
export const HEATMAP_WIDTHS: Readonly<Record<string, readonly number[]>> = { SPX: SPX_WIDTHS, NDX: NDX_WIDTHS };

const INFERRED = 10;

/** Strikes and widths are told apart by thousandths of a point, as tickers have them. */
const PER_POINT = 1_000;
const MOST_THOUSANDTHS = 99_999_999;

/**
 * The widths for an underlying: its own, or ten multiples of the smallest gap between the strikes of its chain.
 *
 * @param symbol with or without `I:`.
 * @param strikes points, in any order; several of one number are one.
 * @param widths default `HEATMAP_WIDTHS`.
 * @example
 * ```ts
 * heatmapWidths("NDX", []); // [10, 25, 50, 100]
 * heatmapWidths("AAPL", [245, 247.5, 250]); // [2.5, 5, 7.5, ... 25]
 * ```
 */
export function heatmapWidths(
  symbol: string,
  strikes: Iterable<number>,
  widths: Readonly<Record<string, readonly number[]>> = HEATMAP_WIDTHS,
): readonly number[] {
  const name = symbol.replace(/^I:/, "");
  const own = Object.hasOwn(widths, name) ? widths[name] : undefined;
  if (own !== undefined) return own;
  const known = new Set<number>();
  for (const strike of strikes) {
    const thousandths = strikeThousandths(strike);
    if (thousandths !== null) known.add(thousandths);
  }
  const gap = smallestGap([...known].sort((a, b) => a - b));
  return gap === null ? [] : Array.from({ length: INFERRED }, (_, index) => (gap * (index + 1)) / PER_POINT);
}

/** The smallest step between numbers that ascend; `null` without two of them. */
export function smallestGap(ascending: readonly number[]): number | null {
  let gap = Infinity;
  for (let index = 1; index < ascending.length; index++) {
    gap = Math.min(gap, (ascending[index] ?? 0) - (ascending[index - 1] ?? 0));
  }
  return gap === Infinity ? null : gap;
}

/** Thousandths of a strike, or `null` where it is none that a ticker can carry. */
export function strikeThousandths(strike: number): number | null {
  const thousandths = Math.round(strike * PER_POINT);
  return thousandths >= 1 && thousandths <= MOST_THOUSANDTHS ? thousandths : null;
}

/** Points of thousandths. */
export function strikePoints(thousandths: number): number {
  return thousandths / PER_POINT;
}

/**
 * Widths in thousandths, ascending, each once.
 *
 * @throws {RangeError} for one that is no distance between strikes.
 */
export function requireWidths(widths: readonly number[]): readonly number[] {
  const thousandths = widths.map((width) => {
    const value = strikeThousandths(width);
    if (value !== null) return value;
    throw new RangeError(
      `Cannot tell tiles: each of 'widths' must be from 0.001 to 99999.999, current value is ${width}`,
    );
  });
  return [...new Set(thousandths)].sort((a, b) => a - b);
}
