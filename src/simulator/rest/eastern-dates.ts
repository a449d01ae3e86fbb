import { easternDate, newYorkTimeMs } from "../market/calendar.ts";

const DAY_MS = 86_400_000;

/** The New York date of instants that are mostly of one day. */
export class EasternDates {
  #date = "";
  #fromMs = 0;
  #toMs = 0;

  /** `YYYY-MM-DD`. */
  at(utcMs: number): string {
    if (utcMs < this.#fromMs || utcMs >= this.#toMs) {
      this.#date = easternDate(utcMs);
      // Between an hour after midnight and an hour before the next: no change of the clocks is in it.
      const noonMs = newYorkTimeMs(this.#date, 12, 0);
      this.#fromMs = Math.min(utcMs, noonMs - DAY_MS / 2 + 3_600_000);
      this.#toMs = Math.max(utcMs + 1, noonMs + DAY_MS / 2 - 3_600_000);
    }
    return this.#date;
  }
}
