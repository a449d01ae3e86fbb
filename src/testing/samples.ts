import type { FlowSnapshot, GridSnapshot } from "../domain/flow/snapshot.ts";
import type {
  ContractTotals,
  LedgerState,
  QuarantineRecord,
  TradeFlag,
  TradeRecord,
} from "../domain/hydration/effects.ts";
import type { OptionTrade } from "../domain/market/rows.ts";
import type { Cursor } from "../domain/stream/cursor.ts";
import type { Gap } from "../domain/stream/gap.ts";
import type { FrameDraft, RawDraft } from "../domain/stream/raw-entry.ts";
import type { HydrationStep } from "../ports/hydration-store.ts";

/**
 * Data to store: the same on every call, each value of one object different from the others, so that two fields that
 * change places are found out. `overrides` replace what a test is about.
 */

/** 2025-12-22T21:09:59.445Z */
export const SAMPLE_TIME_MS = 1_766_437_799_445;
/** The same instant and some nanoseconds, which no double can hold. */
export const SAMPLE_TIME_NS = 1_766_437_799_445_123_457n;

/** A frame of one print, the `seq`-th of its connection. */
export function sampleFrame(seq: number, overrides: Partial<FrameDraft> = {}): FrameDraft {
  return {
    kind: "frame",
    position: { class: "options", shard: 0, epoch: 1, seq },
    receivedAtMs: SAMPLE_TIME_MS + seq,
    payload: `[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":${seq},"t":1766437799445}]`,
    ...overrides,
  };
}

/** Frames `firstSeq` to `firstSeq + count - 1`. */
export function sampleFrames(firstSeq: number, count: number): readonly FrameDraft[] {
  return Array.from({ length: count }, (_, index) => sampleFrame(firstSeq + index));
}

/** One draft of each kind and shape, numbered from `firstSeq` on. */
export function sampleDrafts(firstSeq: number): readonly RawDraft[] {
  const position = (offset: number) => ({ class: "stocks" as const, shard: 3, epoch: 17, seq: firstSeq + offset });
  return [
    { kind: "connected", position: position(0), receivedAtMs: SAMPLE_TIME_MS },
    { kind: "frame", position: position(1), receivedAtMs: SAMPLE_TIME_MS + 0.125, payload: '[{"p":7.70,"x":"é€😀"}]' },
    { kind: "frame", position: position(2), receivedAtMs: undefined, payload: '  [ ]\r\n\t\u0000"\\' },
    { kind: "frame", position: position(3), receivedAtMs: SAMPLE_TIME_MS + 1, payload: "" },
    { kind: "heartbeat", position: position(4), receivedAtMs: SAMPLE_TIME_MS + 2 },
    { kind: "closed", position: position(5), receivedAtMs: SAMPLE_TIME_MS + 3, cause: "slow_consumer" },
    { kind: "gap", position: position(6), receivedAtMs: SAMPLE_TIME_MS + 4, gap: sampleGap() },
    {
      kind: "gap",
      position: position(7),
      receivedAtMs: undefined,
      gap: sampleGap({ fromAtMs: undefined, toAtMs: undefined, scope: "all", instruments: undefined }),
    },
  ];
}

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
    side: { side: "B", method: "quote", confidence: 0.8125, quoteAgeMs: 12 },
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
    firstTsNs: SAMPLE_TIME_NS - 86_400_000_000_000n,
    lastTsNs: SAMPLE_TIME_NS,
    last: 0.1 + 0.2,
    lastSize: 2,
    lastSaleTsNs: SAMPLE_TIME_NS - 1n,
    rateSum: 5e-324,
    rateAtMs: SAMPLE_TIME_MS + 1 / 3,
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

export function sampleGap(overrides: Partial<Gap> = {}): Gap {
  return {
    connection: "options/0",
    fromAtMs: SAMPLE_TIME_MS - 1_500,
    toAtMs: SAMPLE_TIME_MS - 250.5,
    cause: "disconnect",
    scope: "instruments",
    instruments: ["O:SPXW251223P06870000", "O:SPXW251223C06870000"],
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

export function sampleFlow(overrides: Partial<FlowSnapshot> = {}): FlowSnapshot {
  return {
    schema_version: 1,
    underlying: "SPX",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    watermark_ns: null,
    windows: [
      { seconds: 1, prints: 2, contracts: 7, premium_usd: 5_390.1, signed_premium_usd: null },
      { seconds: 10, prints: 12, contracts: 70, premium_usd: 53_900.3, signed_premium_usd: -770.7 },
    ],
    contracts_per_sec: 0.1 + 0.7,
    top_contracts: [{ contract: "O:SPXW251223P06870000", contracts_per_sec: 1 / 3, day_contracts: 42 }],
    trading_day: "2025-12-22",
    ...overrides,
  };
}

export function sampleGrid(overrides: Partial<GridSnapshot> = {}): GridSnapshot {
  return {
    schema_version: 1,
    underlying: "SPX",
    expiration: "2025-12-23",
    as_of_ns: `${SAMPLE_TIME_NS}`,
    watermark_ns: `${SAMPLE_TIME_NS - 1n}`,
    trading_day: "2025-12-22",
    cells: [
      {
        root: "SPXW",
        strike: 6_870,
        right: "P",
        last: 7.7,
        last_size: 3,
        last_ns: `${SAMPLE_TIME_NS}`,
        volume: 42,
        prints: 11,
        premium_usd: 32_340.000000000004,
        signed_volume: -5,
        contracts_per_sec: 5e-324,
      },
    ],
    ...overrides,
  };
}
