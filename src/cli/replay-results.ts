import type { HydrationStep } from "../ports/hydration-store.ts";
import { type ExpirationSums, ExpirationTally } from "./expiration-tally.ts";
import { GapSummary } from "./gap-summary.ts";
import { QuarantineSummary } from "./quarantine-summary.ts";

/** What a replay is asked for and no store sums up, collected from the steps as they are committed. */
export class ReplayResults {
  readonly gaps: GapSummary = new GapSummary();
  readonly quarantine: QuarantineSummary = new QuarantineSummary();
  readonly #tally = new ExpirationTally();
  #optionTrades = 0;

  add(step: HydrationStep): void {
    for (const record of step.trades) this.#tally.add(record);
    for (const record of step.quarantine) this.quarantine.add(record);
    for (const gap of step.gaps) this.gaps.add(gap);
    this.#optionTrades += step.trades.length;
  }

  expirations(): readonly ExpirationSums[] {
    return this.#tally.rows();
  }

  /** Whether they count or not. */
  get optionTrades(): number {
    return this.#optionTrades;
  }
}
