import type { StreamPosition } from "../market/batch.ts";
import type { Cursor } from "./cursor.ts";
import type { Gap, GapCause } from "./gap.ts";

/** One frame of the provider, verbatim. */
export interface FrameDraft {
  readonly kind: "frame";
  readonly position: StreamPosition;
  /** When the frame was received; `undefined` where the source did not record it. */
  readonly receivedAtMs: number | undefined;
  /** The text of the frame, unchanged. */
  readonly payload: string;
}

interface ControlFields {
  readonly position: StreamPosition;
  readonly receivedAtMs: number | undefined;
}

/** A new socket is open. */
export interface ConnectedDraft extends ControlFields {
  readonly kind: "connected";
}

/** The link was proven alive at `receivedAtMs` although it brought no rows. */
export interface HeartbeatDraft extends ControlFields {
  readonly kind: "heartbeat";
}

/** The socket is gone, for this cause; what follows on the connection has another epoch. */
export interface ClosedDraft extends ControlFields {
  readonly kind: "closed";
  readonly cause: GapCause;
}

/** A gap ended and is known with both its bounds. */
export interface GapDraft extends ControlFields {
  readonly kind: "gap";
  readonly gap: Gap;
}

/** What a source appends to the raw log: frames as received, and control entries in order with them. */
export type RawDraft = FrameDraft | ConnectedDraft | HeartbeatDraft | ClosedDraft | GapDraft;

/** A draft with the place that the log gave it. */
export interface RawEntry {
  readonly cursor: Cursor;
  readonly draft: RawDraft;
}
