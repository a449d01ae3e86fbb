import { z } from "zod";
import type { SpotValue } from "../../domain/context/spot.ts";
import { finiteField, notNegativeField, textField } from "../../domain/fields.ts";
import type { Timeframe } from "./chain-rows.ts";
import { type CheckedRow, checkRow } from "./check-row.ts";
import { nanosecondsField, timeframeField } from "./fields.ts";

/** What a row is read for. */
export interface SpotRowContext {
  readonly receivedAtMs: number;
  /** The answer as a whole says that it is delayed. */
  readonly delayed: boolean;
  readonly maxFutureSkewMs: number;
}

/** Reads what a row says of its ticker. */
export type ReadSpot = (ticker: string, row: unknown, context: SpotRowContext) => CheckedRow<SpotValue>;

/** What the answers about indices and about stocks call their lists of rows. */
export const INDEX_LIST = "results";
export const STOCK_LIST = "tickers";

interface IndexRow {
  readonly value?: number | null | undefined;
  readonly last_updated?: bigint | undefined;
  readonly timeframe?: Timeframe | undefined;
  readonly session?:
    | { readonly change?: number | null | undefined; readonly change_percent?: number | null | undefined }
    | null
    | undefined;
}

const anObject = { error: "an object" };

const indexRow: z.ZodType<IndexRow> = z.object(
  {
    value: finiteField.nullish(),
    last_updated: nanosecondsField,
    timeframe: timeframeField,
    session: z.object({ change: finiteField.nullish(), change_percent: finiteField.nullish() }, anObject).nullish(),
  },
  anObject,
);

/** A value of an index. @param ticker as the provider names it: `I:SPX`. */
export function readIndex(ticker: string, row: unknown, context: SpotRowContext): CheckedRow<SpotValue> {
  const checked = checkRow(indexRow, row);
  if ("reason" in checked) return checked;
  const { value, last_updated: asOfNs, timeframe, session } = checked.row;
  if (value === undefined || value === null) return { reason: "'value' must be there, it is missing" };
  return spotValue(context, {
    symbol: ticker.replace(/^I:/, ""),
    value,
    asOfNs,
    volume: null,
    timeframe,
    change: session?.change ?? null,
    changePct: session?.change_percent ?? null,
  });
}

interface StockRow {
  readonly day?: StockBar | null | undefined;
  readonly min?: StockBar | null | undefined;
  readonly lastTrade?: { readonly p?: number | null | undefined; readonly t?: bigint | undefined } | null | undefined;
  readonly updated?: bigint | undefined;
  readonly todaysChange?: number | null | undefined;
  readonly todaysChangePerc?: number | null | undefined;
}

interface StockBar {
  readonly c?: number | null | undefined;
  readonly v?: number | null | undefined;
}

const bar = z.object({ c: notNegativeField.nullish(), v: notNegativeField.nullish() }, anObject);

const stockRow: z.ZodType<StockRow> = z.object(
  {
    day: bar.nullish(),
    min: bar.nullish(),
    lastTrade: z.object({ p: notNegativeField.nullish(), t: nanosecondsField }, anObject).nullish(),
    updated: nanosecondsField,
    todaysChange: finiteField.nullish(),
    todaysChangePerc: finiteField.nullish(),
    ticker: textField.nullish(),
  },
  anObject,
);

/**
 * What a stock stands at: its last trade, and where the plan has no trades the close of its last minute, else of its day.
 * From 03:30 Eastern until the first trade of the morning everything is 0: that is missing, since no stock is worth 0.
 */
export function readStock(ticker: string, row: unknown, context: SpotRowContext): CheckedRow<SpotValue> {
  const checked = checkRow(stockRow, row);
  if ("reason" in checked) return checked;
  const { day, min, lastTrade, updated, todaysChange = null, todaysChangePerc = null } = checked.row;
  const traded = above0(lastTrade?.p);
  const value = traded ?? above0(min?.c) ?? above0(day?.c);
  if (value === undefined) return { reason: "the price must be above 0, it is missing or cleared" };
  // A change of 0 beside a cleared day is not yet one.
  const isCleared = above0(day?.c) === undefined;
  const changed = !(isCleared && (todaysChange ?? 0) === 0);
  return spotValue(context, {
    symbol: ticker,
    value,
    asOfNs: traded === undefined ? updated : lastTrade?.t,
    volume: isCleared ? (above0(day?.v) ?? null) : (day?.v ?? null),
    timeframe: undefined,
    change: changed ? todaysChange : null,
    changePct: changed ? todaysChangePerc : null,
  });
}

function above0(value: number | null | undefined): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}

interface Stands {
  readonly symbol: string;
  readonly value: number;
  readonly asOfNs: bigint | undefined;
  readonly volume: number | null;
  readonly timeframe: Timeframe | undefined;
  readonly change: number | null;
  readonly changePct: number | null;
}

function spotValue(context: SpotRowContext, stands: Stands): CheckedRow<SpotValue> {
  const { receivedAtMs, delayed, maxFutureSkewMs } = context;
  const { symbol, value, asOfNs, volume, timeframe, change, changePct } = stands;
  if (asOfNs === undefined) return { reason: "the time of the value must be there, it is missing" };
  if (asOfNs > BigInt(Math.floor(receivedAtMs + maxFutureSkewMs)) * 1_000_000n) {
    return {
      reason: `the time of the value must be at most ${maxFutureSkewMs} ms after receipt, current value is ${asOfNs}`,
    };
  }
  return {
    row: {
      symbol,
      value,
      volume,
      ts: receivedAtMs / 1_000,
      as_of_ns: String(asOfNs),
      timeframe: delayed ? "DELAYED" : (timeframe ?? null),
      source: "rest",
      change,
      change_pct: changePct,
    },
  };
}
