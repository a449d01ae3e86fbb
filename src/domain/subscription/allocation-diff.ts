/** What turns one allocation into another without a reconnect. */
export interface AllocationDiff {
  /** In the order of the new allocation. */
  readonly subscribe: readonly string[];
  /** In the order of the old one. */
  readonly unsubscribe: readonly string[];
}

/**
 * Compares two allocations of `SubscriptionScheduler.allocateSlots`. An instrument that one of them does not list is not
 * subscribed there.
 *
 * @example
 * ```ts
 * allocationDiff(new Map([["AAPL", true], ["TSLA", true]]), new Map([["AAPL", true], ["TSLA", false], ["XYZ", true]]));
 * // { subscribe: ["XYZ"], unsubscribe: ["TSLA"] }
 * ```
 */
export function allocationDiff(
  before: ReadonlyMap<string, boolean>,
  after: ReadonlyMap<string, boolean>,
): AllocationDiff {
  return { subscribe: activeOnlyIn(after, before), unsubscribe: activeOnlyIn(before, after) };
}

function activeOnlyIn(one: ReadonlyMap<string, boolean>, other: ReadonlyMap<string, boolean>): readonly string[] {
  const instruments: string[] = [];
  for (const [instrument, active] of one) {
    if (active && other.get(instrument) !== true) instruments.push(instrument);
  }
  return instruments;
}
