/** When silence says something, after data whose pauses are known. */
export interface SilenceOptions {
  /** Silence of less says nothing. */
  readonly silenceLimitMs: number;
  /** So many times the mean pause is very unlikely. */
  readonly silenceFactor: number;
}

// Data within one such stretch is one arrival: bursts would make the mean pause look far shorter than it is.
const ARRIVAL_MS = 1_000;
// So many pauses have to be known before their mean says anything; later ones count with at least 1 / MEMORY.
const MIN_PAUSES = 8;
const MEMORY = 64;

/** The mean pause between the data of a stream, and with it the silence that would be very unlikely. Times are monotonic, ms. */
export class Pauses {
  #lastArrivalMs: number | undefined;
  #pauses = 0;
  #meanPauseMs = 0;

  /** Data came. */
  arrived(nowMs: number): void {
    if (this.#lastArrivalMs !== undefined) {
      const pauseMs = nowMs - this.#lastArrivalMs;
      if (pauseMs < ARRIVAL_MS) return;
      this.#pauses += 1;
      this.#meanPauseMs += (pauseMs - this.#meanPauseMs) / Math.min(this.#pauses, MEMORY);
    }
    this.#lastArrivalMs = nowMs;
  }

  /** `undefined` before enough is known. */
  unlikelyMs({ silenceLimitMs, silenceFactor }: SilenceOptions): number | undefined {
    return this.#pauses < MIN_PAUSES ? undefined : Math.max(silenceLimitMs, silenceFactor * this.#meanPauseMs);
  }
}
