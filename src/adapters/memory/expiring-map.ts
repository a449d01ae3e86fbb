import type { Clock } from "../../ports/clock.ts";
import { frozenCopy } from "./frozen-copy.ts";

/** Values that live for a fixed time after their last write. Keeps frozen copies. */
export class ExpiringMap<T> {
  readonly #clock: Clock;
  readonly #lifeMs: number;
  readonly #values = new Map<string, { readonly value: T; readonly untilMs: number }>();

  constructor(clock: Clock, lifeMs: number) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  /** How many values are held, expired ones that nobody has removed yet among them. */
  get size(): number {
    return this.#values.size;
  }

  put(name: string, value: T): void {
    const nowMs = this.#clock.now();
    // Re-inserted, so that the map is in the order of writing and the expired ones stand first.
    this.#values.delete(name);
    this.#values.set(name, { value: frozenCopy(value), untilMs: nowMs + this.#lifeMs });
    for (const [oldest, { untilMs }] of this.#values) {
      if (nowMs < untilMs) break;
      this.#values.delete(oldest);
    }
  }

  get(name: string): T | null {
    const entry = this.#values.get(name);
    return entry !== undefined && this.#clock.now() < entry.untilMs ? entry.value : null;
  }
}
