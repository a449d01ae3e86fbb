import { CaptureError } from "../../domain/errors.ts";
import { FieldError, readRawFields, readSeconds } from "../../domain/stream/raw-fields.ts";
import { describeValue } from "../../domain/wire/describe-value.ts";
import type { CaptureRecord } from "../../ports/capture.ts";

/** A record, and where it stands in its capture. */
export type LocatedRecord = CaptureRecord & {
  /** From 1, empty lines counted. */
  readonly line: number;
};

type Fields = Readonly<Record<string, unknown>>;

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

function readEnvelope({ ts, payload, src, kind, info }: Fields, line: number): LocatedRecord {
  try {
    const receivedAtMs = readSeconds("ts", ts);
    if (src === undefined && (kind ?? "frame") === "frame" && typeof payload === "string") {
      return { kind: "frame", receivedAtMs, payload, line };
    }
    return { kind: "entry", draft: readRawFields({ payload, src, kind, info }, receivedAtMs), line };
  } catch (error) {
    if (error instanceof FieldError) {
      throw new CaptureError(`Cannot read a capture: ${error.message}`, line, { cause: error });
    }
    throw error;
  }
}

function refusal(name: string, required: string, value: unknown, line: number): CaptureError {
  return new CaptureError(
    `Cannot read a capture: ${name} must be ${required}, current value is ${describeValue(value)}`,
    line,
  );
}
