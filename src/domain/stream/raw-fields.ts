import { formatStreamPosition, parseStreamPosition, type StreamPosition } from "../market/batch.ts";
import { describeValue } from "../wire/describe-value.ts";
import { GAP_CAUSES, GAP_SCOPES, type Gap } from "./gap.ts";
import type { RawDraft } from "./raw-entry.ts";
import { MAX_RECEIPT_SECONDS, receiptMs, receiptSeconds } from "./receipt-seconds.ts";

/** An entry of the raw log as captures and raw streams have it, but for its receipt time. */
export interface RawFields {
  /** The frame, verbatim; `[]` for a control entry. */
  readonly payload: string;
  /** `{class}/{shard}/{connection epoch}/{seq}` */
  readonly src: string;
  /** `undefined` for a frame. */
  readonly kind: Exclude<RawDraft["kind"], "frame"> | undefined;
  /** What a control entry tells beyond its kind; plain JSON. */
  readonly info: object | undefined;
}

/** A field that is not what it has to be. */
export class FieldError extends Error {
  /** Completes "{field} must be {required}". */
  readonly required: string;
  readonly field: string;
  /** The value, as text. */
  readonly shown: string;

  constructor(field: string, required: string, value: unknown) {
    const shown = describeValue(value);
    super(`'${field}' must be ${required}, current value is ${shown}`);
    this.name = "FieldError";
    this.field = field;
    this.required = required;
    this.shown = shown;
  }
}

const CONTROL_PAYLOAD = "[]";
const KINDS = ["frame", "connected", "heartbeat", "gap", "closed"] as const satisfies readonly RawDraft["kind"][];

/** The fields of an entry. */
export function rawFields(draft: RawDraft): RawFields {
  const src = formatStreamPosition(draft.position);
  if (draft.kind === "frame") return { payload: draft.payload, src, kind: undefined, info: undefined };
  return { payload: CONTROL_PAYLOAD, src, kind: draft.kind, info: infoOf(draft) };
}

/**
 * The entry that `rawFields` gave the fields of.
 *
 * @throws {FieldError} for the first field that is not what it has to be.
 */
export function readRawFields(
  { payload, src, kind, info }: { readonly [Field in keyof RawFields]: unknown },
  receivedAtMs: number | undefined,
): RawDraft {
  if (typeof payload !== "string") throw new FieldError("payload", "a string", payload);
  const known = readWord("kind", KINDS, kind ?? "frame");
  const position = typeof src === "string" ? parseStreamPosition(src) : undefined;
  if (position === undefined) throw new FieldError("src", "{class}/{shard}/{epoch}/{seq}", src);
  if (known === "frame") return { kind: "frame", position, receivedAtMs, payload };
  if (payload !== CONTROL_PAYLOAD) {
    throw new FieldError("payload", `"${CONTROL_PAYLOAD}" where 'kind' is ${known}`, payload);
  }
  return readControl(known, position, receivedAtMs, info);
}

function readControl(
  kind: Exclude<RawDraft["kind"], "frame">,
  position: StreamPosition,
  receivedAtMs: number | undefined,
  info: unknown,
): RawDraft {
  if (kind === "connected" || kind === "heartbeat") return { kind, position, receivedAtMs };
  if (kind === "gap") return { kind, position, receivedAtMs, gap: readGapInfo(info) };
  return { kind, position, receivedAtMs, cause: causeOf(fieldsOf(info)) };
}

function fieldsOf(info: unknown): Readonly<Record<string, unknown>> {
  if (typeof info === "object" && info !== null) return info as Readonly<Record<string, unknown>>;
  throw new FieldError("info", "an object where 'kind' is gap or closed", info);
}

function causeOf(fields: Readonly<Record<string, unknown>>): Gap["cause"] {
  return readWord("info.cause", GAP_CAUSES, fields["cause"]);
}

/**
 * The gap that `gapInfo` gave the fields of.
 *
 * @throws {FieldError} for the first field that is not what it has to be.
 */
export function readGapInfo(info: unknown): Gap {
  const fields = fieldsOf(info);
  const cause = causeOf(fields);
  const { connection, instruments } = fields;
  if (typeof connection !== "string") throw new FieldError("info.connection", "a string", connection);
  const tickers = Array.isArray(instruments) && instruments.every((ticker) => typeof ticker === "string");
  if (instruments !== undefined && !tickers) {
    throw new FieldError("info.instruments", "an array of strings", instruments);
  }
  const fromAtMs = readSeconds("info.from_ts", fields["from_ts"]);
  const toAtMs = readSeconds("info.to_ts", fields["to_ts"]);
  if (fromAtMs !== undefined && toAtMs !== undefined && toAtMs < fromAtMs) {
    throw new FieldError("info.to_ts", "no earlier than 'info.from_ts'", fields["to_ts"]);
  }
  return {
    connection,
    fromAtMs,
    toAtMs,
    cause,
    scope: readWord("info.scope", GAP_SCOPES, fields["scope"]),
    instruments: instruments as readonly string[] | undefined,
  };
}

const DECIMAL = /^\d+(\.\d+)?$/;

/**
 * Unix seconds as a number or as decimal text, as ms; `undefined` where there are none.
 *
 * @throws {FieldError} for anything else.
 */
export function readSeconds(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const seconds = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
  if (typeof seconds === "number" && seconds > 0 && seconds <= MAX_RECEIPT_SECONDS) return receiptMs(seconds);
  throw new FieldError(field, `Unix seconds above 0 and at most ${MAX_RECEIPT_SECONDS}`, value);
}

/**
 * Milliseconds as Unix seconds, to the microsecond.
 *
 * @throws {RangeError} for a time that `readSeconds` would refuse.
 */
export function writeSeconds(ms: number | undefined): number | undefined {
  if (ms === undefined) return undefined;
  const seconds = receiptSeconds(ms);
  if (seconds > 0 && seconds <= MAX_RECEIPT_SECONDS) return seconds;
  throw new RangeError(
    `Cannot write a receipt time: it must be above 0 and at most ${MAX_RECEIPT_SECONDS * 1e3} ms, current value is ${ms}`,
  );
}

function infoOf(draft: Exclude<RawDraft, { readonly kind: "frame" }>): object | undefined {
  switch (draft.kind) {
    case "connected":
    case "heartbeat":
      return undefined;
    case "closed":
      return { cause: draft.cause };
    case "gap":
      return gapInfo(draft.gap);
  }
}

/** A gap as plain JSON, with times in Unix seconds. */
export function gapInfo({ connection, fromAtMs, toAtMs, cause, scope, instruments }: Gap): object {
  return { connection, from_ts: writeSeconds(fromAtMs), to_ts: writeSeconds(toAtMs), cause, scope, instruments };
}

/**
 * The value, where it is one of the words.
 *
 * @throws {FieldError} where it is none.
 */
export function readWord<Word extends string>(field: string, words: readonly Word[], value: unknown): Word {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw new FieldError(field, `one of ${words.join(", ")}`, value);
}
