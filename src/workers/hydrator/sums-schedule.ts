import type { Clock } from "../../ports/clock.ts";

/** Sums and accounts are stored at most this often, ms; and while there is a backlog, at whose end they will be others anyway. */
const SUMS_INTERVAL_MS = 100;
const BEHIND_INTERVAL_MS = 400;

/** Entries whose sums may be owed: the next owner would read them again. */
const MAX_OWED_ENTRIES = 8_192;

/**
 * When sums and accounts are stored. They change with almost every print, and what a busy contract has after a hundred
 * prints costs no more to store than what it had after the first: most steps leave them to a later one. The first step
 * after a while stores them at once, so that a quiet feed owes nothing.
 */
export class SumsSchedule {
  readonly #clock: Clock;
  #owedEntries = 0;
  #storedAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of folded entries. */
  owe(entries: number): void {
    this.#owedEntries += entries;
  }

  /** Takes note that everything owed is stored, or on its way there. */
  stored(): void {
    this.#owedEntries = 0;
    this.#storedAtMs = this.#clock.monotonic();
  }

  get isOwing(): boolean {
    return this.#owedEntries > 0;
  }

  /** Whether what is owed has to be stored with the next step, or without one. */
  isDue(isBehind: boolean): boolean {
    return this.#owedEntries >= MAX_OWED_ENTRIES || this.dueInMs(isBehind) <= 0;
  }

  /** Infinite where nothing is owed. */
  dueInMs(isBehind: boolean): number {
    if (!this.isOwing) return Number.POSITIVE_INFINITY;
    const intervalMs = isBehind ? BEHIND_INTERVAL_MS : SUMS_INTERVAL_MS;
    return Math.max(0, this.#storedAtMs + intervalMs - this.#clock.monotonic());
  }
}
