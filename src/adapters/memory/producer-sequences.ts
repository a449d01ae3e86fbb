import type { ProducerId } from "../../ports/raw-log.ts";

/** The last sequence that each producer stored. */
export class ProducerSequences {
  readonly #stored = new Map<ProducerId, number>();

  stored(producer: ProducerId): number {
    return this.#stored.get(producer) ?? 0;
  }

  /** Notes that `seq` is stored; `false` where it, or a later one, was before. */
  advance(producer: ProducerId, seq: number): boolean {
    if (seq <= this.stored(producer)) return false;
    this.#stored.set(producer, seq);
    return true;
  }
}
