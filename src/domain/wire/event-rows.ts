import type { OptionContract } from "../instrument/option-symbol.ts";
import { nbboState } from "../market/nbbo-state.ts";
import type { EquityTrade, IndexValue, Nbbo, OptionTrade } from "../market/rows.ts";

/*
 * The one place where rows are written down: whoever reads an event, its row has the same properties in the same
 * order. Positional parameters, because an object per call would cost as much as the row itself.
 */

let lastMs = 0;
let lastNs = 0n;

/**
 * Milliseconds to nanoseconds. Remembers the last answer: prints come in bursts of one millisecond, and making a bigint
 * costs more than reading the digits it came from.
 */
export function msToNs(ms: number): bigint {
  if (ms !== lastMs) {
    lastNs = BigInt(ms) * 1_000_000n;
    lastMs = ms;
  }
  return lastNs;
}

export function optionTradeRow(
  contract: OptionContract,
  tradeMs: number,
  price: number,
  size: number,
  conditions: readonly number[] | undefined,
  exchange: number | undefined,
  sequence: number | undefined,
  receivedAtMs: number | undefined,
): OptionTrade {
  return {
    type: "optionTrade",
    contract: contract.ticker,
    root: contract.root,
    underlying: contract.underlying,
    expiration: contract.expiration,
    right: contract.right,
    strike: contract.strike,
    tradeTsNs: msToNs(tradeMs),
    price,
    size,
    conditions,
    exchange,
    sequence,
    receivedAtMs,
    // Room for who tells it: an engine moves a row that gets a property later.
    side: undefined,
  };
}

export function equityTradeRow(
  symbol: string,
  tradeMs: number,
  price: number,
  size: number,
  decimalSize: string | undefined,
  conditions: readonly number[] | undefined,
  exchange: number | undefined,
  sequence: number | undefined,
  tradeId: string | undefined,
  tape: number | undefined,
  trfId: number | undefined,
  trfMs: number | undefined,
  receivedAtMs: number | undefined,
): EquityTrade {
  return {
    type: "equityTrade",
    symbol,
    tradeTsNs: msToNs(tradeMs),
    price,
    size,
    decimalSize,
    conditions,
    exchange,
    sequence,
    tradeId,
    tape,
    trfId,
    trfTsNs: trfMs === undefined ? undefined : msToNs(trfMs),
    receivedAtMs,
  };
}

export function nbboRow(
  instrument: string,
  quoteMs: number,
  bid: number | undefined,
  ask: number | undefined,
  bidSize: number | undefined,
  askSize: number | undefined,
  bidExchange: number | undefined,
  askExchange: number | undefined,
  sequence: number | undefined,
  receivedAtMs: number | undefined,
): Nbbo {
  return {
    type: "nbbo",
    instrument,
    quoteTsNs: msToNs(quoteMs),
    bid,
    ask,
    bidSize,
    askSize,
    bidExchange,
    askExchange,
    sequence,
    state: nbboState(bid, ask),
    receivedAtMs,
  };
}

export function indexValueRow(
  symbol: string,
  valueMs: number,
  value: number,
  receivedAtMs: number | undefined,
): IndexValue {
  return { type: "indexValue", symbol, valueTsNs: msToNs(valueMs), value, receivedAtMs };
}
