import { priceMicros } from "../market/price-micros.ts";
import { addBuckets, type FlowBuckets, noBuckets, type OpenFlowBuckets } from "./flow-buckets.ts";
import type { PrintSide } from "./print-side.ts";

/**
 * What one print, or many, add up to. Whole numbers: sums do not depend on the order of arrival, and what is taken back
 * is gone. Bought and sold by the aggressor; what is in neither has no side.
 *
 * Premium is in millionths of a point times contracts: `round(price * 10^6) * size`. Exact for prices with up to six
 * decimals, and sums are exact below 2^53, which is 9 * 10^9 point contracts; US dollars are this times the contract's
 * multiplier divided by 10^6, so that at 100 2^53 stands for 900 * 10^9 dollars.
 */
export interface FlowSums {
  readonly prints: number;
  readonly contracts: number;
  readonly premiumMicros: number;
  readonly boughtPrints: number;
  readonly boughtContracts: number;
  readonly boughtPremiumMicros: number;
  readonly soldPrints: number;
  readonly soldContracts: number;
  readonly soldPremiumMicros: number;
  /** Contracts of prints with a side whose rule has a published accuracy. */
  readonly ratedContracts: number;
  /**
   * Of those, what the side is worth: contracts times `2p - 1` in ten-thousandths, `round((2p - 1) * 10^4) * size`, where p
   * is that accuracy. A rule that is right half of the time says nothing; one that always is counts whole.
   */
  readonly boughtEdge: number;
  readonly soldEdge: number;
  /** Prints with a side whose delta was known. */
  readonly deltaPrints: number;
  /**
   * Of those, bought minus sold: contracts times delta in millionths, `round(delta * 10^6) * size`. Units of the underlying
   * are this times the contract multiplier divided by 10^6.
   */
  readonly deltaMicros: number;
  /** Kinds of prints that are counted apart; `undefined` before the first of them. */
  readonly buckets: FlowBuckets | undefined;
}

/** A sum that is one number. */
export type FlowField = Exclude<keyof FlowSums, "buckets">;

/** The same, to add to. */
export type OpenFlowSums = { -readonly [Field in FlowField]: number } & { buckets: OpenFlowBuckets | undefined };

/** Of the edge of one contract. */
export const EDGE_SCALE = 10_000;

/** Every number, in the order in which they are stored. */
export const FLOW_FIELDS: readonly FlowField[] = Object.freeze([
  "prints",
  "contracts",
  "premiumMicros",
  "boughtPrints",
  "boughtContracts",
  "boughtPremiumMicros",
  "soldPrints",
  "soldContracts",
  "soldPremiumMicros",
  "ratedContracts",
  "boughtEdge",
  "soldEdge",
  "deltaPrints",
  "deltaMicros",
]);

/** Nothing traded. */
export function noFlow(): OpenFlowSums {
  return {
    prints: 0,
    contracts: 0,
    premiumMicros: 0,
    boughtPrints: 0,
    boughtContracts: 0,
    boughtPremiumMicros: 0,
    soldPrints: 0,
    soldContracts: 0,
    soldPremiumMicros: 0,
    ratedContracts: 0,
    boughtEdge: 0,
    soldEdge: 0,
    deltaPrints: 0,
    deltaMicros: 0,
    buckets: undefined,
  };
}

/**
 * What one print adds, its bucket aside.
 *
 * @param size contracts.
 * @param delta of its contract, -1 to 1; `null` where it is not known.
 * @param into what is written to and answered with; whoever asks for every print of a feed needs only one.
 * @example
 * ```ts
 * const { soldPremiumMicros, deltaMicros } = flowOf(4.2, 10, { side: "S", confidence: 0.665 }, 0.5);
 * (soldPremiumMicros * 100) / 1e6; // 4200 dollars
 * (deltaMicros * 100) / 1e6; // -500 units of the underlying
 * ```
 */
export function flowOf(
  price: number,
  size: number,
  { side, confidence }: PrintSide,
  delta: number | null,
  into: OpenFlowSums = noFlow(),
): FlowSums {
  const premiumMicros = priceMicros(price) * size;
  const bought = side === "B" ? 1 : 0;
  const sold = side === "S" ? 1 : 0;
  const isRated = confidence !== null && side !== "U";
  const edge = isRated ? Math.round((2 * confidence - 1) * EDGE_SCALE) * size : 0;
  const hasDelta = delta !== null && side !== "U";
  into.prints = 1;
  into.contracts = size;
  into.premiumMicros = premiumMicros;
  into.boughtPrints = bought;
  into.boughtContracts = bought * size;
  into.boughtPremiumMicros = bought * premiumMicros;
  into.soldPrints = sold;
  into.soldContracts = sold * size;
  into.soldPremiumMicros = sold * premiumMicros;
  into.ratedContracts = isRated ? size : 0;
  into.boughtEdge = bought * edge;
  into.soldEdge = sold * edge;
  into.deltaPrints = hasDelta ? 1 : 0;
  into.deltaMicros = hasDelta ? (bought - sold) * Math.round(delta * 1e6) * size : 0;
  return into;
}

/** Adds to sums, or with a sign of -1 takes away. */
export function addFlow(sums: OpenFlowSums, more: FlowSums, sign: 1 | -1): void {
  sums.prints += sign * more.prints;
  sums.contracts += sign * more.contracts;
  sums.premiumMicros += sign * more.premiumMicros;
  sums.boughtPrints += sign * more.boughtPrints;
  sums.boughtContracts += sign * more.boughtContracts;
  sums.boughtPremiumMicros += sign * more.boughtPremiumMicros;
  sums.soldPrints += sign * more.soldPrints;
  sums.soldContracts += sign * more.soldContracts;
  sums.soldPremiumMicros += sign * more.soldPremiumMicros;
  sums.ratedContracts += sign * more.ratedContracts;
  sums.boughtEdge += sign * more.boughtEdge;
  sums.soldEdge += sign * more.soldEdge;
  sums.deltaPrints += sign * more.deltaPrints;
  sums.deltaMicros += sign * more.deltaMicros;
  if (more.buckets === undefined) return;
  sums.buckets ??= noBuckets();
  addBuckets(sums.buckets, more.buckets, sign);
}
