import { isTransient } from "../../domain/errors.ts";
import { type Cursor, splitCursor } from "../../domain/stream/cursor.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Heart, reasonOf } from "../heartbeat.ts";

/** Tells a heart how it stands with a hydrator; without one it tells nobody. */
export class HydratorVitals {
  readonly #heart: Heart | undefined;
  readonly #clock: Clock;
  /** What the store failed at and has not done since, by what was to be done. */
  readonly #troubles = new Map<string, string>();

  constructor(heart: Heart | undefined, clock: Clock) {
    this.#heart = heart;
    this.#clock = clock;
  }

  /** Beats while `work` goes on. */
  during(work: () => Promise<void>): Promise<void> {
    return this.#heart === undefined ? work() : this.#heart.during(work);
  }

  /** Another hydrator has the partition. */
  standsBy(owner: string): void {
    this.#heart?.detail({ role: "standby", owner, lag_ms: null });
  }

  owns(owner: string): void {
    this.#heart?.detail({ role: "owner", owner, lag_ms: null });
  }

  /** How far it came in the log. @param isEnd nothing is left behind it. */
  reached(cursor: Cursor, isEnd: boolean): void {
    const lagMs = isEnd ? 0 : Math.max(0, this.#clock.now() - splitCursor(cursor).ms);
    this.#heart?.detail({ cursor, lag_ms: lagMs });
  }

  /**
   * Runs an operation of the store that is repeated until it succeeds: degraded while it fails.
   *
   * @param action completes "Cannot ...".
   */
  async watch<T>(action: string, operation: () => Promise<T>): Promise<T> {
    try {
      const result = await operation();
      if (this.#troubles.delete(action)) this.#tell();
      return result;
    } catch (error) {
      if (isTransient(error)) {
        this.#troubles.set(action, reasonOf(error));
        this.#tell();
      }
      throw error;
    }
  }

  #tell(): void {
    const [reason] = this.#troubles.values();
    if (reason === undefined) this.#heart?.ok();
    else this.#heart?.degraded(reason);
  }
}
