import type { Random } from "../../domain/random.ts";
import * as conditions from "./conditions.ts";
import { type Alternatives, drawShare, type Share } from "./share.ts";

/** Condition lists with their shares of prints. */
type ConditionShares = Alternatives<ConditionShare>;

interface ConditionShare extends Share {
  /** `undefined` where the venue gives none. */
  readonly codes: readonly number[] | undefined;
}

const MULTI_LISTED_CONDITIONS: ConditionShares = [
  { codes: conditions.AUTOMATIC, share: 0.619 },
  { codes: conditions.INTERMARKET_SWEEP, share: 0.2 },
  { codes: conditions.SINGLE_LEG_AUCTION, share: 0.15 },
  { codes: conditions.SINGLE_LEG_CROSS, share: 0.02 },
  { codes: conditions.SINGLE_LEG_FLOOR, share: 0.01 },
  { codes: undefined, share: 0.001 },
];

/** An intermarket sweep needs a second market. */
const SINGLE_LISTED_CONDITIONS: ConditionShares = [
  { codes: conditions.AUTOMATIC, share: 0.819 },
  { codes: conditions.SINGLE_LEG_AUCTION, share: 0.15 },
  { codes: conditions.SINGLE_LEG_CROSS, share: 0.01 },
  { codes: conditions.SINGLE_LEG_FLOOR, share: 0.02 },
  { codes: undefined, share: 0.001 },
];

const MULTI_LEG_CONDITIONS: ConditionShares = [
  { codes: conditions.MULTI_LEG_AUTO, share: 0.65 },
  { codes: conditions.MULTI_LEG_AUCTION, share: 0.2 },
  { codes: conditions.MULTI_LEG_CROSS, share: 0.08 },
  { codes: conditions.MULTI_LEG_FLOOR, share: 0.07 },
];

/** Conditions of an ordinary print. */
export function drawConditions(venueCount: number, random: Random): readonly number[] | undefined {
  return drawShare(venueCount > 1 ? MULTI_LISTED_CONDITIONS : SINGLE_LISTED_CONDITIONS, random).codes;
}

/** Conditions that all legs of a package share. */
export function drawMultiLegConditions(random: Random): readonly number[] | undefined {
  return drawShare(MULTI_LEG_CONDITIONS, random).codes;
}

/** Tail exponent of sizes: more than half are 1 contract, one in 250 is above 100. */
const SIZE_TAIL = 1.2;
const MAX_SIZE = 5_000;

/** Contracts of one print: a discrete Pareto distribution, cut off at 5,000. */
export function drawSize(random: Random): number {
  return Math.min(MAX_SIZE, Math.floor((1 - random.next()) ** (-1 / SIZE_TAIL)));
}

const MEAN_EXTRA_FILLS = 1.5;
const MAX_EXTRA_FILLS = 10;

/** Prints of an order that is filled in several: 2 to 12. */
export function drawFillCount(random: Random): number {
  return 2 + Math.min(MAX_EXTRA_FILLS, Math.floor(MEAN_EXTRA_FILLS * random.exponential()));
}

/** The exact mean of `drawFillCount`. */
export function meanFillCount(): number {
  let mean = 2;
  for (let extra = 1; extra <= MAX_EXTRA_FILLS; extra++) mean += Math.exp(-extra / MEAN_EXTRA_FILLS);
  return mean;
}

/** How late a slow event is let go, in ms: 1.2 to 4 s. */
export function drawDeliveryDelayMs(random: Random): number {
  return Math.min(4_000, 1_200 + 500 * random.exponential());
}

/** How long after a print its cancel comes, in ms: 2 to 50 s. */
export function drawCancelDelayMs(random: Random): number {
  return Math.min(50_000, 2_000 + 10_000 * random.exponential());
}

/** How long after its event time a late report is printed, in ms: 4 to 90 s. */
export function drawReportDelayMs(random: Random): number {
  return Math.min(90_000, 4_000 + 15_000 * random.exponential());
}
