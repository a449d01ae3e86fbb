import { connectionName, type StreamPosition } from "../../domain/market/batch.ts";
import type { GapDraft } from "../../domain/stream/raw-entry.ts";

/** Frames of one connection that were shed one after the other, and what the log will say of them. */
export class ShedStretch {
  readonly #position: StreamPosition;
  readonly #scope: "all" | "quotes";
  #fromAtMs: number | undefined;
  #toAtMs: number | undefined;

  /** @param position where in the log the gap stands. */
  constructor(position: StreamPosition, receivedAtMs: number | undefined, scope: "all" | "quotes") {
    this.#position = position;
    this.#scope = scope;
    this.#fromAtMs = receivedAtMs;
    this.#toAtMs = receivedAtMs;
  }

  /** Takes note of one more frame. The wall clock may have stepped back: the bounds enclose every receipt. */
  add(receivedAtMs: number | undefined): void {
    if (receivedAtMs === undefined) return;
    this.#fromAtMs = Math.min(this.#fromAtMs ?? receivedAtMs, receivedAtMs);
    this.#toAtMs = Math.max(this.#toAtMs ?? receivedAtMs, receivedAtMs);
  }

  /** The gap from the first frame shed to the last. */
  draft(): GapDraft {
    const connection = connectionName(this.#position);
    const bounds = { fromAtMs: this.#fromAtMs, toAtMs: this.#toAtMs };
    return {
      kind: "gap",
      position: this.#position,
      receivedAtMs: this.#fromAtMs,
      gap: { connection, ...bounds, cause: "shed", scope: this.#scope, instruments: undefined },
    };
  }
}
