import type { Random } from "../random.ts";

/** How long to wait between attempts, and when a link counts as good again. */
export interface BackoffOptions {
  /** The first wait; each further one is twice as long. */
  readonly firstMs: number;
  /** No wait is longer than this, before jitter. */
  readonly maxMs: number;
  /** A wait is multiplied by 1 + U(0, jitter), so that many clients do not come back at once. */
  readonly jitter: number;
  /** A link that carried data for this long makes the next wait the first again. */
  readonly stableAfterMs: number;
}

/** What is known of a link that ended. */
export interface EndedLink {
  /** From the opening of its socket to the last receipt, by a clock that nobody sets; `undefined` where it never opened. */
  readonly heldMs: number | undefined;
  /** Whether anything but statuses came. */
  readonly carriedData: boolean;
}

/**
 * Waits between attempts: `firstMs`, twice that, four times, capped at `maxMs`.
 *
 * An open socket or an accepted key proves nothing: a client that is evicted passes both each time, and would come back
 * without delay for ever. Only a link that carried data and lived for `stableAfterMs`, counted to its last receipt,
 * starts the waits anew.
 *
 * @example
 * ```ts
 * const backoff = new Backoff({ firstMs: 1000, maxMs: 60_000, jitter: 0, stableAfterMs: 60_000 }, seededRandom(1));
 * backoff.next(); // 1000
 * backoff.next(); // 2000
 * ```
 */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: Random;
  #waits = 0;

  constructor(options: BackoffOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /** The next wait in ms. */
  next(): number {
    const { firstMs, maxMs } = this.#options;
    const waitMs = Math.min(firstMs * 2 ** this.#waits, maxMs);
    this.#waits += 1;
    return this.spread(waitMs);
  }

  /** A wait with jitter that has no part in the sequence. */
  spread(waitMs: number): number {
    return waitMs * (1 + this.#random.next() * this.#options.jitter);
  }

  /** Takes note of how a link did: the sequence starts anew where it was stable. */
  linkEnded({ heldMs, carriedData }: EndedLink): void {
    if (carriedData && heldMs !== undefined && heldMs >= this.#options.stableAfterMs) this.#waits = 0;
  }
}
