import { createHash } from "node:crypto";
import type { LoggedSpotFetch } from "../../domain/context/spot.ts";
import { CURSOR_START } from "../../domain/stream/cursor.ts";
import type { SpotStore } from "../../ports/spot-store.ts";

const PART = 64;

/**
 * Which fetches the log of a store has: those of the same receipt and the same answer. The log keeps the newest: what it
 * had once, and has no more, is known only where it was seen.
 */
export class KnownFetches {
  readonly #spot: Pick<SpotStore, "fetches">;
  readonly #known = new Set<string>();
  #after = CURSOR_START;

  constructor(spot: Pick<SpotStore, "fetches">) {
    this.#spot = spot;
  }

  has(fetch: LoggedSpotFetch): boolean {
    return this.#known.size > 0 && this.#known.has(identityOf(fetch));
  }

  /** Reads what the log got since the last call. Where it fails, the next call goes on from there. */
  async refresh(): Promise<void> {
    for (;;) {
      const fetches = await this.#spot.fetches(this.#after, PART);
      for (const fetch of fetches) this.#known.add(identityOf(fetch));
      const last = fetches.at(-1);
      if (last === undefined) return;
      this.#after = last.cursor;
    }
  }
}

/** A digest, since the log may hold gigabytes. */
function identityOf({ receivedAtMs, payload }: LoggedSpotFetch): string {
  return createHash("sha256").update(`${receivedAtMs} ${payload}`).digest("base64");
}
