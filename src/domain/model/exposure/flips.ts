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
/** In ln(spot): a step is the last where the next, about its square over the narrowest bell, would be smaller. */
const LAST_STEP = 1e-13;
/** In ln(spot): a few roundings of a level. */
const CLOSEST = 1e-15;
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
  const deviation = gamma.leastDeviation;
  const wanted = Math.min(0.25 * deviation, narrowestGap(gamma.strikes) / 2 / spot);
  const points = Math.min(Math.floor(maxPoints), Math.ceil((span * toShare) / wanted) + 2);
  const step = span / (points - 1);
  const gridStepPts = to * -Math.expm1(-step);
  const { changes, isFlat } = signChanges(gamma.sample(firstLog, step, points), firstLog, step);
  if (isFlat) return none("flat", gridStepPts);
  const all = changes.map((change) => refine(gamma, change, deviation));
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

/** Two points of different signs, in ln(spot), and where a straight line between them is 0. */
interface SignChange {
  readonly low: number;
  readonly high: number;
  readonly guess: number;
  readonly isRising: boolean;
}

/** Changes of sign along a grid, where points at which gains and losses cancel are passed over. */
function signChanges(
  [gains, losses]: readonly [Float64Array, Float64Array],
  firstLog: number,
  step: number,
): { readonly changes: readonly SignChange[]; readonly isFlat: boolean } {
  const changes: SignChange[] = [];
  let before = -1;
  let valueBefore = 0;
  for (let point = 0; point < gains.length; point++) {
    const gain = gains[point] ?? 0;
    const loss = losses[point] ?? 0;
    const value = gain - loss;
    if (Math.abs(value) <= NOTHING * (gain + loss)) continue;
    if (before >= 0 && value > 0 !== valueBefore > 0) {
      const low = firstLog + before * step;
      const high = firstLog + point * step;
      const share = valueBefore / (valueBefore - value);
      changes.push({ low, high, guess: low + share * (high - low), isRising: value > 0 });
    }
    before = point;
    valueBefore = value;
  }
  return { changes, isFlat: before < 0 };
}

/**
 * The root between two levels of different signs: Newton's steps, halving where one leaves what is left between them.
 *
 * @param deviation of the narrowest bell.
 */
function refine(gamma: RepricedGamma, between: SignChange, deviation: number): GammaFlip {
  let { low, high } = between;
  let log = between.guess;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const { sign, step } = gamma.newtonStep(log);
    if (sign === 0) break;
    if (sign > 0 === between.isRising) high = log;
    else low = log;
    const next = log + step;
    if (step * step <= LAST_STEP * deviation) {
      log = Math.min(high, Math.max(low, next));
      break;
    }
    log = next > low && next < high ? next : (low + high) / 2;
    if (high - low <= CLOSEST) break;
  }
  return { level: Math.exp(log), slope: between.isRising ? "rising" : "falling" };
}
