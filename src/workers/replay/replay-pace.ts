import type { Clock } from "../../ports/clock.ts";

/** When records are due that come at a multiple of the pace at which they were recorded, the first of them at once. */
export class ReplayPace {
  readonly #speed: "max" | number;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  #firstAtMs: number | undefined;

  /** @param speed `"max"` makes everything due at once. */
  constructor(speed: "max" | number, clock: Clock) {
    this.#speed = speed;
    this.#clock = clock;
    this.#startedAtMs = clock.monotonic();
  }

  /** How long it is until what was recorded at this instant is due, ms; 0 or less where it is. */
  dueInMs(atMs: number): number {
    this.#firstAtMs ??= atMs;
    if (this.#speed === "max") return 0;
    return (atMs - this.#firstAtMs) / this.#speed - (this.#clock.monotonic() - this.#startedAtMs);
  }
}
