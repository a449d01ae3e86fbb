import type { DataBatch } from "../../domain/market/batch.ts";
import type { Row } from "../../domain/market/rows.ts";
import { type TapCounts, type TapLimits, TapQueue } from "../../domain/overload/tap-queue.ts";
import type { Clock } from "../../ports/clock.ts";
import type { BatchSink } from "./stream-account.ts";

/** After so long the event loop gets its turn, even if a host takes batch after batch: else nobody reads the sockets. */
const HELD_UP_MS = 10;
const PAUSE_MS = 1;

/** Batches for a host that asks for them one by one; bounded, see `TapQueue`. */
export class Tap implements BatchSink {
  readonly #queue: TapQueue;
  readonly #clock: Clock;
  #wake: (() => void) | undefined;
  #isEnded = false;
  /** Since when the host has found a batch each time it asked; monotonic, ms. */
  #busySinceMs: number | undefined;

  constructor(limits: TapLimits, clock: Clock) {
    this.#queue = new TapQueue(limits);
    this.#clock = clock;
  }

  get counts(): TapCounts {
    return this.#queue.counts;
  }

  push(connection: string, batch: DataBatch<Row>, sinceMs: number | undefined): void {
    this.#queue.push(connection, batch, this.#clock.monotonic(), sinceMs);
    this.#wake?.();
  }

  /** No further batch will come: what waits is still handed out. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** The next batch, as soon as there is one; `undefined` after the last. */
  async next(): Promise<DataBatch<Row> | undefined> {
    this.#busySinceMs ??= this.#clock.monotonic();
    if (this.#clock.monotonic() - this.#busySinceMs >= HELD_UP_MS && !this.#isEnded) {
      await this.#clock.sleep(PAUSE_MS);
      this.#busySinceMs = this.#clock.monotonic();
    }
    for (;;) {
      const batch = this.#queue.shift(this.#clock.monotonic());
      if (batch !== undefined || this.#isEnded) return batch;
      this.#busySinceMs = undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
