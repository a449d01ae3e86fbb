import type { Random } from "../../domain/random.ts";

const LEAST_LATENCY_MS = 6;
const MEAN_EXTRA_LATENCY_MS = 9;

/**
 * Receipt times at a socket some milliseconds away: event time plus a latency of at least 6 and on average 15 ms. A
 * socket delivers in order, so no frame is received before the one ahead of it.
 */
export class ReceiptClock {
  readonly #random: Random;
  #lastAtMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** When a frame arrives whose last event was published at `publishedAtMs`; whole ms. */
  receive(publishedAtMs: number): number {
    const latencyMs = Math.round(LEAST_LATENCY_MS + MEAN_EXTRA_LATENCY_MS * this.#random.exponential());
    this.#lastAtMs = Math.max(this.#lastAtMs, publishedAtMs + latencyMs);
    return this.#lastAtMs;
  }
}
