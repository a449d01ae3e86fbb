/** Overloaded for so long, subscriptions are given up. */
const PATIENCE_MS = 3_000;
/** After so long without overload, some are taken back. */
const CALM_MS = 30_000;
const LESS = 0.8;
const MORE = 1.25;
const LEAST = 0.1;

/**
 * Which share of the slots for quotes is used, in 0.1..1: less while what they bring cannot be digested, more again, step
 * by step, after it has been for a while. Whoever is allocated last loses its slot first.
 */
export class SlotPressure {
  #share = 1;
  /** When the stretch of overload at hand began, and when it was last told. */
  #sinceMs: number | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #changedMs = Number.NEGATIVE_INFINITY;

  get share(): number {
    return this.#share;
  }

  /**
   * More came just now than could be digested. Times are monotonic, ms.
   *
   * @returns whether the share changed.
   */
  overloaded(nowMs: number): boolean {
    if (this.#sinceMs === undefined || nowMs - this.#lastMs > PATIENCE_MS) this.#sinceMs = nowMs;
    this.#lastMs = nowMs;
    if (nowMs - Math.max(this.#sinceMs, this.#changedMs) < PATIENCE_MS) return false;
    return this.#set(this.#share * LESS, nowMs);
  }

  /** The provider has given up on us: asks for less at once. @returns whether the share changed. */
  refused(nowMs: number): boolean {
    this.#lastMs = nowMs;
    return this.#set(this.#share * LESS, nowMs);
  }

  /** Looks whether it has been calm for long enough. @returns whether the share changed. */
  recover(nowMs: number): boolean {
    if (this.#share === 1 || nowMs - Math.max(this.#lastMs, this.#changedMs) < CALM_MS) return false;
    return this.#set(this.#share * MORE, nowMs);
  }

  #set(share: number, nowMs: number): boolean {
    const bounded = Math.min(1, Math.max(LEAST, share));
    if (bounded === this.#share) return false;
    this.#share = bounded;
    this.#changedMs = nowMs;
    return true;
  }
}
