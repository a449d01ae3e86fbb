import type {
  DayGroup,
  EpochDraft,
  GreeksGroup,
  QuoteGroup,
  SubstrateRecord,
  SubstrateValues,
  TradeGroup,
} from "../../domain/epoch/substrate.ts";
import { SAMPLE_TIME_NS } from "../samples.ts";

/** The ticker of the `index`-th sample contract; tickers ascend with it, up to 999. */
export function sampleTicker(index: number): string {
  return `O:SPXW251223P${String((6_000 + index) * 1_000).padStart(8, "0")}`;
}

/** The `index`-th sample contract, without values unless they are given. */
export function sampleRecord(index: number, values: SubstrateValues = {}): SubstrateRecord {
  return {
    terms: {
      contract: sampleTicker(index),
      underlying: "SPX",
      root: "SPXW",
      expiration: "2025-12-23",
      strike: 6_000 + index,
      right: "P",
      multiplier: 100,
      style: index % 2 === 0 ? "european" : null,
    },
    ...values,
  };
}

export function sampleQuote(overrides: Partial<QuoteGroup> = {}): QuoteGroup {
  return { quoteTsNs: SAMPLE_TIME_NS, bid: 0.1 + 0.2, ask: 9.81, bidSize: 17, askSize: 9, ...overrides };
}

export function sampleLastTrade(overrides: Partial<TradeGroup> = {}): TradeGroup {
  return { tradeTsNs: SAMPLE_TIME_NS + 1n, sequence: 815, last: 9.75, size: 4, volume: 1_204, ...overrides };
}

export function sampleGreeks(overrides: Partial<GreeksGroup> = {}): GreeksGroup {
  return {
    greeksTsNs: SAMPLE_TIME_NS + 2n,
    delta: -0.4321,
    gamma: 5e-324,
    theta: -1.7976931348623157e308,
    vega: 1 / 3,
    iv: 0.1873,
    source: "provider",
    ...overrides,
  };
}

export function sampleDay(overrides: Partial<DayGroup> = {}): DayGroup {
  return { openInterestDay: "2025-12-22", openInterest: 3_141, ...overrides };
}

/** A contract with all of its groups. */
export function sampleFullRecord(index: number): SubstrateRecord {
  return sampleRecord(index, {
    quote: sampleQuote(),
    trade: sampleLastTrade(),
    greeks: sampleGreeks(),
    day: sampleDay(),
  });
}

/**
 * An epoch of `SPX` with contracts 0, 1 and 2, of which only 0 has values.
 *
 * @param nowMs the store's time. It is created then, and valid for an hour.
 * @param hash the last part of its id: epochs of one store need different ones.
 */
export function sampleEpoch(nowMs: number, hash: string, overrides: Partial<EpochDraft> = {}): EpochDraft {
  const createdAtMs = Math.floor(nowMs);
  const symbol = overrides.symbol ?? "SPX";
  return {
    id: `${symbol}:${Math.floor(createdAtMs / 1_000)}:${hash}`,
    symbol,
    createdAtMs,
    validUntilMs: createdAtMs + 3_600_000,
    geometryHash: hash,
    forced: false,
    dormantCount: 2,
    records: [sampleFullRecord(0), sampleRecord(1), sampleRecord(2)],
    ...overrides,
  };
}
