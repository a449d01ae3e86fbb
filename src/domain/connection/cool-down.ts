/** How long an evicted connection leaves the slot to whoever took it, ms, before jitter. */
export interface CoolDownOptions {
  /** The first time. */
  readonly firstMs: number;
  /** However often it was evicted in a row. */
  readonly maxMs: number;
}

/** A link that kept its slot for so many times the wait before it was let alone: an eviction after it is a new story. */
const LET_ALONE = 2;

/**
 * Waits after evictions: `firstMs`, twice that, four times, capped at `maxMs`.
 *
 * One eviction is mostly a new process that replaces this one, or one started by mistake and ended soon. But two that go
 * on would take the slot from each other once a minute for ever, and miss data each time. So whoever finds himself
 * evicted again, soon after he came back, waits longer than before, until one of the two hardly disturbs the other.
 *
 * @example
 * ```ts
 * const coolDown = new CoolDown({ firstMs: 60_000, maxMs: 900_000 });
 * coolDown.next(3_600_000); // 60000: it had held the slot for an hour
 * coolDown.next(60_000); // 120000: for a minute only
 * coolDown.next(240_000); // 60000
 * ```
 */
export class CoolDown {
  readonly #options: CoolDownOptions;
  #lastMs = 0;

  constructor(options: CoolDownOptions) {
    this.#options = options;
  }

  /** The next wait in ms. @param heldMs how long the link that was evicted had been open. */
  next(heldMs: number): number {
    const { firstMs, maxMs } = this.#options;
    const isAgain = this.#lastMs > 0 && heldMs < LET_ALONE * this.#lastMs;
    this.#lastMs = isAgain ? Math.min(2 * this.#lastMs, maxMs) : Math.min(firstMs, maxMs);
    return this.#lastMs;
  }
}
