import type { EpochId, SubstrateValues } from "../domain/epoch/substrate.ts";

/** The groups of values that move, each with a version of its own. */
export const GROUPS: readonly (keyof SubstrateValues)[] = ["quote", "trade", "greeks", "day"];

/** Frozen copies of the groups that are there, so that the caller's objects stay the caller's. */
export function copyGroups({ quote, trade, greeks, day }: SubstrateValues): SubstrateValues {
  return {
    ...(quote && { quote: Object.freeze({ ...quote }) }),
    ...(trade && { trade: Object.freeze({ ...trade }) }),
    ...(greeks && { greeks: Object.freeze({ ...greeks }) }),
    ...(day && { day: Object.freeze({ ...day }) }),
  };
}

/** Whether two have the same groups with the same values, bit for bit. */
export function sameValues(before: SubstrateValues, after: SubstrateValues): boolean {
  return GROUPS.every((group) => sameFields(before[group], after[group]));
}

/** The symbol of `{symbol}:{created_ts}:{hash}`. */
export function symbolOf(epoch: EpochId): string {
  return epoch.split(":").slice(0, -2).join(":");
}

function sameFields(before: object | undefined, after: object | undefined): boolean {
  if (before === after) return true;
  if (before === undefined || after === undefined) return false;
  return Object.entries(after).every(([name, value]) => Object.is(Reflect.get(before, name), value));
}
