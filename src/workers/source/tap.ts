import type { DataBatch } from "../../domain/market/batch.ts";
import type { Row } from "../../domain/market/rows.ts";
import { type TapCounts, type TapLimits, TapQueue } from "../../domain/overload/tap-queue.ts";
import type { Clock } from "../../ports/clock.ts";
import type { BatchSink } from "./stream-account.ts";

/** Batches for a host that asks for them one by one; bounded, see `TapQueue`. */
export class Tap implements BatchSink {
  readonly #queue: TapQueue;
  readonly #clock: Clock;
  #wake: (() => void) | undefined;
  #isEnded = false;

  constructor(limits: TapLimits, clock: Clock) {
    this.#queue = new TapQueue(limits);
    this.#clock = clock;
  }

  get counts(): TapCounts {
    return this.#queue.counts;
  }

  push(connection: string, batch: DataBatch<Row>, nowMs: number): void {
    this.#queue.push(connection, batch, nowMs);
    this.#wake?.();
  }

  /** No further batch will come: what waits is still handed out. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** The next batch, as soon as there is one; `undefined` after the last. */
  async next(): Promise<DataBatch<Row> | undefined> {
    for (;;) {
      const batch = this.#queue.shift(this.#clock.now());
      if (batch !== undefined || this.#isEnded) return batch;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
