import type { Gap } from "../domain/stream/gap.ts";
import type { HydrationStep } from "../ports/hydration-store.ts";
import { type ExpirationSums, ExpirationTally } from "./expiration-tally.ts";
import { QuarantineSummary } from "./quarantine-summary.ts";

const MAX_GAPS = 1_000;

/** What a replay is asked for and no store sums up, collected from the steps as they are committed. */
export class ReplayResults {
  readonly quarantine: QuarantineSummary = new QuarantineSummary();
  readonly #tally = new ExpirationTally();
  readonly #gaps: Gap[] = [];

  add(step: HydrationStep): void {
    for (const record of step.trades) this.#tally.add(record);
    for (const record of step.quarantine) this.quarantine.add(record);
    for (const gap of step.gaps) {
      if (gap.cause !== "quarantine" && this.#gaps.length < MAX_GAPS) this.#gaps.push(gap);
    }
  }

  expirations(): readonly ExpirationSums[] {
    return this.#tally.rows();
  }

  /** The first 1,000, but for those that a refused frame made: the quarantine tells of these. */
  gaps(): readonly Gap[] {
    return this.#gaps;
  }
}
