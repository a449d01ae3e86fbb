/** When a feed counts as dormant. */
export interface DormancyOptions {
  /** An epoch without a streamed update for so long is dormant. */
  readonly thresholdMs: number;
  /** So many times in a row dormant, a new epoch is forced. */
  readonly limit: number;
}

/** What is known of a feed at an instant. */
export interface DormancyLook {
  /** ms since the Unix epoch, or from any other origin that `lastStreamedAtMs` has too. */
  readonly nowMs: number;
  /** When the feed last brought a value for the active epoch, whatever its age; `null` where it never did. */
  readonly lastStreamedAtMs: number | null;
  /** Whether contracts trade, so that updates are to be expected: the regular session. */
  readonly isMarketOpen: boolean;
  readonly isLinkAlive: boolean;
}

/**
 * What to do: nothing while the feed is `awake` or is `unwatched`; `fetch` the chain at once; or `force`: fetch it and make
 * a new epoch of it, of the same geometry if need be. `count`: how many times in a row the feed was found dormant.
 */
export interface DormancyStep {
  readonly kind: "unwatched" | "awake" | "fetch" | "force";
  readonly count: number;
}

/**
 * Finds a feed that has fallen silent although the market is open and its link alive. Each threshold that passes without a
 * streamed update asks for a chain fetch and counts up; the one that reaches the limit forces a new epoch instead, and the
 * count starts anew. A streamed update starts everything anew, and so does a time in which the market is closed or the
 * link is not alive: silence is measured from the first look after it at the earliest. However often or seldom it is
 * looked at, a silence counts once per threshold, and a look once at most.
 *
 * @example
 * ```ts
 * const dormancy = new Dormancy({ thresholdMs: 5_000, limit: 3 });
 * const look = { lastStreamedAtMs: 0, isMarketOpen: true, isLinkAlive: true };
 * dormancy.look({ ...look, nowMs: 0 }); // { kind: "awake", count: 0 }
 * dormancy.look({ ...look, nowMs: 5_000 }); // { kind: "fetch", count: 1 }
 * dormancy.look({ ...look, nowMs: 10_000 }); // { kind: "fetch", count: 2 }
 * dormancy.look({ ...look, nowMs: 15_000 }); // { kind: "force", count: 3 }
 * ```
 */
export class Dormancy {
  readonly #options: DormancyOptions;
  /** Silence is measured from here; `undefined` while nothing is watched. */
  #silentSinceMs: number | undefined;
  #streamedAtMs: number | null = null;
  #count = 0;

  /** @throws {RangeError} for a threshold that is not positive, and a limit that is no positive integer. */
  constructor(options: DormancyOptions) {
    const { thresholdMs, limit } = options;
    if (!(thresholdMs > 0)) {
      throw new RangeError(
        `Cannot watch a feed: 'thresholdMs' must be a positive number, current value is ${thresholdMs}`,
      );
    }
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`Cannot watch a feed: 'limit' must be a positive integer, current value is ${limit}`);
    }
    this.#options = options;
  }

  /** How many times in a row the feed was found dormant. */
  get count(): number {
    return this.#count;
  }

  /** Looks at a feed. */
  look({ nowMs, lastStreamedAtMs, isMarketOpen, isLinkAlive }: DormancyLook): DormancyStep {
    const hasStreamed = lastStreamedAtMs !== null && lastStreamedAtMs !== this.#streamedAtMs;
    this.#streamedAtMs = lastStreamedAtMs;
    if (!isMarketOpen || !isLinkAlive) {
      this.#silentSinceMs = undefined;
      this.#count = 0;
      return { kind: "unwatched", count: 0 };
    }
    if (hasStreamed) this.#count = 0;
    const isFirst = this.#silentSinceMs === undefined;
    if (hasStreamed && !isFirst) this.#silentSinceMs = lastStreamedAtMs;
    // What was streamed before the market opened tells nothing; a clock that stepped back would hide a silence.
    const sinceMs = Math.min(nowMs, this.#silentSinceMs ?? nowMs);
    this.#silentSinceMs = sinceMs;
    if (nowMs - sinceMs < this.#options.thresholdMs) return { kind: "awake", count: this.#count };
    this.#silentSinceMs = nowMs;
    this.#count += 1;
    const count = this.#count;
    if (count < this.#options.limit) return { kind: "fetch", count };
    this.#count = 0;
    return { kind: "force", count };
  }
}
