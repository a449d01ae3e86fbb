import type { QuarantineRecord } from "../domain/hydration/effects.ts";

const MAX_REASONS = 100;
const MAX_SAMPLES = 20;
const OTHER_REASONS = "other reasons";

/** How many refusals there were for one reason. */
export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

/** Counts refusals by reason and keeps the first few, in bounded memory. */
export class QuarantineSummary {
  readonly #counts = new Map<string, number>();
  readonly #samples: QuarantineRecord[] = [];
  #count = 0;

  add(record: QuarantineRecord): void {
    this.#count += 1;
    const reason = generalReason(record);
    const known = this.#counts.has(reason) || this.#counts.size < MAX_REASONS;
    const name = known ? reason : OTHER_REASONS;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (this.#samples.length < MAX_SAMPLES) this.#samples.push(record);
  }

  get count(): number {
    return this.#count;
  }

  /** The most frequent first. */
  reasons(): readonly ReasonCount[] {
    return Array.from(this.#counts, ([reason, count]) => ({ reason, count })).sort(
      (a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1),
    );
  }

  /** The first ones, at most 20. */
  samples(): readonly QuarantineRecord[] {
    return this.#samples;
  }
}

/** A reason without the event's number and the offending value, in which equal mistakes differ. */
function generalReason({ reason, value }: QuarantineRecord): string {
  const tail = `, current value is ${value}`;
  const general = reason.endsWith(tail) ? reason.slice(0, -tail.length) : reason;
  return general.replace(/^Cannot parse event \d+: /, "Cannot parse an event: ");
}
