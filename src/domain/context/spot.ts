import { z } from "zod";
import { countField, finiteField, notNegativeField, textField } from "../fields.ts";
import type { Cursor } from "../stream/cursor.ts";
import { MAX_RECEIPT_SECONDS } from "../stream/receipt-seconds.ts";
import { nanosecondsField, symbolField, timeField } from "./fields.ts";

/**
 * What an index or a stock stands at, as it is stored and announced. Names are those of the public keys. Missing is
 * `null`.
 */
export interface SpotValue {
  /** Without `I:`: `SPX`. */
  readonly symbol: string;
  /** Points of an index, dollars of a stock. */
  readonly value: number;
  /** Shares of the trading day. */
  readonly volume: number | null;
  /** Receipt, Unix seconds. */
  readonly ts: number;
  /** When the provider says the value was true, nanoseconds. Its version: an older value never replaces a newer one. */
  readonly as_of_ns: string;
  readonly timeframe: "REAL-TIME" | "DELAYED" | null;
  /** Where it comes from: `rest`. */
  readonly source: string;
  /** Points (dollars) since the previous close. */
  readonly change: number | null;
  /** The same in percent: 0.5 is half a percent. */
  readonly change_pct: number | null;
}

/** What a spot value has to look like, written or read back. */
export const spotValueSchema: z.ZodType<SpotValue> = z.object(
  {
    symbol: symbolField,
    value: finiteField,
    volume: notNegativeField.nullable(),
    ts: timeField,
    as_of_ns: nanosecondsField,
    timeframe: z.enum(["REAL-TIME", "DELAYED"], { error: '"REAL-TIME", "DELAYED" or null' }).nullable(),
    source: textField,
    change: finiteField.nullable(),
    change_pct: finiteField.nullable(),
  },
  { error: "an object" },
);

/** One answer of the provider. */
export interface SpotFetch {
  readonly receivedAtMs: number;
  /** From the request to the last byte; `null` where nobody measured it, as of an answer that comes out of a log. */
  readonly latencyMs: number | null;
  /** The body as it came. */
  readonly payload: string;
  /** In the order of the answer. */
  readonly values: readonly SpotValue[];
  /** Symbols that were asked for and refused, or whose value could not be read. */
  readonly errors: number;
}

const MAX_RECEIPT_MS = MAX_RECEIPT_SECONDS * 1_000;
const RECEIPT_EXPECTED = `a receipt time in ms: a number from 1 to ${MAX_RECEIPT_MS}`;

const receiptField: z.ZodType<number> = z
  .number({ error: RECEIPT_EXPECTED })
  .min(1, { error: RECEIPT_EXPECTED })
  .max(MAX_RECEIPT_MS, { error: RECEIPT_EXPECTED });

/** Whether an answer can have been received then, ms. */
export function isReceiptMs(ms: number): boolean {
  return receiptField.safeParse(ms).success;
}

/** What a fetch has to look like. */
export const spotFetchSchema: z.ZodType<SpotFetch> = z.object(
  {
    receivedAtMs: receiptField,
    latencyMs: notNegativeField.nullable(),
    payload: textField,
    values: z.array(spotValueSchema, { error: "a list" }),
    errors: countField,
  },
  { error: "an object" },
);

/** A fetch as the log of fetches has it. */
export interface LoggedSpotFetch {
  readonly cursor: Cursor;
  readonly receivedAtMs: number;
  readonly payload: string;
}

/** What was fetched so far. */
export interface SpotAnalytics {
  /** Fetches that were answered. */
  readonly frames: number;
  /** UTF-16 units of their payloads. */
  readonly bytes: number;
  /** Fetches that failed, and what was refused in the others. */
  readonly errors: number;
  /** Receipt of the last answer stored, Unix seconds; `null` before there is one. */
  readonly last_ts: number | null;
  /** Of the last answer stored; `null` before there is one, and where it is not known of that one. */
  readonly latency_last_ms: number | null;
  /** Values received, by symbol, those too that were older than what stood there. */
  readonly symbol_frames: ReadonlyMap<string, number>;
}

/** Whether `value` may take the place of `current`: it is not older. */
export function replacesSpot(value: SpotValue, current: SpotValue): boolean {
  return BigInt(value.as_of_ns) >= BigInt(current.as_of_ns);
}
