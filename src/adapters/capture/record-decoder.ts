import { CaptureError } from "../../domain/errors.ts";
import { parseStreamPosition, type StreamPosition } from "../../domain/market/batch.ts";
import type { Gap, GapCause, GapScope } from "../../domain/stream/gap.ts";
import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import { describeValue } from "../../domain/wire/describe-value.ts";
import type { CaptureRecord } from "../../ports/capture.ts";
import { MAX_RECEIPT_SECONDS, receiptMs } from "./receipt-seconds.ts";

/** A record, and where it stands in its capture. */
export type LocatedRecord = CaptureRecord & {
  /** From 1, empty lines counted. */
  readonly line: number;
};

type Fields = Readonly<Record<string, unknown>>;

const KINDS: readonly string[] = ["frame", "connected", "heartbeat", "gap", "closed"];
const SCOPES: readonly string[] = ["all", "trades", "quotes", "instruments"] satisfies readonly GapScope[];
const CAUSES: readonly string[] = [
  "disconnect",
  "eviction",
  "slow_consumer",
  "shed",
  "quarantine",
  "sequence",
  "trimmed_before_read",
  "absence",
  "failover",
] satisfies readonly GapCause[];
const DECIMAL = /^\d+(\.\d+)?$/;
const CONTROL_PAYLOAD = "[]";

/**
 * Tells what the lines of one capture are. A line is an *envelope* if it is a JSON object with a `payload` and without
 * the `ev` of a provider event; any other line is a frame, malformed ones included: they are data, and refused where
 * frames are read. In a capture whose first line is an envelope every object without `ev` has to be a whole one.
 */
export class RecordDecoder {
  #enveloped: boolean | undefined;

  /** @throws {CaptureError} for an envelope that is not what it has to be. */
  decode(text: string, line: number): LocatedRecord {
    const envelope = this.#envelopeOf(text, line);
    this.#enveloped ??= envelope !== undefined;
    if (envelope === undefined) return { kind: "frame", receivedAtMs: undefined, payload: text, line };
    return readEnvelope(envelope, line);
  }

  /** Whether the last line of a capture, which no newline ended, is the beginning of an envelope and nothing more. */
  isTorn(text: string): boolean {
    return this.#enveloped === true && startsObject(text) && parseJson(text) === undefined;
  }

  #envelopeOf(text: string, line: number): Fields | undefined {
    if (!startsObject(text) || text.startsWith('{"ev"')) return undefined;
    const parsed = parseJson(text);
    if (parsed === undefined) {
      if (this.#enveloped === true) throw refusal("a line", "a whole JSON object", text, line);
      return undefined;
    }
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const fields = parsed as Fields;
    if ("ev" in fields) return undefined;
    return "payload" in fields || this.#enveloped === true ? fields : undefined;
  }
}

function startsObject(text: string): boolean {
  return text.startsWith("{") || (text.charCodeAt(0) <= 0x20 && text.trimStart().startsWith("{"));
}

/** `undefined` for text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readEnvelope(fields: Fields, line: number): LocatedRecord {
  const { ts, payload, src, kind = "frame", info } = fields;
  if (typeof payload !== "string") throw refusal("'payload'", "a string", payload, line);
  const receivedAtMs = readSeconds("'ts'", ts, line);
  if (typeof kind !== "string" || !KINDS.includes(kind)) throw refusal("'kind'", oneOf(KINDS), kind, line);
  if (src === undefined && kind === "frame") return { kind: "frame", receivedAtMs, payload, line };

  const position = typeof src === "string" ? parseStreamPosition(src) : undefined;
  if (position === undefined) throw refusal("'src'", "{class}/{shard}/{epoch}/{seq}", src, line);
  if (kind === "frame") {
    return { kind: "entry", draft: { kind: "frame", position, receivedAtMs, payload }, line };
  }
  if (payload !== CONTROL_PAYLOAD) {
    throw refusal("'payload'", `"${CONTROL_PAYLOAD}" where 'kind' is ${kind}`, payload, line);
  }
  return { kind: "entry", draft: readControl(kind, position, receivedAtMs, info, line), line };
}

function readControl(
  kind: string,
  position: StreamPosition,
  receivedAtMs: number | undefined,
  info: unknown,
  line: number,
): RawDraft {
  if (kind === "connected" || kind === "heartbeat") return { kind, position, receivedAtMs };
  if (typeof info !== "object" || info === null) {
    throw refusal("'info'", `an object where 'kind' is ${kind}`, info, line);
  }
  const fields = info as Fields;
  const cause = readWord<GapCause>("'info.cause'", CAUSES, fields["cause"], line);
  if (kind === "closed") return { kind, position, receivedAtMs, cause };
  return { kind: "gap", position, receivedAtMs, gap: readGap(fields, cause, line) };
}

function readGap(fields: Fields, cause: GapCause, line: number): Gap {
  const { connection, instruments } = fields;
  if (typeof connection !== "string") throw refusal("'info.connection'", "a string", connection, line);
  const tickers = Array.isArray(instruments) && instruments.every((ticker) => typeof ticker === "string");
  if (instruments !== undefined && !tickers) {
    throw refusal("'info.instruments'", "an array of strings", instruments, line);
  }
  const fromAtMs = readSeconds("'info.from_ts'", fields["from_ts"], line);
  const toAtMs = readSeconds("'info.to_ts'", fields["to_ts"], line);
  if (fromAtMs !== undefined && toAtMs !== undefined && toAtMs < fromAtMs) {
    throw refusal("'info.to_ts'", "no earlier than 'info.from_ts'", fields["to_ts"], line);
  }
  return {
    connection,
    fromAtMs,
    toAtMs,
    cause,
    scope: readWord<GapScope>("'info.scope'", SCOPES, fields["scope"], line),
    instruments: instruments as readonly string[] | undefined,
  };
}

/** Unix seconds as a number or as decimal text, as ms; `undefined` where there are none. */
function readSeconds(name: string, value: unknown, line: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
  if (typeof seconds === "number" && seconds > 0 && seconds <= MAX_RECEIPT_SECONDS) return receiptMs(seconds);
  throw refusal(name, `Unix seconds above 0 and at most ${MAX_RECEIPT_SECONDS}`, value, line);
}

function readWord<T extends string>(name: string, words: readonly string[], value: unknown, line: number): T {
  if (typeof value === "string" && words.includes(value)) return value as T;
  throw refusal(name, oneOf(words), value, line);
}

function oneOf(words: readonly string[]): string {
  return `one of ${words.join(", ")}`;
}

function refusal(name: string, required: string, value: unknown, line: number): CaptureError {
  return new CaptureError(
    `Cannot read a capture: ${name} must be ${required}, current value is ${describeValue(value)}`,
    line,
  );
}
