import { requireSpot } from "./contract.ts";
import type { RepricedGamma } from "./repriced-gamma.ts";
import { isNearer } from "./walls.ts";

/** A level at which re-priced net GEX changes its sign. */
export interface GammaFlip {
  /** Points. */
  readonly level: number;
  /** `rising`: below 0 under the level, above 0 over it. */
  readonly slope: "rising" | "falling";
}

/** All levels of a range at which re-priced net GEX changes its sign. */
export interface GammaFlips {
  /** Of all the one nearest to spot, then the lower one; `null` unless resolved, never 0 or spot. */
  readonly primary: GammaFlip | null;
  /** Ascending. */
  readonly all: readonly GammaFlip[];
  /**
   * `insufficient`: no contract can be re-priced; `flat`: what there is cancels, or nothing is held; `no_crossing`: net
   * GEX keeps its sign over the range.
   */
  readonly status: "resolved" | "no_crossing" | "flat" | "insufficient";
  /** The range that was searched, in points. */
  readonly from: number;
  readonly to: number;
  /** Widest step of the search in points; two flips closer together may be missed. `null` where there was no search. */
  readonly gridStepPts: number | null;
}

/** Where to search. */
export interface FlipOptions {
  /** Shares of spot; default 0.9 to 1.1. */
  readonly from?: number;
  readonly to?: number;
  /** At most so many points; default 4096. With very little time left the step is wider then. */
  readonly maxPoints?: number;
}

/** Below this share of what gains and losses are, their difference is rounding. */
const NOTHING = 1e-10;
const TOLERANCE = 1e-13;
const MOST_STEPS = 80;

/**
 * All flips by re-pricing: a search along a grid no wider than half the narrowest gap between strikes and a quarter of the
 * narrowest bell, then each is refined with every contract priced at the level itself.
 *
 * @throws {RangeError} for a spot that is not from 1e-6 to 1e9, and a range that is none.
 */
export function gammaFlips(gamma: RepricedGamma, spot: number, options: FlipOptions = {}): GammaFlips {
  requireSpot(spot);
  const { from: fromShare = 0.9, to: toShare = 1.1, maxPoints = 4_096 } = options;
  if (!(fromShare > 0 && fromShare < toShare && toShare <= 100 && maxPoints >= 2)) {
    throw new RangeError(
      `Cannot search flips: 'from', 'to' and 'maxPoints' must be shares above 0, ascending, and at least 2, current value is ${fromShare}, ${toShare}, ${maxPoints}`,
    );
  }
  const from = spot * fromShare;
  const to = spot * toShare;
  const none = (status: GammaFlips["status"], gridStepPts: number | null): GammaFlips => ({
    primary: null,
    all: [],
    status,
    from,
    to,
    gridStepPts,
  });
  if (gamma.counts.used === 0) return none("insufficient", null);
  if (gamma.isFlat) return none("flat", null);

  const firstLog = Math.log(from);
  const span = Math.log(to) - firstLog;
  const wanted = Math.min(0.25 * gamma.leastDeviation, narrowestGap(gamma.strikes) / 2 / spot);
  const points = Math.min(Math.floor(maxPoints), Math.ceil((span * toShare) / wanted) + 2);
  const step = span / (points - 1);
  const gridStepPts = to * -Math.expm1(-step);
  const { brackets, isFlat } = signChanges(gamma.sample(firstLog, step, points));
  if (isFlat) return none("flat", gridStepPts);

  const all: GammaFlip[] = [];
  for (const [before, after] of brackets) {
    const flip = refine(gamma, Math.exp(firstLog + before * step), Math.exp(firstLog + after * step));
    if (flip !== null && flip.level !== all.at(-1)?.level) all.push(flip);
  }
  let primary: GammaFlip | null = null;
  for (const flip of all) if (primary === null || isNearer(flip.level, primary.level, spot)) primary = flip;
  return { primary, all, status: primary === null ? "no_crossing" : "resolved", from, to, gridStepPts };
}

/** A strike alone has no gap: the bell alone tells the step then. */
function narrowestGap(strikes: readonly number[]): number {
  let narrowest = Infinity;
  let before = -Infinity;
  for (const strike of strikes) {
    narrowest = Math.min(narrowest, strike - before);
    before = strike;
  }
  return narrowest;
}

/** Neighbouring points of different signs, where points at which gains and losses cancel are passed over. */
function signChanges([gains, losses]: readonly [Float64Array, Float64Array]): {
  readonly brackets: readonly (readonly [number, number])[];
  readonly isFlat: boolean;
} {
  const brackets: [number, number][] = [];
  let before = -1;
  let wasAbove = false;
  for (let point = 0; point < gains.length; point++) {
    const gain = gains[point] ?? 0;
    const loss = losses[point] ?? 0;
    if (Math.abs(gain - loss) <= NOTHING * (gain + loss)) continue;
    const isAbove = gain > loss;
    if (before >= 0 && isAbove !== wasAbove) brackets.push([before, point]);
    before = point;
    wasAbove = isAbove;
  }
  return { brackets, isFlat: before < 0 };
}

/** The root between two levels of different signs by the method of Chandrupatla (1997); `null` where they have one sign. */
function refine(gamma: RepricedGamma, low: number, high: number): GammaFlip | null {
  let a = high;
  let b = low;
  let c = high;
  let fa = gamma.gexUsdPerPctAt(a);
  let fb = gamma.gexUsdPerPctAt(b);
  let fc = fa;
  const slope = fa > fb ? "rising" : "falling";
  if (fa === 0 || fb === 0) return { level: fa === 0 ? a : b, slope };
  if (fa > 0 === fb > 0) return null;
  let share = 0.5;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const level = a + share * (b - a);
    const value = gamma.gexUsdPerPctAt(level);
    if (value > 0 === fa > 0 && value !== 0) {
      c = a;
      fc = fa;
    } else {
      c = b;
      fc = fb;
      b = a;
      fb = fa;
    }
    a = level;
    fa = value;
    const best = Math.abs(fa) < Math.abs(fb) ? a : b;
    const tolerance = TOLERANCE * Math.abs(best);
    if (fa === 0 || Math.abs(b - a) <= 2 * tolerance) return { level: fa === 0 ? a : best, slope };
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    // Inverse quadratic interpolation where it is sure to stay between, else bisection.
    const interpolated =
      phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi
        ? (fa / (fb - fa)) * (fc / (fb - fc)) + (((c - a) / (b - a)) * (fa / (fc - fa)) * fb) / (fc - fb)
        : 0.5;
    const edge = tolerance / Math.abs(b - a);
    share = Math.min(1 - edge, Math.max(edge, interpolated));
  }
  return { level: Math.abs(fa) < Math.abs(fb) ? a : b, slope };
}
