import type {
  ContractTotals,
  LedgerState,
  QuarantineRecord,
  TradeFlag,
  TradeRecord,
} from "../../domain/hydration/effects.ts";
import type { OptionTrade } from "../../domain/market/rows.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";
import { SAMPLE_TIME_MS, SAMPLE_TIME_NS, sampleGap } from "../samples.ts";

export function sampleTrade(overrides: Partial<OptionTrade> = {}): OptionTrade {
  return {
    type: "optionTrade",
    contract: "O:SPXW251223P06870000",
    root: "SPXW",
    underlying: "SPX",
    expiration: "2025-12-23",
    right: "P",
    strike: 6870,
    tradeTsNs: SAMPLE_TIME_NS,
    price: 7.7,
    size: 3,
    conditions: [227, 41],
    exchange: 302,
    sequence: 9_007_199_254_740_991,
    receivedAtMs: SAMPLE_TIME_MS + 55,
    side: undefined,
    ...overrides,
  };
}

/** A print with flags and a side. */
export function sampleTradeRecord(
  trade: Partial<OptionTrade> = {},
  overrides: Partial<Omit<TradeRecord, "trade">> = {},
): TradeRecord {
  const flags: readonly TradeFlag[] = ["late", "multi"];
  return {
    trade: sampleTrade(trade),
    flags,
    side: { side: "B", method: "quote", confidence: 0.8125, quoteAgeMs: 12, quoteSource: "stream" },
    delta: -0.4321,
    cancelsTsNs: undefined,
    ...overrides,
  };
}

export function sampleTotals(overrides: Partial<ContractTotals> = {}): ContractTotals {
  return {
    contract: "O:SPXW251223P06870000",
    underlying: "SPX",
    root: "SPXW",
    expiration: "2025-12-23",
    right: "P",
    strike: 6870,
    day: "2025-12-22",
    prints: 11,
    contracts: 42,
    premiumMicros: 9_007_199_254_740_991,
    boughtPrints: 4,
    boughtContracts: 12,
    boughtPremiumMicros: 92_400_000,
    soldPrints: 3,
    soldContracts: 9,
    soldPremiumMicros: 69_300_000,
    ratedContracts: 19,
    boughtEdge: 39_600,
    soldEdge: -1_944,
    deltaPrints: 6,
    deltaMicros: -1_296_300,
    buckets: {
      multi_leg: { prints: 2, contracts: 9_007_199_254_740_991 },
      cross: { prints: 1, contracts: 3 },
      compression: { prints: 0, contracts: 0 },
      late_report: { prints: 4, contracts: 11 },
    },
    firstTsNs: SAMPLE_TIME_NS - 86_400_000_000_000n,
    lastTsNs: SAMPLE_TIME_NS,
    last: 0.1 + 0.2,
    lastSize: 2,
    lastSaleTsNs: SAMPLE_TIME_NS - 1n,
    rateSum: 5e-324,
    rateTMs: SAMPLE_TIME_MS + 1 / 3,
    ...overrides,
  };
}

export function sampleLedger(overrides: Partial<LedgerState> = {}): LedgerState {
  return {
    connection: "options/0",
    epoch: 4,
    seq: 1234,
    maxEventTsNs: SAMPLE_TIME_NS,
    watermarkTsNs: SAMPLE_TIME_NS - 1_000_000n,
    lastReceivedAtMs: SAMPLE_TIME_MS + 0.25,
    recentLagsMs: [1.7976931348623157e308, 15.3, 0.1],
    downSince: { cause: "eviction", fromAtMs: SAMPLE_TIME_MS - 7 },
    ...overrides,
  };
}

export function sampleQuarantine(overrides: Partial<QuarantineRecord> = {}): QuarantineRecord {
  return {
    receivedAtMs: SAMPLE_TIME_MS + 5,
    reason: "must be a positive integer",
    path: "[3].t",
    value: '"soon"',
    payload: '[{"ev":"T","t":"soon é€😀"}]',
    src: "options/0/4/1234",
    ...overrides,
  };
}

/** A step that has one of each effect. */
export function sampleStep(prev: Cursor, next: Cursor, overrides: Partial<HydrationStep> = {}): HydrationStep {
  return {
    prev,
    next,
    trades: [sampleTradeRecord()],
    totals: [sampleTotals()],
    ledgers: [sampleLedger()],
    counters: { seen: 5, trades: 1 },
    gaps: [sampleGap()],
    quarantine: [sampleQuarantine()],
    ...overrides,
  };
}
