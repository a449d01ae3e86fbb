import type { OptionContractCache } from "../instrument/option-contract-cache.ts";
import type { BatchSource, DataBatch, StreamPosition } from "../market/batch.ts";
import type { Row } from "../market/rows.ts";
import type { ParseError, RejectedEvent } from "./parse-error.ts";
import type { RowNumbers } from "./row-numbers.ts";

/** What the provider says about the connection; never a row. */
export interface StatusEvent {
  /** `auth_success`, `max_connections`, ... Branch on this, not on the message. */
  readonly status: string;
  readonly message: string | undefined;
}

/** Everything that one payload held. */
export interface ParsedFrame {
  readonly ok: true;
  /** One batch per kind of row, in order of first appearance; rows in arrival order. */
  readonly batches: readonly DataBatch<Row>[];
  readonly statuses: readonly StatusEvent[];
  /** Events of other types, known or not, counted by type; type names are cut to 32 characters. */
  readonly ignored: ReadonlyMap<string, number>;
  /** Invalid events, in order; always empty with `onInvalid: "fail"`. */
  readonly rejected: readonly RejectedEvent[];
}

/** A payload that gives nothing. */
export interface UnparsedFrame {
  readonly ok: false;
  readonly error: ParseError;
}

/** What `parsePayload` answers. */
export type ParseResult = ParsedFrame | UnparsedFrame;

/** What is known about a payload before it is read, defaults filled in. */
export interface FrameContext {
  readonly receivedAtMs: number | undefined;
  /** The latest event time that is not in the future, in ms. */
  readonly latestMs: number;
  readonly onInvalid: "fail" | "quarantine";
  readonly source: BatchSource;
  readonly stream: StreamPosition | undefined;
  readonly contracts: OptionContractCache;
  /** Gets the numbers of the rows. */
  readonly numbers: RowNumbers | undefined;
}
