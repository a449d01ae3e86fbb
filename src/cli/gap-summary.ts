import type { Gap, GapCause } from "../domain/stream/gap.ts";

const MAX_SAMPLES = 1_000;

/** Counts gaps by cause and keeps the first ones, in bounded memory. */
export class GapSummary {
  readonly #counts = new Map<GapCause, number>();
  readonly #samples: Gap[] = [];
  #count = 0;

  add(gap: Gap): void {
    this.#count += 1;
    this.#counts.set(gap.cause, this.countOf(gap.cause) + 1);
    if (gap.cause !== "quarantine" && this.#samples.length < MAX_SAMPLES) this.#samples.push(gap);
  }

  get count(): number {
    return this.#count;
  }

  countOf(cause: GapCause): number {
    return this.#counts.get(cause) ?? 0;
  }

  /** Those that occurred, the most frequent first. */
  byCause(): ReadonlyMap<GapCause, number> {
    return new Map([...this.#counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1)));
  }

  /** The first ones, at most 1,000, without those of cause `quarantine`: the refusals tell more of these. */
  samples(): readonly Gap[] {
    return this.#samples;
  }
}
