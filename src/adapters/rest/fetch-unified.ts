import { z } from "zod";
import { finiteField, notNegativeField, textField } from "../../domain/fields.ts";
import {
  type GreeksRow,
  greeksRow,
  type QuoteRow,
  quoteRow,
  type Timeframe,
  type TradeRow,
  tradeRow,
} from "./chain-rows.ts";
import { type CheckedRow, checkRow } from "./check-row.ts";
import { nanosecondsField, timeframeField } from "./fields.ts";
import { checkedTickers } from "./query-arguments.ts";
import { readBody } from "./read-body.ts";
import type { RestContext } from "./rest-context.ts";
import { restUrl } from "./rest-url.ts";
import { MAX_TICKERS } from "./spot-snapshot.ts";
import { tickerAnswer } from "./ticker-answer.ts";
import type { UnifiedAnswer, UnifiedSnapshot } from "./unified-snapshot.ts";

interface SessionRow {
  readonly open?: number | null | undefined;
  readonly high?: number | null | undefined;
  readonly low?: number | null | undefined;
  readonly close?: number | null | undefined;
  readonly previous_close?: number | null | undefined;
  readonly price?: number | null | undefined;
  readonly volume?: number | null | undefined;
  readonly change?: number | null | undefined;
  readonly change_percent?: number | null | undefined;
}

interface UnifiedRow {
  readonly ticker: string;
  readonly type?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly market_status?: string | null | undefined;
  readonly timeframe?: Timeframe | undefined;
  readonly last_updated?: bigint | undefined;
  readonly value?: number | null | undefined;
  readonly session?: SessionRow | null | undefined;
  readonly last_quote?: QuoteRow | null | undefined;
  readonly last_trade?: TradeRow | null | undefined;
  readonly greeks?: GreeksRow | null | undefined;
  readonly implied_volatility?: number | null | undefined;
  readonly open_interest?: number | null | undefined;
}

const anObject = { error: "an object" };
const number = finiteField.nullish();
const text = textField.nullish();

const unifiedRow: z.ZodType<UnifiedRow> = z.object(
  {
    ticker: textField,
    type: text,
    name: text,
    market_status: text,
    timeframe: timeframeField,
    last_updated: nanosecondsField,
    value: number,
    session: z
      .object(
        {
          open: number,
          high: number,
          low: number,
          close: number,
          previous_close: number,
          price: number,
          volume: number,
          change: number,
          change_percent: number,
        },
        anObject,
      )
      .nullish(),
    last_quote: quoteRow.nullish(),
    last_trade: tradeRow.nullish(),
    greeks: greeksRow.nullish(),
    implied_volatility: number,
    open_interest: notNegativeField.nullish(),
  },
  anObject,
);

/** `GET /v3/snapshot`. */
export async function fetchUnified(
  { client, clock, origin }: RestContext,
  tickers: readonly string[],
  signal: AbortSignal,
): Promise<UnifiedAnswer> {
  const asked = checkedTickers("fetch a unified snapshot", "any", tickers, MAX_TICKERS);
  const url = restUrl(origin, ["v3", "snapshot"], { "ticker.any_of": asked, limit: MAX_TICKERS });
  const startedAtMs = clock.monotonic();
  const answer = await client.get(url, signal);
  const body = readBody(client, answer, "results");
  const { rows, refused } = tickerAnswer(asked, body, (_, row) => readUnified(row, body.delayed));
  const { text: payload, receivedAtMs } = answer;
  return { snapshots: rows, refused, payload, receivedAtMs, latencyMs: clock.monotonic() - startedAtMs };
}

function readUnified(row: unknown, delayed: boolean): CheckedRow<UnifiedSnapshot> {
  const checked = checkRow(unifiedRow, row);
  if ("reason" in checked) return checked;
  const { session, last_quote: quote, last_trade: trade, greeks, ...fields } = checked.row;
  return {
    row: {
      ticker: fields.ticker,
      type: fields.type ?? undefined,
      name: fields.name ?? undefined,
      marketStatus: fields.market_status ?? undefined,
      timeframe: delayed ? "DELAYED" : fields.timeframe,
      lastUpdatedTsNs: fields.last_updated,
      value: fields.value ?? undefined,
      session: session ? sessionOf(session) : undefined,
      quote: quote ? quoteOf(quote) : undefined,
      trade: trade ? tradeOf(trade) : undefined,
      greeks: greeks ? greeksOf(greeks) : undefined,
      impliedVolatility: fields.implied_volatility ?? undefined,
      openInterest: fields.open_interest ?? undefined,
    },
  };
}

function sessionOf(row: SessionRow): UnifiedSnapshot["session"] {
  return {
    open: row.open ?? undefined,
    high: row.high ?? undefined,
    low: row.low ?? undefined,
    close: row.close ?? undefined,
    previousClose: row.previous_close ?? undefined,
    price: row.price ?? undefined,
    volume: row.volume ?? undefined,
    change: row.change ?? undefined,
    changePercent: row.change_percent ?? undefined,
  };
}

function quoteOf(row: QuoteRow): UnifiedSnapshot["quote"] {
  return {
    bid: row.bid ?? undefined,
    ask: row.ask ?? undefined,
    bidSize: row.bid_size ?? undefined,
    askSize: row.ask_size ?? undefined,
    quoteTsNs: row.last_updated,
    timeframe: row.timeframe,
  };
}

function tradeOf(row: TradeRow): UnifiedSnapshot["trade"] {
  return {
    price: row.price ?? undefined,
    size: row.size ?? undefined,
    conditions: row.conditions ?? undefined,
    // Options have it under one name, stocks under the other.
    tradeTsNs: row.sip_timestamp ?? row.last_updated,
    timeframe: row.timeframe,
  };
}

function greeksOf(row: GreeksRow): UnifiedSnapshot["greeks"] {
  return {
    delta: row.delta ?? undefined,
    gamma: row.gamma ?? undefined,
    theta: row.theta ?? undefined,
    vega: row.vega ?? undefined,
  };
}
