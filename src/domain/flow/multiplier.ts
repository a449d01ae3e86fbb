import type { FlowSums } from "./flow-sums.ts";

/**
 * Units of the underlying per contract, unless an adjustment made them others: what is taken where no chain tells of a
 * contract, since the stream does not.
 */
export const CONTRACT_MULTIPLIER = 100;

/** Dollars for a sum of price millionths times contracts. */
export function premiumUsd(premiumMicros: number, multiplier: number): number {
  return (premiumMicros * multiplier) / 1e6;
}

/**
 * Sums of one contract as contracts of `CONTRACT_MULTIPLIER` units would have moved as much premium and delta, whole as they
 * were: so those of contracts with different multipliers can be added up. Counts stay.
 *
 * @param multiplier of the contract.
 */
export function inStandardUnits(sums: FlowSums, multiplier: number): FlowSums {
  if (multiplier === CONTRACT_MULTIPLIER) return sums;
  const { premiumMicros, boughtPremiumMicros, soldPremiumMicros, deltaMicros } = sums;
  const scaled = (micros: number): number => Math.round((micros * multiplier) / CONTRACT_MULTIPLIER);
  const bought = scaled(boughtPremiumMicros);
  const sold = scaled(soldPremiumMicros);
  return {
    ...sums,
    // Rounded by side, so that what has none is not below 0.
    premiumMicros: bought + sold + scaled(premiumMicros - boughtPremiumMicros - soldPremiumMicros),
    boughtPremiumMicros: bought,
    soldPremiumMicros: sold,
    deltaMicros: scaled(deltaMicros),
  };
}
