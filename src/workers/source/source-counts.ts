import { SOURCE_COUNTERS, type SourceCounter, type SourceCounters } from "../../domain/context/source-status.ts";

type Totals = Record<SourceCounter, number>;

/** What a source counts, since its start and since it was last told. */
export class SourceCounts {
  readonly #totals: Totals = nothing();
  #told: Totals = nothing();

  add(counter: SourceCounter, by: number): void {
    this.#totals[counter] += by;
  }

  /** Since the start. */
  get totals(): Readonly<Totals> {
    return this.#totals;
  }

  /** What was counted since the last call. */
  take(): SourceCounters {
    const counts: Partial<Totals> = {};
    for (const name of SOURCE_COUNTERS) {
      const by = this.#totals[name] - this.#told[name];
      if (by > 0) counts[name] = by;
    }
    this.#told = { ...this.#totals };
    return counts;
  }
}

function nothing(): Totals {
  return Object.fromEntries(SOURCE_COUNTERS.map((name) => [name, 0])) as Totals;
}
