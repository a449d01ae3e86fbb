import type { HydrationCounter, HydrationCounters } from "../domain/hydration/effects.ts";
import type { HydrationStep } from "../ports/hydration-store.ts";
import { type ExpirationSums, ExpirationTally } from "./expiration-tally.ts";
import { GapSummary } from "./gap-summary.ts";
import { QuarantineSummary } from "./quarantine-summary.ts";

/**
 * What a replay is asked for, collected from the steps as they are committed: a store sums up what others hydrated into it
 * too, and does not sum up everything.
 */
export class ReplayResults {
  readonly gaps: GapSummary = new GapSummary();
  readonly quarantine: QuarantineSummary = new QuarantineSummary();
  readonly #tally = new ExpirationTally();
  readonly #counters: Partial<Record<HydrationCounter, number>> = {};
  #optionTrades = 0;

  add(step: HydrationStep): void {
    for (const record of step.trades) this.#tally.add(record);
    for (const record of step.quarantine) this.quarantine.add(record);
    for (const gap of step.gaps) this.gaps.add(gap);
    for (const [name, count] of Object.entries(step.counters) as [HydrationCounter, number][]) {
      this.#counters[name] = (this.#counters[name] ?? 0) + count;
    }
    this.#optionTrades += step.trades.length;
  }

  expirations(): readonly ExpirationSums[] {
    return this.#tally.rows();
  }

  get counters(): HydrationCounters {
    return this.#counters;
  }

  /** Whether they count or not. */
  get optionTrades(): number {
    return this.#optionTrades;
  }
}
