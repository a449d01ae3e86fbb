import { connectionName, type StreamPosition } from "../../domain/market/batch.ts";
import { ShedSpan } from "../../domain/overload/shed-span.ts";
import type { GapDraft } from "../../domain/stream/raw-entry.ts";

/** Frames of one connection that were shed one after the other, and where in the log their gap stands. */
export class ShedStretch extends ShedSpan {
  readonly #position: StreamPosition;

  constructor(position: StreamPosition, receivedAtMs: number | undefined, scope: "all" | "quotes") {
    super(receivedAtMs, scope);
    this.#position = position;
  }

  draft(): GapDraft {
    const position = this.#position;
    return { kind: "gap", position, receivedAtMs: this.fromAtMs, gap: this.gap(connectionName(position)) };
  }
}
