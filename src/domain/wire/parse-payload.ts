import { OptionContractCache } from "../instrument/option-contract-cache.ts";
import type { BatchSource, StreamPosition } from "../market/batch.ts";
import { MAX_TIME_MS } from "./events.ts";
import type { FrameContext, ParseResult } from "./frame.ts";
import { ParseError } from "./parse-error.ts";
import { parseReference } from "./reference-parser.ts";
import type { RowNumbers } from "./row-numbers.ts";
import { scanFrame } from "./scanner.ts";

export type { ParsedFrame, ParseResult, StatusEvent, UnparsedFrame } from "./frame.ts";
export type { RejectedEvent } from "./parse-error.ts";

/** What is known about a payload, and how strictly to read it. */
export interface ParseContext {
  /** When the payload was received; goes into its rows and bounds their event times. */
  readonly receivedAtMs?: number | undefined;
  /**
   * What an invalid event means: `fail` the payload is refused, `quarantine` the event is reported in `rejected` and the
   * others pass.
   *
   * @default {"fail"}
   */
  readonly onInvalid?: "fail" | "quarantine" | undefined;
  /**
   * The most bytes that a payload may have; a text is counted as UTF-8.
   *
   * @default {16_777_216}
   */
  readonly maxFrameBytes?: number | undefined;
  /**
   * How many ms an event may lie after `receivedAtMs`.
   *
   * @default {5_000}
   */
  readonly maxFutureSkewMs?: number | undefined;
  /** @default {"Ws"} */
  readonly source?: BatchSource | undefined;
  /** Where the payload stands in its stream; goes into the meta of the batches. */
  readonly stream?: StreamPosition | undefined;
  /** Contracts seen before, and what knows their underlyings; default one cache for all that name none. */
  readonly contracts?: OptionContractCache | undefined;
  /** Gets the numbers of the rows; default nobody wants them. */
  readonly numbers?: RowNumbers | undefined;
}

const DEFAULT_MAX_FRAME_BYTES = 16_777_216;
const DEFAULT_MAX_FUTURE_SKEW_MS = 5_000;
const DEFAULT_CONTRACTS = new OptionContractCache();

// A byte order mark is kept, and then refused: bytes and text of one payload get the same answer.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads one payload of the provider: an array of events, or a single event.
 *
 * Prints of options and stocks, their quotes, and index values become rows; statuses are returned as such; events of
 * other types are counted. Nothing is made up: what an event does not have is `undefined` in its row. The watermark of
 * a batch is the latest event time in it.
 *
 * Never throws, whatever the payload: what is wrong with it is in the result. (An exception of the resolver that
 * `context.contracts` was made with passes through.)
 *
 * @example
 * ```ts
 * const result = parsePayload('[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}]');
 * if (!result.ok) throw result.error;
 * result.batches[0]?.meta.watermark.watermarkTsNs; // 1766437799445000000n
 * result.batches[0]?.rows[0]?.type; // "optionTrade"
 * ```
 */
export function parsePayload(payload: string | Uint8Array, context: ParseContext = {}): ParseResult {
  const result = read(payload, context);
  // What was read before the fault is not to be taken for rows.
  if (!result.ok) context.numbers?.clear();
  return result;
}

function read(payload: string | Uint8Array, context: ParseContext): ParseResult {
  const refusal = refusalOf(payload, context.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES);
  if (refusal !== undefined) return { ok: false, error: refusal };
  const frame = frameContext(context);
  const scanned = scanFrame(payload, frame);
  if (scanned !== undefined) return scanned;
  const text = typeof payload === "string" ? payload : decode(payload);
  return typeof text === "string" ? parseReference(text, frame) : { ok: false, error: text };
}

/** Whether a payload takes the fast path: all its events are plain and valid. The answer itself does not depend on it. */
export function takesFastPath(payload: string | Uint8Array, context: ParseContext = {}): boolean {
  const refusal = refusalOf(payload, context.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES);
  return refusal === undefined && scanFrame(payload, frameContext(context)) !== undefined;
}

/** Fills in the defaults. */
export function frameContext(context: ParseContext): FrameContext {
  const { receivedAtMs, maxFutureSkewMs = DEFAULT_MAX_FUTURE_SKEW_MS } = context;
  return {
    receivedAtMs,
    latestMs: receivedAtMs === undefined ? MAX_TIME_MS : Math.min(MAX_TIME_MS, receivedAtMs + maxFutureSkewMs),
    onInvalid: context.onInvalid ?? "fail",
    source: context.source ?? "Ws",
    stream: context.stream,
    contracts: context.contracts ?? DEFAULT_CONTRACTS,
    numbers: context.numbers,
  };
}

function refusalOf(payload: unknown, maxBytes: number): ParseError | undefined {
  if (typeof payload === "string") {
    if (payload.length * 3 <= maxBytes || utf8Length(payload, maxBytes) <= maxBytes) return undefined;
    return tooLarge(`a text of ${payload.length} characters`, maxBytes);
  }
  if (isBytes(payload)) {
    return payload.length <= maxBytes ? undefined : tooLarge(`${payload.length} bytes`, maxBytes);
  }
  return ParseError.ofPayload("notAFrame", payload === null ? "null" : typeof payload, "a string or a Uint8Array");
}

function tooLarge(value: string, maxBytes: number): ParseError {
  return ParseError.ofPayload("tooLarge", value, `at most ${maxBytes} bytes`);
}

/** Asks what the object is and not what its prototype is: bytes may come from another realm. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/** The bytes that a text takes as UTF-8, counted until they are more than `enough`. */
function utf8Length(text: string, enough: number): number {
  let length = text.length;
  for (let at = 0; at < text.length && length <= enough; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at++;
    // A pair of units becomes four bytes. A lone surrogate counts as U+FFFD, which has three like itself.
    if (code >= 0x800) length += 2;
    else if (code >= 0x80) length += 1;
  }
  return length;
}

function decode(bytes: Uint8Array): string | ParseError {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    return ParseError.ofPayload("notUtf8", "bytes that are not", "UTF-8", { cause });
  }
}
